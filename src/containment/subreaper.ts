// Owns the level `subreaper`: every orphan of the tree becomes our child, so that no child means no descendant.
// Must never take an exit status that Node waits for, but in `kill`, where it hands it on.

import { constants } from 'node:os';
import type { ChildExit } from '../election/endings.js';
import type { Attempt, Audience, Child, Containment, Tree } from './containment.js';
import { type Libc, PR_SET_CHILD_SUBREAPER, WNOHANG, loadLibc } from './libc.js';
import { type ProcessStat, childrenOf, readStat } from './proc.js';
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

/** `over`: it has been reaped, by Node or by us; then the caller is about to be told, or has told us. */
interface Waited {
  readonly child: Child;
  over: boolean;
}

class SubreaperContainment implements Containment {
  readonly level = 'subreaper';
  readonly cgroup = undefined;
  readonly #libc: Libc;
  readonly #ownGroup: number;
  readonly #status = new Int32Array(1);
  #main: Waited | undefined;
  /** The main process and the hooks: Node waits for them, until one has ended or was reaped here. */
  readonly #waited = new Map<number, Waited>();

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

  hold(tree: Tree): void {
    this.#main = this.#waitFor(tree);
  }

  join(child: Child): void {
    this.#waitFor(child);
  }

  ended(pid: number): void {
    const waited = this.#waited.get(pid);
    if (waited !== undefined) waited.over = true;
    this.#waited.delete(pid);
  }

  signal(signal: string, to: Audience): void {
    if (this.#main === undefined) return;
    signalTree({ pid: this.#main.child.pid, ended: this.#main.over }, descendants, signal, to);
  }

  /**
   * Lean, since it races against whatever forks: it asks nothing of a process but its group, and reaps as it goes,
   * because thousands of zombies would make every look at the list slow.
   */
  kill(): void {
    if (this.#main === undefined) return;
    const { child: main, over } = this.#main;
    if (!over) this.#libc.kill(-main.pid, SIGKILL);
    const until = performance.now() + KILL_FOR_MS;
    do {
      if (this.#reapAnyone() === 'nobody is left') return;
      for (const child of childrenOf('self') ?? []) {
        // The number of a child is its own until we reap it, and so is that of its group.
        const group = this.#libc.getpgid(child);
        if (group > 1 && group !== this.#ownGroup) this.#libc.kill(-group, SIGKILL);
        this.#libc.kill(child, SIGKILL);
      }
    } while (performance.now() < until);
  }

  /** No child means no descendant, for an orphan would have come to us: waitpid tells both in one go. */
  isEmpty(): boolean {
    if (this.#main === undefined) return true;
    // Until then there is a child; and to wait for any could take the status of one from Node.
    if (this.#waited.size > 0) return false;
    return this.#reapAnyone() === 'nobody is left';
  }

  /** By their numbers, and never those that libuv waits for. */
  tidy(): void {
    if (this.#main === undefined) return;
    for (const child of childrenOf('self') ?? []) {
      if (this.#waited.get(child)?.over !== false) this.#libc.waitpid(child, this.#status, WNOHANG);
    }
  }

  release(): void {
    this.#libc.prctl(PR_SET_CHILD_SUBREAPER, 0);
  }

  #waitFor(child: Child): Waited {
    const waited: Waited = { child, over: false };
    this.#waited.set(child.pid, waited);
    return waited;
  }

  #reapAnyone(): 'nobody is left' | 'somebody is left' {
    for (let count = 0; count < REAPED_AT_ONCE; count += 1) {
      const pid = this.#libc.waitpid(-1, this.#status, WNOHANG);
      if (pid === 0) return 'somebody is left';
      if (pid < 0)
        return this.#libc.errno() === constants.errno.ECHILD ? 'nobody is left' : 'somebody is left';
      this.#reaped(pid);
    }
    return 'somebody is left';
  }

  #reaped(pid: number): void {
    const waited = this.#waited.get(pid);
    if (waited === undefined || waited.over) return;
    waited.over = true;
    const exit = decodeWaitStatus(this.#status[0] ?? 0);
    // As Node would: whoever called us is in the middle of something.
    process.nextTick(() => {
      this.ended(pid);
      waited.child.reaped(exit);
    });
  }
}

/** Decodes what wait(2) says of a process that has ended. */
export function decodeWaitStatus(status: number): ChildExit {
  const number = status & 0x7f;
  if (number === 0) return { kind: 'code', code: (status >> 8) & 0xff };
  // The first of its names, as Node does: 6 is SIGABRT and SIGIOT.
  const name = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return name === undefined ? { kind: 'code', code: 128 + number } : { kind: 'signal', signal: name };
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
