// Owns the figures of a run: what it did, and for how long nobody ran a command after a fault of each kind.

import { describeRuns } from './run-figures.js';
import type { History, Life } from './history.js';
import type { Kind } from './plan.js';
import { KINDS } from './plan.js';
import type { FaultRecord, Run } from './record.js';

/** The runs of one epoch: one of a command that lasts, or as many as its ticks. */
export interface Term {
  readonly contender: string;
  readonly first: number;
  readonly last: number;
  /** Of the last run. */
  readonly manner: string;
  readonly isScheduled: boolean;
}

/** A term that ended, what ended it, and the time until the next command's first beat. */
export interface Gap {
  readonly before: Term;
  readonly after: Term;
  readonly us: number;
  readonly cause: Cause;
}

export type Cause = Kind | 'several at once' | 'the command itself' | 'unknown';

/** A session's length: what is over for longer has no part in the end of a term. */
const LINGERS_US = 2_000_000;
/** A command that is killed may beat once more before it dies. */
const LAST_BEAT_US = 10_000;

/** The terms in which a command was run, in order. */
export function termsOf({ lives }: Pick<History, 'lives'>): Term[] {
  const byEpoch = new Map<bigint, Life[]>();
  for (const life of lives) byEpoch.set(life.epoch, [...(byEpoch.get(life.epoch) ?? []), life]);
  const terms = [...byEpoch.values()].map((runs): Term => {
    const { contender, manner, occasion } = runs.at(-1)!;
    const first = Math.min(...runs.map((run) => run.first));
    const last = Math.max(...runs.map((run) => run.last));
    return { contender, manner, first, last, isScheduled: occasion !== undefined };
  });
  return terms.sort((a, b) => a.first - b.first);
}

/** The changes of leader, in order. */
export function gapsOf({ history, faults }: Pick<Run, 'history' | 'faults'>): Gap[] {
  const terms = termsOf(history);
  return terms.slice(1).map((after, index) => {
    const before = terms[index]!;
    // Between two ticks nothing shows that a term goes on: it may have ended at any time up to the next one's begin.
    const until = before.isScheduled ? after.first : before.last + LAST_BEAT_US;
    return { before, after, us: after.first - before.last, cause: causeOf(before, faults, until) };
  });
}

/** The fault that ended a term, if it was one alone that went on at the time and could have. */
export function causeOf(term: Term, faults: readonly FaultRecord[], until = term.last + LAST_BEAT_US): Cause {
  const candidates = faults.filter(
    ({ at, healedAt = Infinity, lanes }) =>
      at <= until &&
      healedAt >= Math.max(term.first, term.last - LINGERS_US) &&
      lanes.some((lane) => lane === term.contender || lane.startsWith('server')),
  );
  const [only, ...others] = candidates;
  if (others.length > 0) return 'several at once';
  if (only !== undefined) return only.fault.kind;
  return term.manner.split('+').includes('mortal') ? 'the command itself' : 'unknown';
}

export interface Row {
  readonly cause: Cause;
  /** Faults of the kind; undefined for what is none. */
  readonly faults: number | undefined;
  /** Terms that it alone ended. */
  readonly gaps: number;
  readonly medianMs: number;
  readonly longestMs: number;
}

/** One row for each kind of fault that came, and for the other causes. */
export function rowsOf(run: Pick<Run, 'history' | 'faults'>): Row[] {
  const gaps = gapsOf(run);
  const causes: Cause[] = [...KINDS, 'several at once', 'the command itself', 'unknown'];
  return causes
    .map((cause) => {
      const own = gaps.filter((gap) => gap.cause === cause).map(({ us }) => us / 1000);
      const isKind = (KINDS as string[]).includes(cause);
      return {
        cause,
        faults: isKind ? run.faults.filter(({ fault }) => fault.kind === cause).length : undefined,
        gaps: own.length,
        medianMs: median(own),
        longestMs: Math.max(...own),
      };
    })
    .filter(({ faults = 0, gaps: count }) => faults + count > 0);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? sorted[Math.floor(middle)]!
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** The figures as lines of text. */
export function describeFigures(run: Run): string[] {
  const { history, faults, violations, from, to } = run;
  const processes = history.lives.reduce((sum, { processes: own }) => sum + own.size, 0);
  const aliveUs = history.lives.reduce((sum, { first, last }) => sum + last - first, 0);
  const share = ((100 * aliveUs) / Math.max(1, to - from)).toFixed(0);
  const heads = ['fault', 'times', 'terms it ended alone', 'then nobody: median', 'longest'];
  const body = rowsOf(run).map(({ cause, faults: count, gaps, medianMs, longestMs }) => [
    cause,
    count === undefined ? '' : String(count),
    String(gaps),
    ...(gaps === 0 ? ['', ''] : [`${medianMs.toFixed(0)} ms`, `${longestMs.toFixed(0)} ms`]),
  ]);
  return [
    `${faults.length} faults in ${((to - from) / 1e6).toFixed(0)} s, ${termsOf(history).length} terms, ${processes} processes of commands`,
    ...describeRuns(run),
    `a command ran for ${share} % of the time`,
    `two at once: ${history.overlaps.length}, rules broken: ${violations.length}`,
    '',
    ...table([heads, ...body]),
  ];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('   ')
      .trimEnd(),
  );
}
