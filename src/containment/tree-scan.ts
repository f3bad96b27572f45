// Owns recognising the processes of a tree among all that /proc shows. It can miss one: a pass over /proc is no
// snapshot, and a daemon that has cleaned its environment bears no mark.
// Must never take a stranger's process for one of the tree.

import { type ProcessStat, hasInEnvironment, isAlive, processIds, readStat } from './proc.js';
import { send } from './sending.js';

/** What the processes of a tree are known by. */
export interface Traces {
  /** Those of the processes that were started for it, while such a number is certainly their own still. */
  readonly sessions: readonly number[];
  readonly marker: string;
  /** When the main process was started: nothing older belongs to the tree. */
  readonly startedAt: string | undefined;
}

/** Finds the live processes of a tree: in its sessions, with its marker, or related to one of those. */
export function scan({ sessions, marker, startedAt }: Traces): ProcessStat[] {
  const all = processIds()
    .map(readStat)
    .filter((stat) => stat !== undefined)
    .filter(isAlive);
  const youngEnough = (stat: ProcessStat): boolean =>
    startedAt === undefined || Number(stat.startedAt) >= Number(startedAt);
  const known = all.filter(
    (stat) => youngEnough(stat) && (sessions.includes(stat.session) || hasInEnvironment(stat.pid, marker)),
  );
  return withRelatives(all, known).filter(({ pid }) => pid !== process.pid);
}

/**
 * Adds to some processes of a tree all that must belong to it too: their children, and whoever is in a session that
 * the tree has made. One whose leader lives, and is not of the tree, is somebody else's, and so is ours.
 */
export function withRelatives(all: readonly ProcessStat[], known: readonly ProcessStat[]): ProcessStat[] {
  const alive = new Map(all.map((stat) => [stat.pid, stat]));
  const ownSession = alive.get(process.pid)?.session;
  const members = new Map(known.map((stat) => [stat.pid, stat]));
  const isOfTheTree = (session: number): boolean =>
    session > 1 && session !== ownSession && (members.has(session) || !alive.has(session));
  let before: number;
  do {
    before = members.size;
    const sessions = new Set([...members.values()].map(({ session }) => session).filter(isOfTheTree));
    for (const stat of all) {
      if (members.has(stat.ppid) || sessions.has(stat.session)) members.set(stat.pid, stat);
    }
  } while (members.size > before);
  return [...members.values()];
}

/** Sends SIGKILL to processes of a tree, and to the groups that it has made: nothing in a group can fork away. */
export function killAll(members: readonly ProcessStat[]): void {
  const ownGroup = readStat(process.pid)?.pgrp;
  const pids = new Set(members.map(({ pid }) => pid));
  for (const group of new Set(members.map(({ pgrp }) => pgrp))) {
    const leader = readStat(group);
    const isOfTheTree = pids.has(group) || leader === undefined || !isAlive(leader);
    if (isOfTheTree && group !== ownGroup) send(-group, 'SIGKILL');
  }
  for (const pid of pids) send(pid, 'SIGKILL');
}
