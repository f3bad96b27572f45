// Owns the one queue, the one loop and the one timer: takes an event, steps the core, performs its commands.
// Must never decide anything itself; whatever happens anywhere else is only pushed here.

import type { Clock } from '../clock.js';
import type { Ending } from '../election/endings.js';
import type { Command, Event } from '../election/messages.js';
import type { Phase, Settings, State } from '../election/model.js';
import { wakeAt } from '../election/passing-time.js';
import { begin, step } from '../election/step.js';
import { type Line, perform, type StandbyHook, type Watchdog } from './hands.js';

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

/**
 * Timers stand still while the machine is suspended, the clock does not: with a command running, no longer than
 * this passes, in running time, before the deadlines are looked at.
 */
const LONGEST_SLEEP_WITH_COMMAND_MS = 250;
/** A wall clock that is set tells nobody: between the ticks of a schedule it is looked at this often. */
const LONGEST_SLEEP_WITH_SCHEDULE_MS = 1000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The two clocks are read one after the other, and the wall clock in whole milliseconds. */
const CLOCK_STEP_MS = 5;

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #queue: Event[] = [];
  #state: State;
  #draining = false;
  #timer: NodeJS.Timeout | undefined;
  #end: (ending: Ending) => void = () => undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#state = begin(options.settings, options.clock()).state;
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
      const first = begin(this.#options.settings, now);
      this.#state = first.state;
      for (const command of first.commands) this.#perform(command, now);
      this.#drain();
    });
  }

  /** Puts an event at the end of the queue. It is taken before this returns, unless another is being taken. */
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
    if (!(Math.abs(offsetMs - (this.#state.wallOffsetMs ?? NaN)) < CLOCK_STEP_MS)) {
      this.#step({ type: 'wall-clock', offsetMs }, now);
    }
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
    const now = this.#options.clock();
    const { settings } = this.#options;
    const delayMs = Math.min(wakeAt(settings, this.#state) - now, longestSleepMs(settings, phase));
    // Rounded up: a timer that fires a little early would only be set again.
    this.#timer = setTimeout(
      () => {
        this.push({ type: 'clock' });
      },
      Math.ceil(Math.max(delayMs, 0)),
    );
  }
}

function longestSleepMs({ job }: Settings, phase: Phase): number {
  if (phase.name === 'leading' || phase.name === 'stopping') return LONGEST_SLEEP_WITH_COMMAND_MS;
  return phase.name === 'idle' && job.schedule !== undefined
    ? LONGEST_SLEEP_WITH_SCHEDULE_MS
    : LONGEST_TIMER_MS;
}
