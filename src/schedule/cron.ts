// Owns ticks by the calendar of a time zone. Must never read a clock, though the library can: every moment comes in as
// an argument.

import { Cron, CronPattern } from 'croner';
import type { Calendar } from './schedule.js';

const FORM = {
  mode: '5-or-6-parts',
  // Or else 30 2,14 * * * would have no tick at half past two in spring, and two in autumn.
  fixedTimeRule: 'no-wildcard',
} as const;

/** Looking one tick up takes a good tenth of a millisecond, and the loop that waits for the count has leases to keep. */
const MOST_COUNTED = 100;

/** The library's calendar ends with this year. */
const END_OF_CALENDAR = Date.UTC(9999, 0);

/**
 * Returns the moments at which the wall clock of a time zone matches an expression of 5 fields, or of 6, with seconds
 * first. What happens where clocks are changed is that of Vixie cron:
 *
 * - An expression that names times of day (no * and no step in second, minute and hour) has a tick for each of them once
 *   on every day. One that is passed over in spring comes with the first moment behind the gap, and all that are passed
 *   over come as one; one that occurs twice in autumn comes the first time.
 * - Any other runs through: what is passed over is no tick, and what occurs twice is one each time.
 *
 * More than a hundred ticks are counted as at least a hundred.
 * @throws {TypeError | RangeError} for what is no such expression, and for what is no time zone, at the first look-up.
 */
export function cronSchedule(expression: string, timeZone: string): Calendar {
  // Cron would take a text with a colon in it for a date.
  new CronPattern(expression, timeZone, FORM);
  const cron = new Cron(expression, { ...FORM, timezone: timeZone });
  const next = (after: number): number =>
    after < END_OF_CALENDAR ? (cron.nextRun(new Date(after))?.getTime() ?? Infinity) : Infinity;
  return {
    text: `cron "${expression}" ${timeZone}`,
    next,
    between: (after, until) => {
      const first = next(after);
      if (first > until) return undefined;
      let last = first;
      for (let count = 1; count < MOST_COUNTED; count++) {
        const tick = next(last);
        if (tick > until) return { first, last, count };
        last = tick;
      }
      const [latest] = cron.previousRuns(1, new Date(until + 1));
      const beyond = latest !== undefined && latest.getTime() > last;
      return beyond
        ? { first, last: latest.getTime(), count: MOST_COUNTED, atLeast: true }
        : { first, last, count: MOST_COUNTED };
    },
  };
}
