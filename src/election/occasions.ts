// Owns which run is due next, and when: requests, ticks and restarts, and the ticks that nobody will run.
// Must never start anything: `runs.ts` claims what is due here.

import { type Ledger, type Occasion, pass } from '../ledger/ledger.js';
import type { Schedule, Ticks } from '../schedule/schedule.js';
import type { Settings } from './model.js';
import type { Term } from './term.js';

/** A tick that is taken up within this time has not been late. */
const ON_TIME_MS = 1000;

/** What the term is to do next, should nothing else happen. */
export interface Prospect {
  /** With the ticks written down that will not be run. */
  readonly ledger: Ledger;
  readonly occasion: Occasion | undefined;
  /** When that is due; without an occasion, when it is time to look again. By our clock. */
  readonly at: number;
  /** The tick that is to be run behind it: it has come due already. */
  readonly queued?: number | undefined;
}

interface Present {
  readonly settings: Settings;
  readonly term: Term;
  readonly ledger: Ledger;
  readonly now: number;
  /** How far the wall clock is ahead of ours. */
  readonly offsetMs: number;
}

/** Looks at what a term without a command is to do next. */
export function lookAhead(present: Present): Prospect {
  const { settings, term, ledger, now } = present;
  const { planned, request } = term;
  const { schedule } = settings.job;
  if (request !== undefined) {
    return { ledger, occasion: { reason: 'request', attempt: 1, request: request.id }, at: now };
  }
  const runsAgain = planned?.reason === 'rerun';
  if (schedule === undefined || (runsAgain && planned.notBefore > now))
    return { ledger, ...whatIsPlanned(term) };
  if (!runsAgain) return nextTick(schedule, present);
  // What came due while nobody could run it waits for the rerun: it has not found that going.
  const behind = nextTick(schedule, { ...present, term: { ...term, planned: undefined } });
  return { ledger: behind.ledger, ...whatIsPlanned(term), queued: behind.occasion?.tick };
}

/** The ticks that have come due and that nobody has seen yet; undefined if there are none. */
export function unseenTicks(schedule: Schedule, present: Present): Ticks | undefined {
  const wall = present.now + present.offsetMs;
  const seen = lastSeen(present);
  const ticks = schedule.between(seen, wall);
  // The last one may be put off; those before it are not, beyond the tick that follows them.
  return ticks === undefined || schedule.dueAt(ticks.last) <= wall
    ? ticks
    : schedule.between(seen, ticks.last - 1);
}

/** When the first tick comes due that nobody has seen. */
export function nextTickAt(schedule: Schedule, present: Omit<Present, 'now'>): number {
  const tick = schedule.next(lastSeen(present));
  return tick === Infinity ? Infinity : schedule.dueAt(tick) - present.offsetMs;
}

function lastSeen({ term, ledger }: Pick<Present, 'term' | 'ledger'>): number {
  return Math.max(ledger.tick ?? -Infinity, term.queued ?? -Infinity);
}

function whatIsPlanned({ planned }: Term): Pick<Prospect, 'occasion' | 'at'> {
  if (planned === undefined) return { occasion: undefined, at: Infinity };
  const { notBefore, ...occasion } = planned;
  return { occasion, at: notBefore };
}

function nextTick(schedule: Schedule, present: Present): Prospect {
  return queuedTick(schedule, present) ?? dueTick(schedule, present);
}

/** What waited for an earlier run to end is not late, however long that took; only the last one is run. */
function queuedTick(schedule: Schedule, present: Present): Prospect | undefined {
  const { settings, term, ledger, now } = present;
  const { queued } = term;
  if (queued === undefined || ledger.tick === undefined || queued <= ledger.tick) return undefined;
  const tick = unseenTicks(schedule, present)?.last ?? queued;
  return {
    ledger: passAllBut(schedule, ledger, 'skipped', tick, settings.claimant.by),
    occasion: { reason: 'queued', tick, attempt: 1 },
    at: now,
  };
}

function dueTick(schedule: Schedule, present: Present): Prospect {
  const { settings, term, ledger, now, offsetMs } = present;
  const { catchUpMs } = settings.job;
  const { by } = settings.claimant;
  const wall = now + offsetMs;
  const ticks = unseenTicks(schedule, present);
  if (ticks === undefined) {
    const planned = whatIsPlanned(term);
    const nextAt = nextTickAt(schedule, present);
    return planned.at < nextAt ? { ledger, ...planned } : { ledger, occasion: undefined, at: nextAt };
  }
  const lateMs = wall - schedule.dueAt(ticks.last);
  if (lateMs > Math.max(catchUpMs, ON_TIME_MS)) {
    return dueTick(schedule, { ...present, ledger: pass(ledger, 'missed', ticks, by) });
  }
  return {
    ledger: passAllBut(schedule, ledger, 'missed', ticks.last, by),
    occasion: { reason: lateMs > ON_TIME_MS ? 'late' : 'tick', tick: ticks.last, attempt: 1 },
    at: now,
  };
}

function passAllBut(
  schedule: Schedule,
  ledger: Ledger,
  kind: 'missed' | 'skipped',
  tick: number,
  by: string,
): Ledger {
  const earlier = ledger.tick === undefined ? undefined : schedule.between(ledger.tick, tick - 1);
  return earlier === undefined ? ledger : pass(ledger, kind, earlier, by);
}
