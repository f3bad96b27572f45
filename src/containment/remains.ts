// Owns what can be done from outside about a tree whose watchdog has died: by its supervisor, or by a later run.
// Must never kill what is not provably of that tree: a number may be somebody else's by now.

import { endCgroup, isOurCgroup, killMembers } from './cgroup.js';
import { isGroupGone } from './group-without-proc.js';
import { hasProc, readStat } from './proc.js';
import { send } from './sending.js';
import { killAll, scan } from './tree-scan.js';

/** What is known of a tree that nobody holds any more. */
export interface Remains {
  /** The main process, which led a session and a group of its own. */
  readonly pid?: number | undefined;
  /** Its start time, as /proc/PID/stat has it: it tells that process from a later one of the same number. */
  readonly startedAt?: string | undefined;
  readonly marker: string;
  readonly cgroup?: string | undefined;
  /**
   * Whether the tree was held until a moment ago: its session is then still its own, even if the main process has
   * gone. Otherwise somebody else may have had that number since, and the session needs a member with the marker.
   */
  readonly recent?: boolean | undefined;
}

/** Kills, in one pass, all of a tree that can be found; returns whether nothing is left. Call it until it does. */
export function killRemains(remains: Remains): boolean {
  const { cgroup } = remains;
  const inCgroup = cgroup !== undefined && isOurCgroup(cgroup);
  if (inCgroup && endCgroup(cgroup)) return true;
  return (hasProc ? killFound(remains) : killGroup(remains)) && !inCgroup;
}

/** Kills, in one pass, all that can be found of a tree whose watchdog may be there still, and takes nothing away from that. */
export function killBesideWatchdog(remains: Remains): void {
  const { cgroup } = remains;
  if (cgroup !== undefined && isOurCgroup(cgroup)) killMembers(cgroup);
  if (hasProc) killFound(remains);
  else killGroup(remains);
}

function killFound(remains: Remains): boolean {
  const { marker, startedAt } = remains;
  const sessions = sessionsOf(remains);
  const found = scan({ sessions, marker, startedAt });
  // A pass over /proc can miss what is forked meanwhile; two in a row rarely do.
  if (found.length === 0) return scan({ sessions, marker, startedAt }).length === 0;
  killAll(found);
  return false;
}

/** Kills a process group by its leader, unless that number is somebody else's by now. */
export function killGroupOf({ pid, startedAt }: Pick<Remains, 'startedAt'> & { readonly pid: number }): void {
  if (sessionsOf({ pid, startedAt, recent: true }).includes(pid)) send(-pid, 'SIGKILL');
}

/** A session keeps the number of its leader for as long as it has members; once it has none, the number is free. */
function sessionsOf({ pid, startedAt, recent = false }: Omit<Remains, 'marker'>): readonly number[] {
  if (pid === undefined) return [];
  const leader = readStat(pid);
  const isOurs = leader === undefined || startedAt === undefined ? recent : leader.startedAt === startedAt;
  return isOurs ? [pid] : [];
}

/** Without /proc, nobody can be told from a stranger who was given the same number. */
function killGroup({ pid, recent = false }: Remains): boolean {
  if (pid === undefined || !recent) return true;
  send(-pid, 'SIGKILL');
  return isGroupGone(pid);
}
