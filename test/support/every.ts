// Owns a schedule that is as simple as one can be: the multiples of an interval since the Unix epoch, each put off a little by a jitter.
import type { Schedule } from '../../src/schedule/schedule.js';

/** The golden ratio's: its multiples are spread evenly, and none looks like the one before it. */
const SPREAD = 0.618_034;

export function every(text: string, intervalMs: number, jitterMs = 0): Schedule {
  const next = (after: number): number => (Math.floor(after / intervalMs) + 1) * intervalMs;
  return {
    text: `every ${text}`,
    next,
    between: (after, until) => {
      const first = next(after);
      const last = Math.floor(until / intervalMs) * intervalMs;
      return last < first ? undefined : { first, last, count: (last - first) / intervalMs + 1 };
    },
    dueAt: (tick) => tick + Math.floor((((tick / intervalMs) * SPREAD) % 1) * jitterMs),
  };
}
