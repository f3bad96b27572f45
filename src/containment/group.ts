// Owns the level `group`: the groups and sessions of its children, their descendants, and whatever bears its marker.
// Must never be called certain: a daemon that has left all of that, and cleaned its environment, is not found.

import type { Attempt, Audience, Containment, Tree } from './containment.js';
import { GroupWithoutProc } from './group-without-proc.js';
import { type ProcessStat, hasProc, startTimeOf } from './proc.js';
import { send, signalTree } from './sending.js';
import { killAll, scan } from './tree-scan.js';

const KILL_FOR_MS = 20;

/** There is always a group. */
export function tryGroup(): Attempt & { containment: Containment } {
  return { containment: hasProc ? new GroupContainment() : new GroupWithoutProc() };
}

/** A child, which leads a session. `scansWithoutSession`: in a row, and since the leader has ended. */
interface Leader {
  readonly pid: number;
  ended: boolean;
  scansWithoutSession: number;
}

/** What is held: the main process first. */
interface Held {
  readonly main: Leader;
  readonly leaders: Leader[];
  readonly marker: string;
  /** Nothing older than the main process belongs to the tree. */
  readonly startedAt: string | undefined;
}

class GroupContainment implements Containment {
  readonly level = 'group';
  readonly cgroup = undefined;
  #held: Held | undefined;

  /** Nothing has to be done to be inside. */
  standBy(): void {
    return;
  }

  enter<Spawned>(spawn: () => Spawned): Spawned {
    return spawn();
  }

  hold({ pid, marker }: Tree): void {
    const main = leader(pid);
    this.#held = { main, leaders: [main], marker, startedAt: startTimeOf(pid) };
  }

  join(pid: number): void {
    this.#held?.leaders.push(leader(pid));
  }

  ended(pid: number): void {
    for (const one of this.#held?.leaders ?? []) if (one.pid === pid) one.ended = true;
  }

  signal(signal: string, to: Audience): void {
    const held = this.#held;
    if (held !== undefined) signalTree(held.main, () => find(held), signal, to);
  }

  /** Stops the groups before anything else: their members then neither run nor end, and so keep their children. */
  kill(): void {
    const held = this.#held;
    if (held === undefined) return;
    for (const { pid, ended } of held.leaders) if (!ended) send(-pid, 'SIGSTOP');
    const until = performance.now() + KILL_FOR_MS;
    do {
      const found = find(held);
      if (found.length === 0) return;
      killAll(found);
    } while (performance.now() < until);
  }

  /** A pass over /proc can miss what is forked meanwhile; two in a row rarely do. */
  isEmpty(): boolean {
    const held = this.#held;
    if (held !== undefined && find(held).length === 0 && find(held).length === 0) this.#held = undefined;
    return this.#held === undefined;
  }

  /** Orphans are init's here. */
  tidy(): void {
    return;
  }

  release(): void {
    return;
  }
}

function leader(pid: number): Leader {
  return { pid, ended: false, scansWithoutSession: 0 };
}

/** Finds the tree, by each session for as long as that number cannot be somebody else's. */
function find({ leaders, marker, startedAt }: Held): ProcessStat[] {
  const known = leaders.filter(({ scansWithoutSession }) => scansWithoutSession < 2);
  const found = scan({ sessions: known.map(({ pid }) => pid), marker, startedAt });
  for (const one of known) {
    const seen = !one.ended || found.some(({ session }) => session === one.pid);
    one.scansWithoutSession = seen ? 0 : one.scansWithoutSession + 1;
  }
  return found;
}
