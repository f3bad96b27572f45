// Owns one process that the supervisor runs itself: the leader of a process group of its own, in nobody's tree.
// Must never leave anything behind in that group, nor signal it once its number may be somebody else's.

import { type ChildProcess, spawn } from 'node:child_process';
import { exitOf, notStarted } from '../child-exit.js';
import { identityOf } from '../containment/proc.js';
import { send } from '../containment/sending.js';
import type { ChildExit } from '../election/endings.js';
import type { ProcessGroup } from '../watchdog/protocol.js';

export interface SideProgram {
  readonly command: { readonly file: string; readonly argv0: string; readonly args: readonly string[] };
  readonly environment: NodeJS.ProcessEnv;
}

export interface SideProcessListener {
  /** Before the constructor returns, unless it cannot be started. */
  readonly onStart: (leader: ProcessGroup) => void;
  /** Once, and never before the constructor has returned. */
  readonly onEnd: (exit: ChildExit) => void;
}

/** From SIGKILL until its end is waited for no more: the kernel may be waiting for a disk, or it is not ours to kill. */
const KILL_LIMIT_MS = 1000;

export class SideProcess {
  /** Settles when it has ended, or could not be started, or outlives SIGKILL for a second. Told after `onEnd`. */
  readonly left: Promise<void>;
  #leave: () => void = () => undefined;
  /** As long as it runs. */
  #pid: number | undefined;

  /** Starts it: it reads end of file, and writes to the standard streams of the command. */
  constructor({ command, environment }: SideProgram, { onStart, onEnd }: SideProcessListener) {
    this.left = new Promise((resolve) => {
      this.#leave = resolve;
    });
    const end = (exit: ChildExit): void => {
      onEnd(exit);
      this.#leave();
    };
    let child: ChildProcess;
    try {
      child = spawn(command.file, command.args, {
        argv0: command.argv0,
        detached: true,
        stdio: ['ignore', 1, 2],
        env: environment,
      });
    } catch (error) {
      // What Node does not expect is thrown, such as an environment that is longer than the kernel takes (E2BIG).
      process.nextTick(end, notStarted(error));
      return;
    }
    child.once('error', (error) => {
      end(notStarted(error));
    });
    child.once('exit', (code, signal) => {
      // What it has left in its group ends with it: from now on that number may be somebody else's.
      this.signal('SIGKILL');
      this.#pid = undefined;
      end(exitOf(code, signal));
    });
    if (child.pid === undefined) return;
    this.#pid = child.pid;
    onStart(identityOf(child.pid));
  }

  /** Signals its whole group; nobody once it has ended. */
  signal(signal: NodeJS.Signals): void {
    if (this.#pid === undefined) return;
    send(-this.#pid, signal);
    if (signal === 'SIGKILL') setTimeout(this.#leave, KILL_LIMIT_MS).unref();
  }
}
