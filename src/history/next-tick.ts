// Owns what the history needs to know of schedules, which it has as texts alone.

import { readSchedule } from '../schedule/text.js';

/** Finds the first tick later than that moment, of a schedule as the ledger names it; undefined if it cannot be told. */
export type NextTick = (schedule: string, after: number) => number | undefined;

export const nextTick: NextTick = (schedule, after) => {
  const next = readSchedule(schedule)?.next(after);
  return next === Infinity ? undefined : next;
};
