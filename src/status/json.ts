// Owns the JSON of `status`. Its fields are promised in the README: none goes, and none changes its meaning.

import type { Instruction } from '../election/term.js';
import { type Election } from '../zookeeper/elections.js';
import type { RosterEntry } from '../zookeeper/roster.js';
import type { Change } from './changes.js';
import { type Contender, contendersOf, leadingIn } from './contender.js';

/** Everything that was seen, at a moment by the clock of this machine. */
export function electionsInJson(path: string, elections: readonly Election[], at: Date): object {
  return {
    at: at.toISOString(),
    path,
    elections: elections.map((election) => ({ election: election.path, ...stateOf(election) })),
  };
}

/** One change, and the state of its election behind it. */
export function changeInJson(change: Change, at: Date): object {
  const { kind, election } = change;
  return {
    at: at.toISOString(),
    change: kind,
    election: election.path,
    contender: 'contender' in change ? contenderInJson(election, change.contender) : null,
    after: 'after' in change && change.after !== undefined ? contenderInJson(election, change.after) : null,
    because: null,
    state: kind === 'removed' ? null : stateOf(election),
  };
}

/** What happened to the whole view rather than to one election. */
export function incidentInJson(
  change: 'absent' | 'disconnected' | 'reconnected',
  because: string | null,
  at: Date,
): object {
  return { at: at.toISOString(), change, election: null, contender: null, after: null, because, state: null };
}

function stateOf(election: Election): object {
  const { strangers, pause } = election;
  const leader = leadingIn(election);
  const standbys = contendersOf(election).filter(({ place }) => place !== leader?.place);
  return {
    leader: leader === undefined ? null : contenderInJson(election, leader),
    standbys: standbys.map((contender) => contenderInJson(election, contender)),
    strangers,
    pause: pause === undefined ? null : pauseInJson(pause),
  };
}

function pauseInJson({ by, host, since, because }: Instruction): object {
  return { by, host, since, because: because ?? null };
}

function contenderInJson(election: Election, { entry, place, watches }: Contender): object {
  const { id, host, pid, command } = entry.facts;
  return {
    place,
    id: id ?? null,
    host: host ?? null,
    pid: pid ?? null,
    command: command ?? null,
    since: entry.joinedAt.toISOString(),
    epoch: String(entry.epoch),
    session: `0x${entry.session}`,
    znode: znodeOf(election, entry),
    watches: watches === undefined ? null : znodeOf(election, watches),
  };
}

function znodeOf({ path }: Election, { name }: RosterEntry): string {
  return `${path}/${name}`;
}
