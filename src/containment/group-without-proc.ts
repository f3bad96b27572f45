// Owns the level `group` where there is no /proc, as on macOS: the group, and by tree-kill the children of its members
// that have made a group of their own.
// Must never start tree-kill where the program that it asks is missing, which would end this process.

import { spawnSync } from 'node:child_process';
import treeKill from 'tree-kill';
import type { Containment, Tree } from './containment.js';
import { isErrno } from './errno.js';
import { send } from './sending.js';

/** tree-kill asks once for each process; if it takes longer than this, the group is not left waiting for it. */
const WALK_FOR_MS = 250;

/** Whether the program that tree-kill asks for children is there and answers: busybox's `ps` does not. */
export function canWalk(platform = process.platform, environment = process.env): boolean {
  const [program, args] =
    platform === 'darwin'
      ? ['pgrep', ['-P', String(process.ppid)]]
      : ['ps', ['-o', 'pid', '--no-headers', '--ppid', String(process.ppid)]];
  const { status, stdout } = spawnSync(program, args, { env: environment, encoding: 'latin1' });
  return status === 0 && stdout.split(/\s+/).includes(String(process.pid));
}

export class GroupWithoutProc implements Containment {
  readonly level = 'group';
  readonly cgroup = undefined;
  readonly #canWalk: boolean;
  /** `walkUntil`: when tree-kill, which has been started, is no longer waited for. */
  #main: { readonly pid: number; ended: boolean; walkUntil: number | undefined } | undefined;

  constructor(walk = canWalk()) {
    this.#canWalk = walk;
  }

  /** Nothing has to be done to be inside. */
  standBy(): void {
    return;
  }

  enter<Child>(spawn: () => Child): Child {
    return spawn();
  }

  hold({ pid }: Tree): void {
    this.#main = { pid, ended: false, walkUntil: undefined };
  }

  mainEnded(): void {
    if (this.#main !== undefined) this.#main.ended = true;
  }

  signal(signal: string): void {
    if (this.#main !== undefined) send(-this.#main.pid, signal);
  }

  /** Stops the group before anything else: its members then neither run nor end, and so keep their children. */
  kill(): void {
    const main = this.#main;
    if (main === undefined) return;
    if (this.#canWalk && !main.ended && main.walkUntil === undefined) {
      main.walkUntil = performance.now() + WALK_FOR_MS;
      send(-main.pid, 'SIGSTOP');
      treeKill(main.pid, 'SIGKILL', () => {
        main.walkUntil = -Infinity;
        if (main === this.#main) this.kill();
      });
    } else if (main.walkUntil === undefined || performance.now() >= main.walkUntil) {
      send(-main.pid, 'SIGKILL');
    }
  }

  isEmpty(): boolean {
    // Let go of: the number may be somebody else's from now on.
    if (this.#main !== undefined && isGroupGone(this.#main.pid)) this.#main = undefined;
    return this.#main === undefined;
  }

  /** Orphans are init's here. */
  tidy(): void {
    return;
  }

  release(): void {
    return;
  }
}

/** Whether no process is left in the group; macOS says EPERM when there are only zombies. */
export function isGroupGone(group: number): boolean {
  try {
    process.kill(-group, 0);
    return false;
  } catch (error) {
    if (isErrno(error, 'ESRCH')) return true;
    if (isErrno(error, 'EPERM')) return process.platform === 'darwin';
    throw error;
  }
}
