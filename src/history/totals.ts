// Owns how many runs of each kind are remembered, and how many ticks had none. Pure.

import type { Entry, Result } from '../ledger/ledger.js';

/** Runs by their results, those without one, and ticks without a run. */
export interface Totals {
  readonly runs: number;
  readonly results: Readonly<Record<Result, number>>;
  readonly unfinished: number;
  readonly missed: number;
  readonly skipped: number;
}

export function totalsOf(entries: readonly Entry[]): Totals {
  const results = { succeeded: 0, failed: 0, 'timed-out': 0, replaced: 0, interrupted: 0 };
  const ticks = { missed: 0, skipped: 0 };
  let unfinished = 0;
  for (const entry of entries) {
    if (entry.kind !== 'run') ticks[entry.kind] += entry.count;
    else if (entry.result === undefined) unfinished += 1;
    else results[entry.result] += 1;
  }
  const runs = unfinished + Object.values(results).reduce((sum, count) => sum + count, 0);
  return { runs, results, unfinished, ...ticks };
}
