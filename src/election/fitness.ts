// Owns the count of the check's results: from which on this server is fit to lead, or is not.
// Must never let one result in between undo a verdict: that takes `rise` or `fall` of them in a row.

import type { Check } from './job.js';

export interface Fitness {
  /** Until the check has said something a server is unknown, and no more stands for election than an unfit one. */
  readonly status: 'unknown' | 'fit' | 'unfit';
  /** How many results in a row have spoken against the status. */
  readonly streak: number;
  /** When the next check is due, one interval after the start of the last one; see `checkDueAt`. */
  readonly dueAt: number;
  /** Whether a result is still to come. */
  readonly running: boolean;
  /** Why the last check that failed did, as long as that counts: while unfit, or on the way there. */
  readonly because?: string;
}

/** Without a check every server is fit, for ever. */
export function initialFitness(check: Check | undefined, now: number): Fitness {
  return check === undefined
    ? { status: 'fit', streak: 0, dueAt: Infinity, running: false }
    : { status: 'unknown', streak: 0, dueAt: now, running: false };
}

/** When a check is to be started: never while one runs. */
export function checkDueAt({ running, dueAt }: Fitness): number {
  return running ? Infinity : dueAt;
}

/** A check is started at `now`. */
export function startCheck(check: Check, fitness: Fitness, now: number): Fitness {
  return { ...fitness, running: true, dueAt: now + check.intervalMs };
}

/** The check that was running has passed, or has failed for this reason. */
export function checked(
  check: Check,
  fitness: Fitness,
  passed: boolean,
  because: string,
  now: number,
): Fitness {
  const { status, streak } = fitness;
  const verdict = passed ? 'fit' : 'unfit';
  const against = status === verdict ? 0 : streak + 1;
  const isOver = against >= resultsNeeded(check, status, verdict);
  const next = isOver ? verdict : status;
  const reason = passed ? fitness.because : because;
  return {
    status: next,
    streak: isOver ? 0 : against,
    // Nothing is made up for: a result that came late makes one check due, however many intervals have passed.
    dueAt: Math.max(fitness.dueAt, now),
    running: false,
    ...((next === 'unfit' || !passed) && reason !== undefined && { because: reason }),
  };
}

/** An unknown server is not standing: the first failure only says why. That it is fit has to be shown as ever. */
function resultsNeeded(check: Check, status: Fitness['status'], verdict: 'fit' | 'unfit'): number {
  if (verdict === 'fit') return check.rise;
  return status === 'unknown' ? 1 : check.fall;
}
