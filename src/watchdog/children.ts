// Owns the children of the watchdog: the command's main process and the hooks beside it, born inside the containment.
// Must never decide when one is started or ended, nor lose sight of one that lives.

import { type ChildProcess, spawn } from 'node:child_process';
import type { Containment } from '../containment/containment.js';
import { exitOf, notStarted } from '../child-exit.js';
import type { ChildExit } from '../election/endings.js';
import type { Charge, OrderOf } from './protocol.js';

/** What is executed, and what it finds. */
export interface Birth {
  readonly program: Charge['command'];
  readonly environment: OrderOf<'start'>['environment'];
  /** Its descriptors 0 to 2: ours, or none. */
  readonly streams: readonly [number | 'ignore', number, number];
}

export class Children {
  readonly #containment: Containment;
  readonly #alive = new Set<number>();

  constructor(containment: Containment) {
    this.#containment = containment;
  }

  /** Whether every child has ended, and whoever waited for it was told. */
  get areGone(): boolean {
    return this.#alive.size === 0;
  }

  /** Starts the main process of a new tree; returns its number unless it cannot be started. `ended` is called once. */
  startMain(birth: Birth, marker: string, ended: (exit: ChildExit) => void): number | undefined {
    return this.#start(birth, ended, (pid) => {
      this.#containment.hold({ pid, marker });
    });
  }

  /** Starts another process in the tree that is held; in the rest as `startMain`. */
  startBeside(birth: Birth, ended: (exit: ChildExit) => void): number | undefined {
    return this.#start(birth, ended, (pid) => {
      this.#containment.join(pid);
    });
  }

  #start(
    { program, environment, streams }: Birth,
    ended: (exit: ChildExit) => void,
    take: (pid: number) => void,
  ): number | undefined {
    let child: ChildProcess;
    try {
      child = this.#containment.enter(() =>
        spawn(program.file, program.args, {
          argv0: program.argv0,
          detached: true,
          stdio: [...streams],
          env: environment,
        }),
      );
    } catch (error) {
      ended(notStarted(error));
      return undefined;
    }
    const { pid } = child;
    if (pid === undefined) {
      child.once('error', (error) => {
        ended(notStarted(error));
      });
      return undefined;
    }
    this.#alive.add(pid);
    take(pid);
    child.once('exit', (code, signal) => {
      this.#alive.delete(pid);
      this.#containment.ended(pid);
      ended(exitOf(code, signal));
    });
    return pid;
  }
}
