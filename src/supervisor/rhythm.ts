// Owns when the loop takes its next look though nothing has happened, and from which difference on a clock has moved.
// Must never read a clock: the simulation turns by the same rhythm as the product.

import type { Phase, Settings } from '../election/model.js';

/**
 * Timers stand still while the machine is suspended, the clock does not: with a command running, no longer than
 * this passes, in running time, before the deadlines are looked at.
 */
const LONGEST_SLEEP_WITH_COMMAND_MS = 250;
/** A wall clock that is set tells nobody: between the ticks of a schedule it is looked at this often. */
const LONGEST_SLEEP_WITH_SCHEDULE_MS = 1000;
/** As long as a timer can be: until something happens. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The two clocks are read one after the other, and the wall clock in whole milliseconds. */
const CLOCK_STEP_MS = 5;

/** Tells for how long, in whole milliseconds, nothing is to be looked at in this phase. */
export function sleepMs({ job }: Settings, phase: Phase, now: number, wakeAt: number): number {
  const longestMs =
    phase.name === 'leading' || phase.name === 'stopping'
      ? LONGEST_SLEEP_WITH_COMMAND_MS
      : phase.name === 'idle' && job.schedule !== undefined
        ? LONGEST_SLEEP_WITH_SCHEDULE_MS
        : LONGEST_TIMER_MS;
  // Rounded up: a timer that fires a little early would only be set again.
  return Math.ceil(Math.max(0, Math.min(wakeAt - now, longestMs)));
}

/** Whether the wall clock is ahead of ours by something else than what is known, or nothing is known yet. */
export function hasMoved(offsetMs: number, knownMs: number | undefined): boolean {
  return knownMs === undefined || Math.abs(offsetMs - knownMs) >= CLOCK_STEP_MS;
}
