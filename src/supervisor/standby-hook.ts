// Owns when the standby hook runs: one at a time, ended when its place in line is lost.
// Must never make anything wait for it but our own end, and that no longer than the stop timeout and a kill take.

import type { ChildExit } from '../election/endings.js';
import { SideProcess, type SideProcessListener, type SideProgram } from './side-process.js';

export interface StandbyHookOptions extends SideProcessListener {
  /** Undefined where there is none, which the core then never runs. */
  readonly command: SideProgram['command'] | undefined;
  readonly environment: SideProgram['environment'];
  /** From SIGTERM to SIGKILL. */
  readonly stopTimeoutMs: number;
}

/** One that was started, until it has ended. */
interface Running {
  readonly process: SideProcess;
  killTimer?: NodeJS.Timeout;
}

export class StandbyHook {
  readonly #options: StandbyHookOptions;
  #running: Running | undefined;
  /** Whether to run again behind the end of the present one. */
  #again = false;

  constructor(options: StandbyHookOptions) {
    this.#options = options;
  }

  /** Runs it; one that runs still speaks of a place that we have lost since, and is ended first. */
  run(): void {
    if (this.#running === undefined) this.#start();
    else {
      this.end();
      this.#again = true;
    }
  }

  /** Asks it to end, and kills it if it has not when its time is up. */
  end(): void {
    this.#again = false;
    if (this.#running === undefined || this.#running.killTimer !== undefined) return;
    this.#running.process.signal('SIGTERM');
    this.#running.killTimer = setTimeout(() => {
      this.kill();
    }, this.#options.stopTimeoutMs);
  }

  kill(): void {
    this.#running?.process.signal('SIGKILL');
  }

  /** Ends it; settles when it has ended, or cannot even be killed. */
  async leave(): Promise<void> {
    this.end();
    await this.#running?.process.left;
  }

  #start(): void {
    const { command, environment, onStart } = this.#options;
    if (command === undefined) return;
    const onEnd = (exit: ChildExit): void => {
      this.#ended(exit);
    };
    this.#running = { process: new SideProcess({ command, environment }, { onStart, onEnd }) };
  }

  #ended(exit: ChildExit): void {
    clearTimeout(this.#running?.killTimer);
    this.#running = undefined;
    this.#options.onEnd(exit);
    if (!this.#again) return;
    this.#again = false;
    this.#start();
  }
}
