// Owns what a schedule is to everybody else: moments of the wall clock, the same on every server.
// Must never read a clock: every moment comes in as an argument.

/** Moments of a wall clock, in milliseconds since the Unix epoch. */
export interface Calendar {
  /** As the operator wrote it: `every 15m`, or `cron "0 3 * * *" Europe/Berlin`. */
  readonly text: string;
  /** The first tick later than this moment; Infinity if there is none. */
  next(after: number): number;
  /** The last tick later than `after` and not later than `until`, and how many there are; undefined if there is none. */
  between(after: number, until: number): Ticks | undefined;
}

/** The ticks of a job. */
export interface Schedule extends Calendar {
  /** When its run is to start: the tick itself, or somewhat later, the same on every server; before the next tick. */
  dueAt(tick: number): number;
}

/** Ticks that have come due. */
export interface Ticks {
  readonly first: number;
  readonly last: number;
  /** How many, both included. */
  readonly count: number;
  /** There are very many, and counting them has stopped at so many. */
  readonly atLeast?: true | undefined;
}
