// Owns finding the elections at a path, which is one itself or holds several. Reads only.

import type { Stat } from 'node-zookeeper-client';
import { type NamePattern, sequenceOf } from '../election/contenders.js';
import { besideElection } from './control-path.js';
import { holdsBack } from './pause.js';
import { confirm, readChildren, readStat } from './requests.js';
import { readMembers, type Roster, type RosterEntry } from './roster.js';
import type { Session } from './session.js';

/** One election, as it was read. */
export interface Election extends Roster {
  /** Without the chroot. */
  readonly path: string;
}

/** Where to look, and who is called, once, when it may look different. */
export interface Search {
  readonly chroot: string;
  readonly path: string;
  readonly pattern: NamePattern;
  readonly watcher?: () => void;
}

/** The one who leads: the first in line, until its znode is gone, unless a pause holds it back. */
export function leaderOf({ line: [first], pause }: Roster): RosterEntry | undefined {
  return first !== undefined && pause !== undefined && holdsBack(pause, first.epoch) ? undefined : first;
}

/**
 * Reads the elections at the path, in the order of their paths; none where there is nothing. What it returns is at
 * least as new as the call: a server that was cut off from the quorum does not answer.
 * @throws {EnsembleError} by rejection: CONNECTION_LOSS, or what the ensemble refuses.
 */
export async function readElections(session: Session, search: Search): Promise<Election[]> {
  await confirm(session, search.chroot + search.path);
  return findElections(session, search);
}

async function findElections(session: Session, search: Search): Promise<Election[]> {
  const { chroot, path, pattern, watcher } = search;
  const root = chroot + path;
  const exists = (await readStat(session, 'look for an election', root, watcher)) !== null;
  const names = exists ? await readChildren(session, `read of the contenders of ${root}`, root, watcher) : [];
  if (await isParent(session, root, pattern, names)) {
    const found = electionsAmong(names).map((name) =>
      findElections(session, { ...search, path: `${path}/${name}` }),
    );
    return (await Promise.all(found)).flat();
  }
  const roster = await readMembers(session, root, pattern, names, watcher);
  // An election may be paused before anybody has come to it.
  return exists || roster.pause !== undefined ? [{ path, ...roster }] : [];
}

/** Whether what stands there are elections rather than contenders, which are ephemeral, whatever their naming. */
async function isParent(
  session: Session,
  root: string,
  pattern: NamePattern,
  names: readonly string[],
): Promise<boolean> {
  if (names.length === 0 || names.some((name) => sequenceOf(pattern, name) !== undefined)) return false;
  const stats = await Promise.all(
    names.map((name) => readStat(session, 'look for an election', `${root}/${name}`)),
  );
  return stats.every((stat) => stat === null || !isEphemeral(stat));
}

// Servers tell no owner of a container, which is what Curator makes an election of (DataNode.getClientEphemeralOwner).
function isEphemeral({ ephemeralOwner }: Stat): boolean {
  return ephemeralOwner.readBigInt64BE() !== 0n;
}

function electionsAmong(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => besideElection(name) ?? name))].sort();
}
