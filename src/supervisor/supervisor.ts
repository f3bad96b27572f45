// Owns the one queue, the one loop and the one timer: takes an event, steps the core, performs its commands.
// Must never decide anything itself; whatever happens anywhere else is only pushed here.

import type { Clock } from '../clock.js';
import type { Ending } from '../election/endings.js';
import type { Command, Event } from '../election/messages.js';
import type { Settings, State } from '../election/model.js';
import { wakeAt } from '../election/passing-time.js';
import { begin, step } from '../election/step.js';
import { type Line, perform, type StandbyHook, type Watchdog } from './hands.js';
import { hasMoved, sleepMs } from './rhythm.js';

/** One turn of the loop, as whoever looks on sees it. */
export interface Step {
  readonly before: State;
  readonly event: Event;
  readonly after: State;
  readonly commands: readonly Command[];
  readonly now: number;
}

/** Looks on, and changes nothing. */
export interface Observer {
  observe(step: Step): void;
}

export interface SupervisorOptions {
  readonly settings: Settings;
  readonly clock: Clock;
  /** The wall clock, in milliseconds since the Unix epoch. */
  readonly wallClock: () => number;
  readonly line: Line;
  readonly watchdog: Watchdog;
  /** Stops this process; returns when somebody has continued it. */
  readonly halt: () => void;
  readonly standbyHook: StandbyHook;
  /** Runs the check; its result comes back as an event. */
  readonly runCheck: () => void;
  /** They see every step, after its commands are known and before they are performed. */
  readonly observers: readonly Observer[];
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #queue: Event[] = [];
  #state: State;
  /** What is to be done first. */
  readonly #first: readonly Command[];
  /** Nothing is taken out of the queue before that. */
  #draining = true;
  #timer: NodeJS.Timeout | undefined;
  #end: (ending: Ending) => void = () => undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { state, commands } = begin(options.settings, options.clock());
    this.#state = state;
    this.#first = commands;
  }

  /** What the core remembers, for whoever wants to look at it. */
  get state(): State {
    return this.#state;
  }

  /** Stands for election until there is a reason to end. Settles with it; no command runs any more by then. */
  run(): Promise<Ending> {
    return new Promise((resolve) => {
      this.#end = resolve;
      const now = this.#options.clock();
      for (const command of this.#first) this.#perform(command, now);
      this.#draining = false;
      this.#drain();
    });
  }

  /**
   * Puts an event at the end of the queue. It is taken before this returns, unless another is being taken, or the loop
   * has not begun to turn.
   */
  push(event: Event): void {
    this.#queue.push(event);
    this.#drain();
  }

  #drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift())
        this.#take(event);
    } finally {
      this.#draining = false;
    }
    this.#armTimer();
  }

  #take(event: Event): void {
    const now = this.#options.clock();
    const offsetMs = this.#options.wallClock() - now;
    if (hasMoved(offsetMs, this.#state.wallOffsetMs)) this.#step({ type: 'wall-clock', offsetMs }, now);
    this.#step(event, now);
  }

  #step(event: Event, now: number): void {
    const before = this.#state;
    const { state, commands } = step(this.#options.settings, before, event, now);
    this.#state = state;
    const seen: Step = { before, event, after: state, commands, now };
    for (const observer of this.#options.observers) observer.observe(seen);
    for (const command of commands) this.#perform(command, now);
  }

  #perform(command: Command, now: number): void {
    perform(command, now, {
      ...this.#options,
      end: (ending) => {
        this.#end(ending);
      },
    });
  }

  #armTimer(): void {
    clearTimeout(this.#timer);
    const { phase } = this.#state;
    if (phase.name === 'ended') return;
    const { settings, clock } = this.#options;
    this.#timer = setTimeout(
      () => {
        this.push({ type: 'clock' });
      },
      sleepMs(settings, phase, clock(), wakeAt(settings, this.#state)),
    );
  }
}
