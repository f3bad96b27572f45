// Owns one Node process on a contender's machine: its clock, its timers, and what comes in. It can be stopped and
// continued, or killed; what is due meanwhile happens afterwards, or never.

import type { MachineClock } from '../../src/clock.js';
import type { Core } from './core.js';
import type { Machine } from './machine.js';
import type { Appointment, Queue } from './queue.js';

export class Process {
  readonly machine: Machine;
  readonly clock: MachineClock;
  readonly #queue: Queue;
  #stops = 0;
  #alive = true;
  #troubledAt = -Infinity;
  #waking = false;
  #due: (() => void)[] = [];
  #input: (() => void)[] = [];
  #immediate: (() => void)[] = [];

  constructor(queue: Queue, machine: Machine, core: Core) {
    this.#queue = queue;
    this.machine = machine;
    this.clock = core.monotonicClock(
      () => machine.monotonicMs,
      () => machine.uptimeMs,
    );
    machine.processes.add(this);
  }

  get now(): number {
    return this.clock();
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  /** Since when, in true time, it has been as it should; Infinity while it stands still. A dead one is at rest again. */
  get untroubledSince(): number {
    return this.#stops > 0 ? Infinity : this.#troubledAt;
  }

  /** A timer. Nothing else hears of it if it is cancelled before it runs, however late that is. */
  after(ms: number, run: () => void): Appointment {
    const timer = this.machine.after(ms, () => {
      if (!this.#alive) return;
      if (this.#stops === 0) run();
      else
        this.#due.push(() => {
          if (timer.run !== undefined) run();
        });
    });
    return timer;
  }

  /** Something arrives at a descriptor. */
  read(run: () => void): void {
    if (!this.#alive) return;
    if (this.#stops === 0 && !this.#waking) run();
    else this.#input.push(run);
  }

  /** `setImmediate`: behind all that has arrived by now. */
  immediately(run: () => void): void {
    if (this.#waking) this.#immediate.push(run);
    else this.after(0, run);
  }

  /** SIGSTOP, or nothing to run it on; as often as that is said, it has to be continued. */
  stop(): void {
    if (this.#alive) this.#stops += 1;
  }

  /** Timers that are due go before what has come in. */
  continue(): void {
    if (this.#stops === 0) return;
    this.#stops -= 1;
    if (this.#stops > 0) return;
    this.#troubledAt = this.#queue.now;
    this.#waking = true;
    for (const waiting of ['due', 'input', 'immediate'] as const) this.#doWhatWaits(waiting);
    this.#waking = false;
  }

  wake(): void {
    this.#stops = Math.min(this.#stops, 1);
    this.continue();
  }

  /** SIGKILL. */
  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#stops = 0;
    this.#troubledAt = this.#queue.now;
    this.machine.processes.delete(this);
  }

  #doWhatWaits(waiting: 'due' | 'input' | 'immediate'): void {
    const all = { due: this.#due, input: this.#input, immediate: this.#immediate }[waiting];
    for (let run = all.shift(); run !== undefined; run = all.shift()) if (this.#alive) run();
  }
}
