// Owns what is remembered of a job beside its election: which ticks have been claimed, and what became of each run.
// Must never decide that a run is due: it writes down, and forgets the oldest.

import type { ChildExit } from '../election/endings.js';
import type { Ticks } from '../schedule/schedule.js';

/** How a run ended. */
export type Result =
  /** By itself, with 0. */
  | 'succeeded'
  /** By itself with anything else, or it could not be started. */
  | 'failed'
  /** We ended it: it ran longer than --max-runtime. */
  | 'timed-out'
  /** We ended it: the next tick wanted its place. */
  | 'replaced'
  /** We ended it since the term did, or it died with its leader; what it had done by then nobody knows. */
  | 'interrupted';

/** Why a run was started. */
export type Reason =
  /** Its tick had come. */
  | 'tick'
  /** Its tick had come while nobody could run it. */
  | 'late'
  /** Its tick had come while another run was going. */
  | 'queued'
  /** A term has begun, and there is no schedule. */
  | 'start'
  /** The run before it had ended by itself, or ran for too long. */
  | 'restart'
  /** The run of the same tick before it was interrupted. */
  | 'rerun'
  /** An operator asked for it. */
  | 'request';

/** What a run is known by before it is claimed. */
export interface Occasion {
  readonly reason: Reason;
  /** The tick, by the wall clock of whoever claimed it; undefined for a run of no schedule. */
  readonly tick?: number | undefined;
  /** What stands in for a tick that is no moment: the TICK of --once-per. */
  readonly name?: string | undefined;
  /** 1 for the first run of a tick; of a command that is kept running, 1 more than it has failed in a row. */
  readonly attempt: number;
  /** The request that it grants: the transaction that made that, in decimal digits. */
  readonly request?: string | undefined;
}

/** Who claims, and when. */
export interface Claimant {
  /** The contender's. */
  readonly by: string;
  readonly host: string;
  /** Of its term. */
  readonly epoch: bigint;
}

export interface RunEntry extends Occasion {
  readonly kind: 'run';
  /** The epoch, and the number of the run in its term: 4294967298-1. */
  readonly id: string;
  readonly by: string;
  readonly host: string;
  readonly epoch: bigint;
  /** All of these by the wall clock of whoever ran it, in milliseconds since the Unix epoch. */
  readonly claimedAt: number;
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  /** Undefined as long as it is going, as far as anybody has written down. */
  readonly result?: Result | undefined;
  readonly exit?: ChildExit | undefined;
}

/** Ticks that no run was started for. */
export interface GapEntry {
  readonly kind: 'missed' | 'skipped';
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** There were more, which nobody has counted. */
  readonly atLeast?: true | undefined;
  /** Whoever wrote it down. */
  readonly by: string;
}

export type Entry = RunEntry | GapEntry;

export interface Ledger {
  /** The tick up to which each one is claimed, missed or skipped; undefined before the first. */
  readonly tick: number | undefined;
  /** The schedule that the last leader followed. */
  readonly schedule: string | undefined;
  /** Failed runs in a row: whoever leads next goes on with the pauses where this one left off. */
  readonly failures: number;
  /** The oldest first. */
  readonly entries: readonly Entry[];
}

export const EMPTY_LEDGER: Ledger = { tick: undefined, schedule: undefined, failures: 0, entries: [] };

/** Writes down that a run will be started: nobody starts it before this is written at a quorum. */
export function claim(
  ledger: Ledger,
  { occasion, runs, claimant, at }: Claim,
): { readonly ledger: Ledger; readonly run: RunEntry } {
  const { by, host, epoch } = claimant;
  const run: RunEntry = {
    kind: 'run',
    id: `${String(epoch)}-${runs}`,
    ...occasion,
    by,
    host,
    epoch,
    claimedAt: at,
  };
  return {
    run,
    ledger: { ...ledger, tick: later(ledger.tick, occasion.tick), entries: [...ledger.entries, run] },
  };
}

interface Claim {
  readonly occasion: Occasion;
  /** Of this term, this one included. */
  readonly runs: number;
  readonly claimant: Claimant;
  readonly at: number;
}

/** Writes down how a run ended. */
export function conclude(
  ledger: Ledger,
  id: string,
  end: Pick<RunEntry, 'startedAt' | 'endedAt' | 'result' | 'exit'>,
): Ledger {
  return {
    ...ledger,
    entries: ledger.entries.map((entry) =>
      entry.kind === 'run' && entry.id === id ? { ...entry, ...end } : entry,
    ),
  };
}

/** Writes down ticks that no run is started for; those that follow upon one another are one entry. */
export function pass(
  ledger: Ledger,
  kind: GapEntry['kind'],
  { first, last, count, atLeast }: Ticks,
  by: string,
): Ledger {
  const { entries } = ledger;
  const before = entries.at(-1);
  const uncounted = atLeast && { atLeast };
  const gap: GapEntry =
    before?.kind === kind
      ? { ...before, last, count: before.count + count, ...uncounted, by }
      : { kind, first, last, count, ...uncounted, by };
  return {
    ...ledger,
    tick: later(ledger.tick, last),
    entries: [...(before?.kind === kind ? entries.slice(0, -1) : entries), gap],
  };
}

/**
 * Forgets the oldest entries; never a run that is going, nor the last that was asked for: as long as whoever asked has
 * not seen that, and stands there asking, it would be granted again.
 */
export function keep(ledger: Ledger, history: number): Ledger {
  const { entries } = ledger;
  const surplus = entries.length - history;
  if (surplus <= 0) return ledger;
  const granted = entries.findLastIndex((entry) => entry.kind === 'run' && entry.request !== undefined);
  return {
    ...ledger,
    entries: entries.filter((entry, index) => index >= surplus || isGoing(entry) || index === granted),
  };
}

/** What is left once an operator has removed the records: what keeps a tick from being run twice. */
export function forget(ledger: Ledger): Ledger {
  return { ...ledger, entries: ledger.entries.filter(isGoing) };
}

/** The same, where a term is over: the run that it was for is known by nothing else, if it has a name and no tick. */
export function onlyLastRun(ledger: Ledger): Ledger {
  return { ...ledger, entries: runsOf(ledger).slice(-1) };
}

/** Runs that have been claimed and have no result. */
export function unfinished(ledger: Ledger): readonly RunEntry[] {
  return ledger.entries.filter(isGoing);
}

export function runsOf(ledger: Ledger): readonly RunEntry[] {
  return ledger.entries.filter((entry) => entry.kind === 'run');
}

function isGoing(entry: Entry): entry is RunEntry {
  return entry.kind === 'run' && entry.result === undefined;
}

function later(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}
