// Owns ticks at a fixed interval. Must never read a clock: every moment comes in as an argument.

import { formatDuration } from '../options/duration.js';
import type { Calendar } from './schedule.js';

/** Returns the multiples of the interval since the Unix epoch, in UTC: servers that never met agree on them. */
export function everySchedule(intervalMs: number): Calendar {
  const next = (after: number): number => (Math.floor(after / intervalMs) + 1) * intervalMs;
  return {
    text: `every ${formatDuration(intervalMs)}`,
    next,
    between: (after, until) => {
      const first = next(after);
      const last = Math.floor(until / intervalMs) * intervalMs;
      return last < first ? undefined : { first, last, count: (last - first) / intervalMs + 1 };
    },
  };
}
