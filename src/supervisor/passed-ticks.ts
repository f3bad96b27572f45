// Owns the question which ticks a step has written down as missed or skipped. Reads what the core has done, no more.

import type { Settings } from '../election/model.js';
import type { GapEntry, Ledger } from '../ledger/ledger.js';
import type { Ticks } from '../schedule/schedule.js';
import type { Step } from './supervisor.js';
import { foundLedger } from './terms.js';

/** Ticks that no run is started for. */
export interface PassedTicks extends Ticks {
  readonly kind: GapEntry['kind'];
}

/** The ledger as the step has found it, and as it has left it; undefined where none is kept. */
function ledgersOf(step: Step): { readonly before: Ledger | undefined; readonly after: Ledger } | undefined {
  const { before, after } = step;
  const records = 'term' in after.phase ? after.phase.term.records : undefined;
  if (records === undefined) return undefined;
  return {
    before: 'term' in before.phase ? before.phase.term.records?.ledger : foundLedger(step),
    after: records.ledger,
  };
}

/** The ticks that the step has written down so. */
export function passedTicks({ job: { schedule } }: Settings, step: Step): readonly PassedTicks[] {
  const ledgers = ledgersOf(step);
  if (schedule === undefined || ledgers === undefined || ledgers.before === ledgers.after) return [];
  const known = ledgers.before?.entries ?? [];
  return ledgers.after.entries.flatMap((entry): readonly PassedTicks[] => {
    if (entry.kind === 'run' || known.includes(entry)) return [];
    const { kind, first, last, count } = entry;
    // Ticks that follow upon one another are one entry, which grows.
    const grown = known.find((other) => other.kind === kind && other.first === first);
    if (grown === undefined || grown.kind === 'run') return [{ kind, first, last, count }];
    return [{ kind, first: schedule.next(grown.last), last, count: count - grown.count }];
  });
}
