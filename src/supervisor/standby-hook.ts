// Owns the standby hook's process: one at a time, in a process group of its own, in nobody's tree.
// Must never make anything wait for it but our own end, and that no longer than the stop timeout.

import { type ChildProcess, spawn } from 'node:child_process';
import { startTimeOf } from '../containment/proc.js';
import { send } from '../containment/sending.js';
import type { ChildExit } from '../election/model.js';

export interface StandbyHookOptions {
  /** Undefined where there is none, which the core then never runs. */
  readonly command:
    { readonly file: string; readonly argv0: string; readonly args: readonly string[] } | undefined;
  readonly environment: NodeJS.ProcessEnv;
  /** From SIGTERM to SIGKILL. */
  readonly stopTimeoutMs: number;
  readonly onStart: (leader: { readonly pid: number; readonly startedAt?: string }) => void;
  readonly onEnd: (exit: ChildExit) => void;
}

/** One that was started, until it has ended. */
interface Running {
  readonly child: ChildProcess;
  killTimer?: NodeJS.Timeout;
}

export class StandbyHook {
  readonly #options: StandbyHookOptions;
  #running: Running | undefined;
  /** Whether to run again behind the end of the present one. */
  #again = false;
  #left: () => void = () => undefined;

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
    this.#send('SIGTERM');
    this.#running.killTimer = setTimeout(() => {
      this.kill();
    }, this.#options.stopTimeoutMs);
  }

  kill(): void {
    this.#send('SIGKILL');
  }

  /** Ends it; settles when it has ended. */
  leave(): Promise<void> {
    this.end();
    if (this.#running === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#left = resolve;
    });
  }

  #start(): void {
    const { command, environment, onStart } = this.#options;
    if (command === undefined) return;
    const child = spawn(command.file, command.args, {
      argv0: command.argv0,
      detached: true,
      stdio: ['ignore', 1, 2],
      env: environment,
    });
    this.#running = { child };
    child.once('error', (error) => {
      const errno = 'code' in error ? String(error.code) : error.message;
      this.#ended(child, { kind: 'not-started', errno });
    });
    child.once('exit', (code, signal) => {
      // What it has left in its group ends with it: from now on that number may be somebody else's.
      this.kill();
      this.#ended(child, signal === null ? { kind: 'code', code: code ?? 0 } : { kind: 'signal', signal });
    });
    if (child.pid === undefined) return;
    const startedAt = startTimeOf(child.pid);
    onStart({ pid: child.pid, ...(startedAt === undefined ? {} : { startedAt }) });
  }

  #ended(child: ChildProcess, exit: ChildExit): void {
    if (this.#running?.child !== child) return;
    clearTimeout(this.#running.killTimer);
    this.#running = undefined;
    this.#options.onEnd(exit);
    this.#left();
    if (!this.#again) return;
    this.#again = false;
    this.#start();
  }

  #send(signal: NodeJS.Signals): void {
    const pid = this.#running?.child.pid;
    if (pid !== undefined) send(-pid, signal);
  }
}
