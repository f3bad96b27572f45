// Owns reading the text of a schedule again, as ledgers have it.

import { parsePositiveDuration } from '../options/duration.js';
import { cronSchedule } from './cron.js';
import { everySchedule } from './every.js';
import type { Schedule } from './schedule.js';

/** Returns the schedule that has this text, or undefined: it may be that of a version with other ones. */
export function readSchedule(text: string): Pick<Schedule, 'text' | 'next'> | undefined {
  const [, interval] = /^every (\S+)$/.exec(text) ?? [];
  const [, expression, timeZone] = /^cron "([^"]+)" (\S+)$/.exec(text) ?? [];
  try {
    if (interval !== undefined) return everySchedule(parsePositiveDuration('every', interval));
    if (expression === undefined || timeZone === undefined) return undefined;
    const schedule = cronSchedule(expression, timeZone);
    // A time zone that is none shows at the first look-up.
    schedule.next(0);
    return schedule;
  } catch {
    return undefined;
  }
}
