// Owns a schedule as simple as can be: every so many milliseconds since the Unix epoch, put off by a hash.

import type { Schedule } from '../../src/schedule/schedule.js';

/** Ticks every `everyMs`, each put off by less than `jitterMs`, which is less than that. */
export function everyMs(intervalMs: number, jitterMs: number): Schedule {
  return {
    text: `every ${intervalMs}ms`,
    next: (after) => (Math.floor(after / intervalMs) + 1) * intervalMs,
    between: (after, until) => {
      const first = Math.floor(after / intervalMs) + 1;
      const last = Math.floor(until / intervalMs);
      return last < first
        ? undefined
        : { first: first * intervalMs, last: last * intervalMs, count: last - first + 1 };
    },
    dueAt: (tick) => tick + (((tick / intervalMs) * 7919) % 101) * (jitterMs / 101),
  };
}
