// Owns what the history needs to know of schedules, which it has as texts alone.

/** Finds the first tick later than that moment, of a schedule as the ledger names it; undefined if it cannot be told. */
export type NextTick = (schedule: string, after: number) => number | undefined;
