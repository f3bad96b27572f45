// Owns the account of a schedule's ticks: each one between the first and the last is a run's or in a gap, and once.

import type { Job } from '../../src/election/job.js';
import type { Ledger, RunEntry } from '../../src/ledger/ledger.js';
import type { Schedule } from '../../src/schedule/schedule.js';
import { Violation } from './checks.js';

/** Goes through a ledger that has forgotten nothing since the first that was written. */
export function account({ schedule }: Job, first: Ledger, last: Ledger): void {
  if (schedule === undefined || last.tick === undefined) return;
  let seen = beginningOf(first);
  if (seen === undefined) return;
  for (const entry of last.entries) {
    if (entry.kind !== 'run') seen = takeGap(schedule, seen, entry);
    else if (isTickOf(entry))
      seen = takeGap(schedule, seen, { first: entry.tick, last: entry.tick, count: 1 });
  }
  const left = schedule.between(seen, last.tick);
  if (left !== undefined)
    throw new Violation('tick lost', `${left.count} from ${left.first}: neither run, missed nor skipped`);
}

/** The tick before the first that is accounted for. */
function beginningOf({ tick, entries }: Ledger): number | undefined {
  const [earliest] = entries.flatMap((entry) => {
    if (entry.kind !== 'run') return [entry.first];
    return isTickOf(entry) ? [entry.tick] : [];
  });
  return earliest === undefined ? tick : earliest - 1;
}

/** Not once more. */
function isTickOf(run: RunEntry): run is RunEntry & { readonly tick: number } {
  return run.tick !== undefined && run.attempt === 1;
}

function takeGap(
  schedule: Schedule,
  seen: number,
  { first, last, count }: { readonly first: number; readonly last: number; readonly count: number },
): number {
  const ticks = schedule.between(seen, last);
  if (ticks?.first !== first || ticks.last !== last || ticks.count !== count)
    throw new Violation(
      'tick lost',
      `${count} from ${first} to ${last}, but after ${seen} there are ${JSON.stringify(ticks)}`,
    );
  return last;
}
