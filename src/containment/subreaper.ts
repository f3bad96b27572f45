// Owns the level `subreaper`: every orphan of the tree becomes our child, so that no child means no descendant.
// Must never take an exit status that Node waits for.

import { constants } from 'node:os';
import type { Attempt, Audience, Containment, Tree } from './containment.js';
import { type Libc, PR_SET_CHILD_SUBREAPER, WNOHANG, loadLibc } from './libc.js';
import { type ProcessStat, childrenOf, isAlive, readStat } from './proc.js';
import { signalTree } from './sending.js';

const KILL_FOR_MS = 20;

/** Reaping without a bound never ends while a storm of forks dies as fast as it grows. */
const REAPED_AT_ONCE = 5000;

const { SIGKILL } = constants.signals;

/** Makes this process a subreaper, and sees that it can find its children. */
export function trySubreaper(): Attempt {
  if (process.platform !== 'linux') return { because: 'only Linux has subreapers' };
  let libc: Libc;
  try {
    libc = loadLibc();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { because: `the package koffi cannot be loaded: ${reason}` };
  }
  if (childrenOf('self') === undefined) {
    return { because: 'this kernel does not list the children of a process (CONFIG_PROC_CHILDREN)' };
  }
  if (libc.prctl(PR_SET_CHILD_SUBREAPER, 1) !== 0) {
    return { because: `PR_SET_CHILD_SUBREAPER failed with errno ${libc.errno()}` };
  }
  return { containment: new SubreaperContainment(libc) };
}

class SubreaperContainment implements Containment {
  readonly level = 'subreaper';
  readonly cgroup = undefined;
  readonly #libc: Libc;
  readonly #ownGroup: number;
  readonly #status = new Int32Array(1);
  #main: number | undefined;
  /** The main process and the hooks, until they have ended: Node waits for them. */
  readonly #waited = new Set<number>();

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#ownGroup = libc.getpgid(0);
  }

  /** Nothing has to be done to be inside. */
  standBy(): void {
    return;
  }

  enter<Spawned>(spawn: () => Spawned): Spawned {
    return spawn();
  }

  hold({ pid }: Tree): void {
    this.#main = pid;
    this.#waited.add(pid);
  }

  join(pid: number): void {
    this.#waited.add(pid);
  }

  ended(pid: number): void {
    this.#waited.delete(pid);
  }

  signal(signal: string, to: Audience): void {
    if (this.#main === undefined) return;
    signalTree({ pid: this.#main, ended: !this.#waited.has(this.#main) }, descendants, signal, to);
  }

  /**
   * Lean, since it races against whatever forks: it asks nothing of a process but its group, and reaps as it goes,
   * because thousands of zombies would make every look at the list slow.
   */
  kill(): void {
    if (this.#main === undefined) return;
    if (this.#waited.has(this.#main)) this.#libc.kill(-this.#main, SIGKILL);
    const until = performance.now() + KILL_FOR_MS;
    do {
      const children = childrenOf('self') ?? [];
      if (this.#areNodesToReap(children)) return;
      for (const child of children) if (!this.#reap(child)) this.#kill(child);
    } while (performance.now() < until);
  }

  /** No child means no descendant, for an orphan would have come to us: waitpid tells both in one go. */
  isEmpty(): boolean {
    if (this.#main === undefined) return true;
    // Until then there is a child; and to wait for any could take the status of one from Node.
    if (this.#waited.size > 0) return false;
    for (let count = 0; count < REAPED_AT_ONCE; count += 1) {
      const pid = this.#libc.waitpid(-1, this.#status, WNOHANG);
      if (pid <= 0) return pid < 0 && this.#libc.errno() === constants.errno.ECHILD;
    }
    return false;
  }

  tidy(): void {
    if (this.#main === undefined) return;
    for (const child of childrenOf('self') ?? []) this.#reap(child);
  }

  release(): void {
    this.#libc.prctl(PR_SET_CHILD_SUBREAPER, 0);
  }

  /** Whether they are dead, all of them, and will be gone when Node's loop turns. */
  #areNodesToReap(children: readonly number[]): boolean {
    return children.every((child) => this.#waited.has(child)) && children.every(isDead);
  }

  /** By its number, and never one that Node waits for; returns whether it has gone. */
  #reap(child: number): boolean {
    return !this.#waited.has(child) && this.#libc.waitpid(child, this.#status, WNOHANG) > 0;
  }

  #kill(child: number): void {
    // The number of a child is its own until it is reaped, and so is that of its group.
    const group = this.#libc.getpgid(child);
    if (group > 1 && group !== this.#ownGroup) this.#libc.kill(-group, SIGKILL);
    this.#libc.kill(child, SIGKILL);
  }
}

function isDead(pid: number): boolean {
  const stat = readStat(pid);
  return stat === undefined || !isAlive(stat);
}

/** All processes of the tree, parents before their children. */
function descendants(): ProcessStat[] {
  const found: ProcessStat[] = [];
  const seen = new Set<number>();
  let generation = childrenOf('self') ?? [];
  while (generation.length > 0) {
    const next: number[] = [];
    for (const pid of generation) {
      if (seen.has(pid)) continue;
      seen.add(pid);
      const stat = readStat(pid);
      if (stat !== undefined) found.push(stat);
      next.push(...(childrenOf(pid) ?? []));
    }
    generation = next;
  }
  return found;
}
