// Owns the level `group` where there is no /proc, as on macOS: the groups, and by tree-kill the children of members
// who have made a group of their own.
// Must never start tree-kill where the program that it asks is missing, which would end this process.

import { spawnSync } from 'node:child_process';
import treeKill from 'tree-kill';
import type { Audience, Containment, Tree } from './containment.js';
import { isErrno } from '../errno.js';
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

/** A child, which leads a group. `walkUntil`: when tree-kill, which has been started, is no longer waited for. */
interface Leader {
  readonly pid: number;
  readonly isMain: boolean;
  ended: boolean;
  walkUntil: number | undefined;
}

export class GroupWithoutProc implements Containment {
  readonly level = 'group';
  readonly cgroup = undefined;
  readonly #canWalk: boolean;
  #leaders: readonly Leader[] = [];

  constructor(walk = canWalk()) {
    this.#canWalk = walk;
  }

  /** Nothing has to be done to be inside. */
  standBy(): void {
    return;
  }

  enter<Spawned>(spawn: () => Spawned): Spawned {
    return spawn();
  }

  hold({ pid }: Tree): void {
    this.#leaders = [{ pid, isMain: true, ended: false, walkUntil: undefined }];
  }

  join(pid: number): void {
    this.#leaders = [...this.#leaders, { pid, isMain: false, ended: false, walkUntil: undefined }];
  }

  ended(pid: number): void {
    for (const leader of this.#leaders) if (leader.pid === pid) leader.ended = true;
  }

  signal(signal: string, to: Audience): void {
    for (const { pid, isMain } of this.#leaders) if (isMain || to === 'tree') send(-pid, signal);
  }

  kill(): void {
    for (const leader of this.#leaders) this.#kill(leader);
  }

  /** Stops the group before anything else: its members then neither run nor end, and so keep their children. */
  #kill(leader: Leader): void {
    if (this.#canWalk && !leader.ended && leader.walkUntil === undefined) {
      leader.walkUntil = performance.now() + WALK_FOR_MS;
      send(-leader.pid, 'SIGSTOP');
      treeKill(leader.pid, 'SIGKILL', () => {
        leader.walkUntil = -Infinity;
        if (this.#leaders.includes(leader)) this.#kill(leader);
      });
    } else if (leader.walkUntil === undefined || performance.now() >= leader.walkUntil) {
      send(-leader.pid, 'SIGKILL');
    }
  }

  isEmpty(): boolean {
    // Let go of: the number may be somebody else's from now on.
    this.#leaders = this.#leaders.filter(({ pid }) => !isGroupGone(pid));
    return this.#leaders.length === 0;
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
