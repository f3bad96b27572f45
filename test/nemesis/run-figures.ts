// Owns the figures of a scheduled job: its ticks, and what became of its runs, as the ledger has them.

import type { Ledger, Result } from '../../src/ledger/ledger.js';
import { runsOf } from '../../src/ledger/ledger.js';
import { argumentsOf } from './job.js';
import type { Run } from './record.js';

export interface RunCounts {
  readonly ticks: number;
  readonly missed: number;
  readonly skipped: number;
  readonly runs: number;
  /** Of which this many were second and later attempts. */
  readonly again: number;
  readonly results: Readonly<Record<Result, number>>;
}

export function countRuns(ledger: Ledger): RunCounts {
  const runs = runsOf(ledger);
  const again = runs.filter(({ attempt }) => attempt > 1).length;
  const countOf = (kind: 'missed' | 'skipped'): number =>
    ledger.entries.reduce((sum, entry) => sum + (entry.kind === kind ? entry.count : 0), 0);
  const withResult = (wanted: Result): number => runs.filter(({ result }) => result === wanted).length;
  const [missed, skipped] = [countOf('missed'), countOf('skipped')];
  return {
    ticks: missed + skipped + runs.length - again,
    missed,
    skipped,
    runs: runs.length,
    again,
    results: {
      succeeded: withResult('succeeded'),
      failed: withResult('failed'),
      'timed-out': withResult('timed-out'),
      replaced: withResult('replaced'),
      interrupted: withResult('interrupted'),
    },
  };
}

/** The figures as lines of text; none for a command that lasts. */
export function describeRuns({ plan, history, ledger, violations }: Run): string[] {
  if (plan.job === undefined) return [];
  const words = [`job: ${argumentsOf(plan.job).join(' ')}`, `${history.lives.length} runs beat`];
  if (ledger === undefined) return words;
  const { ticks, missed, skipped, runs, again, results } = countRuns(ledger);
  const ends = Object.entries(results).map(([result, count]) => `${count} ${result}`);
  const twice = violations.filter(({ rule }) => rule === 'started twice').length;
  return [
    ...words,
    `${ticks} ticks: ${runs - again} run, ${missed} missed, ${skipped} skipped`,
    `${runs} runs, ${again} of them of a tick once more: ${ends.join(', ')}`,
    `started twice: ${twice}`,
  ];
}
