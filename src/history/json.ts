// Owns the JSON of `history`. Its fields are promised in the documentation: none goes, and none changes its meaning.

import type { ChildExit } from '../election/endings.js';
import type { Entry } from '../ledger/ledger.js';
import { leaderOf } from '../zookeeper/elections.js';
import type { Records } from '../zookeeper/records.js';
import type { Change } from './changes.js';
import type { NextTick } from './next-tick.js';
import { latest } from './picture.js';
import { totalsOf } from './totals.js';
import { durationOf } from './words.js';

export interface JsonOptions {
  readonly path: string;
  readonly at: Date;
  readonly last: number;
  readonly nextTick: NextTick;
}

type KeptRecords = Extract<Records, { kind: 'kept' }>;

/** Everything that is remembered; of no records, that there are none. */
export function recordsInJson(records: KeptRecords | { kind: 'none' }, options: JsonOptions): object {
  const { path, at } = options;
  const head = { at: at.toISOString(), election: path };
  if (records.kind === 'none') return { ...head, schedule: null, ...NOTHING };
  const { ledger, roster } = records;
  const { schedule, tick, failures, entries } = ledger;
  const next =
    schedule === undefined ? undefined : options.nextTick(schedule, Math.max(at.getTime(), tick ?? 0));
  const { results, ...totals } = totalsOf(entries);
  return {
    ...head,
    schedule: schedule ?? null,
    tick: moment(tick),
    nextTick: moment(next),
    failures,
    leaderEpoch: leaderOf(roster)?.epoch.toString() ?? null,
    totals: { ...totals, ...results },
    entries: latest(entries, options.last).map(entryInJson),
  };
}

const NOTHING = { tick: null, nextTick: null, failures: 0, leaderEpoch: null, totals: null, entries: [] };

/** One change, with the entry as it is then. */
export function changeInJson(path: string, change: Change, at: Date): object {
  return {
    at: at.toISOString(),
    change: change.kind,
    election: path,
    entry: 'entry' in change ? entryInJson(change.entry) : null,
    schedule: 'schedule' in change ? (change.schedule ?? null) : null,
    because: 'because' in change ? change.because : null,
  };
}

/** What happened to the view rather than to the records. */
export function incidentInJson(
  path: string,
  change: 'disconnected' | 'reconnected',
  because: string | null,
  at: Date,
): object {
  return { at: at.toISOString(), change, election: path, entry: null, schedule: null, because };
}

function entryInJson(entry: Entry): object {
  const { kind, by } = entry;
  if (kind !== 'run') {
    const { first, last, count, atLeast = false } = entry;
    return { kind, first: moment(first), last: moment(last), count, atLeast, by };
  }
  const { id, reason, tick, name, attempt, request, host, epoch, claimedAt, result, exit } = entry;
  return {
    kind,
    id,
    reason,
    tick: moment(tick),
    name: name ?? null,
    attempt,
    request: request ?? null,
    by,
    host,
    epoch: String(epoch),
    claimedAt: moment(claimedAt),
    startedAt: moment(entry.startedAt),
    endedAt: moment(entry.endedAt),
    durationMs: durationOf(entry) ?? null,
    result: result ?? null,
    ...exitInJson(exit),
  };
}

/** One of the three at most is told. */
function exitInJson(exit: ChildExit | undefined): object {
  return {
    code: exit?.kind === 'code' ? exit.code : null,
    signal: exit?.kind === 'signal' ? exit.signal : null,
    errno: exit?.kind === 'not-started' ? exit.errno : null,
  };
}

function moment(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
