// Owns what a term is to do next, as whoever looks on is told it. Must never be asked by the core, which decides.

import type { PlannedRun, Settings, State } from '../election/model.js';
import type { RunEntry } from '../ledger/ledger.js';

export type NextRun =
  /** It starts as soon as its claim is written. */
  | { readonly kind: 'claimed'; readonly run: RunEntry }
  /** A restart, or the run of a tick once more. */
  | { readonly kind: 'planned'; readonly planned: PlannedRun }
  /** By the wall clock; due somewhat later than the tick, where a jitter says so. */
  | { readonly kind: 'tick'; readonly tick: number; readonly dueAt: number }
  | { readonly kind: 'none' };

const NONE: NextRun = { kind: 'none' };

/** Tells which run comes next; none outside of a term that goes on. */
export function nextRunOf({ job: { schedule } }: Settings, { phase, wallOffsetMs = 0 }: State): NextRun {
  if (!('term' in phase) || (phase.name === 'stopping' && !phase.stays)) return NONE;
  if (phase.name === 'idle' && phase.claim !== undefined) return { kind: 'claimed', run: phase.claim.run };
  const { records, queued = -Infinity, planned } = phase.term;
  if (records === undefined) return NONE;
  const { tick: seen = -Infinity } = records.ledger;
  const tick = queued > seen ? queued : (schedule?.next(seen) ?? Infinity);
  const dueAt = schedule === undefined || tick === Infinity ? Infinity : schedule.dueAt(tick);
  if (phase.name === 'idle' && planned !== undefined) {
    if (planned.reason === 'rerun' || planned.notBefore + wallOffsetMs < dueAt)
      return { kind: 'planned', planned };
  }
  return dueAt === Infinity ? NONE : { kind: 'tick', tick, dueAt };
}

/** Tells how long an idle leader waits for it, in milliseconds; undefined where nothing is waited for. */
export function waitFor(next: NextRun, now: number, { wallOffsetMs = 0 }: State): number | undefined {
  switch (next.kind) {
    case 'planned':
      return Math.max(0, next.planned.notBefore - now);
    case 'tick':
      return Math.max(0, next.dueAt - (now + wallOffsetMs));
    case 'claimed':
    case 'none':
      return undefined;
  }
}
