// Owns what a term is to do next, as whoever looks on is told it. Must never be asked by the core, which decides.

import type { Settings, State } from '../election/model.js';
import type { PlannedRun } from '../election/term.js';
import type { RunEntry } from '../ledger/ledger.js';

export type NextRun =
  /** It starts as soon as its claim is written. */
  | { readonly kind: 'claimed'; readonly run: RunEntry }
  /** A restart, or the run of a tick once more. */
  | { readonly kind: 'planned'; readonly planned: PlannedRun }
  | NextTick
  | { readonly kind: 'none' };

/** By the wall clock; due somewhat later than the tick, where a jitter says so. */
export interface NextTick {
  readonly kind: 'tick';
  readonly tick: number;
  readonly dueAt: number;
}

const NONE: NextRun = { kind: 'none' };

/** Tells which run comes next; none outside of a term that goes on. */
export function nextRunOf(settings: Settings, state: State): NextRun {
  const { phase, wallOffsetMs = 0 } = state;
  const tick = nextTickOf(settings, state);
  if (phase.name !== 'idle') return tick ?? NONE;
  if (phase.claim !== undefined) return { kind: 'claimed', run: phase.claim.run };
  const { planned } = phase.term;
  if (planned === undefined) return tick ?? NONE;
  const isFirst =
    tick === undefined || planned.reason === 'rerun' || planned.notBefore + wallOffsetMs < tick.dueAt;
  return isFirst ? { kind: 'planned', planned } : tick;
}

/** Tells the next tick that will be run, whatever is run before it; undefined outside of a term that goes on. */
export function nextTickOf({ job: { schedule } }: Settings, { phase }: State): NextTick | undefined {
  if (schedule === undefined || !('term' in phase) || (phase.name === 'stopping' && !phase.stays))
    return undefined;
  const { records, queued = -Infinity } = phase.term;
  if (records?.ledger.tick === undefined) return undefined;
  const seen = records.ledger.tick;
  const tick = queued > seen ? queued : schedule.next(seen);
  return tick === Infinity ? undefined : { kind: 'tick', tick, dueAt: schedule.dueAt(tick) };
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
