// Owns the process that tells whether this server is fit: one at a time, killed when its time is up.
// Must never leave a question without an answer, be it that the check cannot even be killed.
//
//   none ──run──> asked ──ended──> none, with its result
//                   │
//              time is up: killed, failed
//                   v
//   none <─ended─ overdue ──run──> waits ──ended──> asked
//                   ^                │
//                   └─time is up: failed

import type { ChildExit } from '../election/endings.js';
import { formatDuration } from '../options/duration.js';
import { SideProcess, type SideProcessListener, type SideProgram } from './side-process.js';
import { describeExit } from './words.js';

export interface FitnessCheckOptions {
  /** Undefined where there is none, which the core then never runs. */
  readonly command: SideProgram['command'] | undefined;
  readonly environment: SideProgram['environment'];
  /** From `run` to a result, whatever the check does. */
  readonly timeoutMs: number;
  readonly onStart: SideProcessListener['onStart'];
  /** It runs no more; when it could not be killed in time, that is behind its result. */
  readonly onEnd: () => void;
  /** Once for each `run`, unless we leave, and never before that has returned; `why` is a sentence's worth. */
  readonly onResult: (passed: boolean, why: string) => void;
}

/** One that was started, until it has ended. */
interface Running {
  readonly process: SideProcess;
  /** Whether its end means nothing any more. */
  overdue: boolean;
}

export class FitnessCheck {
  readonly #options: FitnessCheckOptions;
  #running: Running | undefined;
  /** As long as a result is waited for. */
  #limit: NodeJS.Timeout | undefined;

  constructor(options: FitnessCheckOptions) {
    this.#options = options;
  }

  /** Asks once; not while a result is waited for. */
  run(): void {
    if (this.#limit !== undefined) throw new Error('internal error: two checks at once');
    if (this.#options.command === undefined) return;
    const limit = setTimeout(() => {
      // Timers come before what has happened meanwhile: a check may have ended while it was us who stood still.
      setImmediate(() => {
        if (this.#limit === limit) this.#timeIsUp();
      });
    }, this.#options.timeoutMs);
    this.#limit = limit;
    if (this.#running === undefined) this.#start();
  }

  /** Kills it, for our own end: no result will come. Settles when it has ended, or will not. */
  async leave(): Promise<void> {
    this.#stopWaiting();
    if (this.#running === undefined) return;
    this.#kill(this.#running);
    await this.#running.process.left;
  }

  #start(): void {
    const { command, environment, onStart } = this.#options;
    if (command === undefined) return;
    const onEnd = (exit: ChildExit): void => {
      this.#ended(running, exit);
    };
    const running: Running = {
      process: new SideProcess({ command, environment }, { onStart, onEnd }),
      overdue: false,
    };
    this.#running = running;
  }

  #ended({ overdue }: Running, exit: ChildExit): void {
    this.#running = undefined;
    this.#options.onEnd();
    if (!overdue) this.#tell(exit.kind === 'code' && exit.code === 0, describeExit(exit, 'the check'));
    else if (this.#limit !== undefined) this.#start();
  }

  #timeIsUp(): void {
    if (this.#running === undefined) return;
    const why = this.#running.overdue
      ? 'the last check was killed, and has not ended'
      : `the check took longer than ${formatDuration(this.#options.timeoutMs)}`;
    this.#kill(this.#running);
    this.#tell(false, why);
  }

  #tell(passed: boolean, why: string): void {
    this.#stopWaiting();
    this.#options.onResult(passed, why);
  }

  #stopWaiting(): void {
    clearTimeout(this.#limit);
    this.#limit = undefined;
  }

  #kill(running: Running): void {
    running.overdue = true;
    running.process.signal('SIGKILL');
  }
}
