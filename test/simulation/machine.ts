// Owns a contender's machine: the clocks that its processes read, and its death or suspension with all of them.

import type { Child } from './child.js';
import type { MachineClock } from './clock.js';
import type { Process } from './process.js';
import type { Appointment } from './queue.js';

/** As `os.uptime()` tells it. */
const UPTIME_STEP_MS = 10;
/** There and back between the times of two clocks costs some bits. */
const ROUNDING_MS = 1e-6;

/** What a wall clock that is right says when a run begins. */
export const FIRST_WALL_MS = 1e12;

export class Machine {
  /** By its number in the network. */
  readonly id: number;
  readonly processes = new Set<Process>();
  readonly children = new Set<Child>();
  readonly #clock: MachineClock;
  #wallAheadMs: number;
  #asleepSince: number | undefined;
  #sleptMs = 0;
  #waiting: (() => void)[] = [];

  /** `wallFastMs`: how wrong its wall clock is when the run begins. */
  constructor(id: number, clock: MachineClock, wallFastMs: number) {
    this.id = id;
    this.#clock = clock;
    this.#wallAheadMs = FIRST_WALL_MS + wallFastMs - clock.now;
  }

  /** As `Date.now()` tells it. */
  get wallMs(): number {
    return Math.floor(this.#clock.now + this.#wallAheadMs);
  }

  /** Somebody sets the wall clock, and the others go on. */
  setWallClock(wallMs: number): void {
    this.#wallAheadMs = wallMs - this.#clock.now;
  }

  /** CLOCK_MONOTONIC, which stands still while the machine is suspended. */
  get monotonicMs(): number {
    return (this.#asleepSince ?? this.#clock.now) - this.#sleptMs;
  }

  /** CLOCK_BOOTTIME, which does not. */
  get uptimeMs(): number {
    return Math.floor(this.#clock.now / UPTIME_STEP_MS) * UPTIME_STEP_MS;
  }

  /** Runs it once this much time has passed by the monotonic clock. */
  after(ms: number, run: () => void): Appointment {
    const dueAt = this.monotonicMs + ms;
    const wait = (): Appointment =>
      this.#clock.after(dueAt - this.monotonicMs + ROUNDING_MS, () => {
        if (first.run === undefined) return;
        if (this.#asleepSince !== undefined) this.#waiting.push(wait);
        else if (this.monotonicMs < dueAt) wait();
        else run();
      });
    const first = wait();
    return first;
  }

  /** Everything on it stands still, the command included. */
  suspend(): void {
    if (this.#asleepSince !== undefined) return;
    this.#asleepSince = this.#clock.now;
    for (const process of this.processes) process.stop();
  }

  resume(): void {
    if (this.#asleepSince === undefined) return;
    this.#sleptMs += this.#clock.now - this.#asleepSince;
    this.#asleepSince = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wait of waiting) wait();
    for (const process of this.processes) process.continue();
  }

  /** Nobody is told anything. */
  die(): void {
    this.resume();
    for (const process of this.processes) process.kill();
    for (const child of this.children) child.vanish();
  }

  /** Lets go on whatever stands still. */
  wake(): void {
    this.resume();
    for (const process of this.processes) process.wake();
  }
}
