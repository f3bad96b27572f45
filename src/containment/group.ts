// Owns the level `group`: the main process's group and session, its descendants, and whatever bears its marker.
// Must never be called certain: a daemon that has left all of that, and cleaned its environment, is not found.

import type { Attempt, Audience, Containment, Tree } from './containment.js';
import { GroupWithoutProc } from './group-without-proc.js';
import { type ProcessStat, hasProc, startTimeOf } from './proc.js';
import { send, signalTree } from './sending.js';
import { type Traces, killAll, scan } from './tree-scan.js';

const KILL_FOR_MS = 20;

/** There is always a group. */
export function tryGroup(): Attempt & { containment: Containment } {
  return { containment: hasProc ? new GroupContainment() : new GroupWithoutProc() };
}

/** `scansWithoutSession`: in a row, and since its leader has ended. */
interface Main {
  readonly pid: number;
  traces: Traces;
  ended: boolean;
  scansWithoutSession: number;
}

class GroupContainment implements Containment {
  readonly level = 'group';
  readonly cgroup = undefined;
  #main: Main | undefined;

  /** Nothing has to be done to be inside. */
  standBy(): void {
    return;
  }

  enter<Child>(spawn: () => Child): Child {
    return spawn();
  }

  hold({ pid, marker }: Tree): void {
    const traces = { session: pid, marker, startedAt: startTimeOf(pid) };
    this.#main = { pid, traces, ended: false, scansWithoutSession: 0 };
  }

  mainEnded(): void {
    if (this.#main !== undefined) this.#main.ended = true;
  }

  signal(signal: string, to: Audience): void {
    const main = this.#main;
    if (main !== undefined) signalTree(main, () => find(main), signal, to);
  }

  /** Stops the group before anything else: its members then neither run nor end, and so keep their children. */
  kill(): void {
    const main = this.#main;
    if (main === undefined) return;
    if (!main.ended) send(-main.pid, 'SIGSTOP');
    const until = performance.now() + KILL_FOR_MS;
    do {
      const found = find(main);
      if (found.length === 0) return;
      killAll(found);
    } while (performance.now() < until);
  }

  /** A pass over /proc can miss what is forked meanwhile; two in a row rarely do. */
  isEmpty(): boolean {
    const main = this.#main;
    if (main !== undefined && find(main).length === 0 && find(main).length === 0) this.#main = undefined;
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

/** Finds the tree, by its session for as long as that number cannot be somebody else's. */
function find(main: Main): ProcessStat[] {
  const found = scan(main.traces);
  const seen = !main.ended || found.some(({ session }) => session === main.pid);
  main.scansWithoutSession = seen ? 0 : main.scansWithoutSession + 1;
  if (main.scansWithoutSession > 1) main.traces = { ...main.traces, session: undefined };
  return found;
}
