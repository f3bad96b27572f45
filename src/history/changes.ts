// Owns what has changed between two looks at the records of a job. Pure: it asks nobody.

import { isDeepStrictEqual } from 'node:util';
import type { Entry, GapEntry, Ledger, RunEntry } from '../ledger/ledger.js';
import type { Records } from '../zookeeper/records.js';

export type Change =
  | { readonly kind: 'claimed' | 'ended'; readonly entry: RunEntry }
  | { readonly kind: GapEntry['kind']; readonly entry: GapEntry }
  | { readonly kind: 'scheduled'; readonly schedule: string | undefined }
  /** There were records, and there are none any more; or none from the start. */
  | { readonly kind: 'removed' | 'absent' }
  | { readonly kind: 'unreadable'; readonly because: string };

/** Lists what is different, the oldest first; before the first look there was nothing, and `last` entries are told of it. */
export function changesBetween(before: Records | undefined, after: Records, last: number): Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  switch (after.kind) {
    case 'none':
      return [{ kind: before === undefined ? 'absent' : 'removed' }];
    case 'unreadable':
      return [after];
    case 'kept':
      return before?.kind === 'kept'
        ? changesIn(before.ledger, after.ledger)
        : changesIn(undefined, after.ledger).slice(-last);
  }
}

function changesIn(before: Ledger | undefined, after: Ledger): Change[] {
  const known = new Map(before?.entries.map((entry) => [keyOf(entry), entry]));
  const scheduled: Change[] =
    before === undefined || before.schedule === after.schedule
      ? []
      : [{ kind: 'scheduled', schedule: after.schedule }];
  const entries = after.entries.filter((entry) => !isDeepStrictEqual(known.get(keyOf(entry)), entry));
  return [...scheduled, ...entries.map(changeOf)];
}

function changeOf(entry: Entry): Change {
  if (entry.kind !== 'run') return { kind: entry.kind, entry };
  return { kind: entry.result === undefined ? 'claimed' : 'ended', entry };
}

/** What stays the same while an entry grows. */
function keyOf(entry: Entry): string {
  return entry.kind === 'run' ? entry.id : `${entry.kind} ${String(entry.first)}`;
}
