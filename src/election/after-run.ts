// Owns what follows a run: the operator's policy, the pauses between failures, and what the ledger says of it.

import type { Result } from '../ledger/ledger.js';
import type { Job } from './job.js';
import type { Next, StopCause } from './endings.js';
import type { PhaseOf, Settings, State } from './model.js';
import type { PlannedRun, StartedRun } from './term.js';

/** The least part of a pause: the rest is left to chance, or whatever failed together would start together. */
const LEAST_PART_OF_PAUSE = 0.8;

/** By then any pause has outgrown what a timer can hold; and a pause of nothing stays one. */
const MOST_DOUBLINGS = 31;

/** What the ledger says of a run that ends for this cause. */
export function resultOf(cause: StopCause): Result {
  switch (cause.kind) {
    case 'exited':
      return cause.exit.kind === 'code' && cause.exit.code === 0 ? 'succeeded' : 'failed';
    case 'overran':
      return 'timed-out';
    case 'replaced':
      return 'replaced';
    case 'asked':
    case 'resign':
    case 'lease':
    case 'lost':
    case 'unwatched':
    case 'unfit':
      return 'interrupted';
  }
}

/** Failed runs in a row, this one included. One that ran for as long as the longest pause was healthy until then. */
export function failuresAfter(
  job: Job,
  before: number,
  run: StartedRun,
  result: Result,
  now: number,
): number {
  switch (result) {
    case 'succeeded':
      return 0;
    case 'failed':
    case 'timed-out':
      return isHealthy(job, run, now) ? 1 : before + 1;
    case 'replaced':
    case 'interrupted':
      return before;
  }
}

/** When a run that goes on has made good for the failures before it. */
export function healthyAt({ restartDelayMaxMs }: Job, { startedAt }: StartedRun): number {
  return startedAt + restartDelayMaxMs;
}

function isHealthy(job: Job, run: StartedRun, now: number): boolean {
  return now >= healthyAt(job, run);
}

/** What comes behind the last process of a run. */
export type Sequel =
  | { readonly kind: 'stay'; readonly planned: PlannedRun | undefined }
  | { readonly kind: 'leave'; readonly next: Next; readonly awayMs: number };

/** Says what follows a run that ends so. Whatever its policy says, no term goes on that has been given up meanwhile. */
export function sequelOf(settings: Settings, state: State, phase: PhaseOf<'stopping'>, now: number): Sequel {
  const sequel = sequelByPolicy(settings, state, phase, now);
  if (sequel.kind === 'leave' || phase.stays) return sequel;
  if (!phase.znodeHeld) return { kind: 'leave', next: afterLoss(settings), awayMs: 0 };
  // It was given up for too many restarts, of which some have become too old to count while its last process ended.
  const { notBefore = now } = sequel.planned ?? {};
  return { kind: 'leave', next: { kind: 'rejoin', because: 'too-many-restarts' }, awayMs: notBefore - now };
}

/** What follows a term that was lost. */
export function afterLoss({ onLost }: Settings): Next {
  return { kind: onLost === 'exit' ? 'leadership-lost' : 'rejoin' };
}

/** Says what the policy has for a run that ends so. */
export function sequelByPolicy(
  settings: Settings,
  state: State,
  { run, term, cause, result }: Pick<PhaseOf<'stopping'>, 'run' | 'term' | 'cause' | 'result'>,
  now: number,
): Sequel {
  const { job } = settings;
  const leave = (next: Next, awayMs = 0): Sequel => ({ kind: 'leave', next, awayMs });
  const { refusal } = term;
  const stay = (planned?: PlannedRun): Sequel =>
    refusal === undefined ? { kind: 'stay', planned } : leave(refusal);
  const failures = failuresAfter(job, term.records?.ledger.failures ?? 0, run, result, now);
  const pauseMs = pauseOf(job, failures, term.runs);
  switch (cause.kind) {
    case 'asked':
      return leave({ kind: 'asked', signal: cause.signal });
    case 'resign':
      return leave({ kind: 'rejoin' });
    case 'unfit':
      return leave({ kind: 'rejoin', because: 'unfit' });
    case 'lease':
    case 'lost':
    case 'unwatched':
      return leave(afterLoss(settings));
    case 'replaced':
      return stay();
    case 'exited':
    case 'overran':
      break;
  }
  const action = result === 'succeeded' ? job.onExit : job.onFailure;
  switch (action) {
    case 'exit':
      return leave(cause.kind === 'overran' ? cause : { kind: 'child-exited', exit: cause.exit });
    case 'stay':
      return stay();
    case 'resign':
      return leave({ kind: 'rejoin', because: 'run-ended' }, pauseMs);
    case 'restart':
      if (job.schedule !== undefined && run.request !== undefined && term.planned !== undefined) {
        // What is tried again is the tick; but no sooner than behind any failure.
        const notBefore = Math.max(term.planned.notBefore, now + pauseMs);
        return stay({ ...term.planned, notBefore });
      }
      if (restartsLeft(job, state, now) <= 0) {
        return leave({ kind: 'rejoin', because: 'too-many-restarts' }, pauseMs);
      }
      return stay(restartOf(job, run, failures, now + pauseMs));
  }
}

function restartOf(
  { schedule, oncePer }: Job,
  run: StartedRun,
  failures: number,
  notBefore: number,
): PlannedRun {
  const { tick, name, attempt } = run;
  const isKeptRunning = schedule === undefined && oncePer === undefined;
  return { reason: 'restart', name, tick, attempt: (isKeptRunning ? failures : attempt) + 1, notBefore };
}

function restartsLeft({ maxRestarts }: Job, { restarts }: State, now: number): number {
  if (maxRestarts === undefined) return Infinity;
  return maxRestarts.count - restarts.filter((at) => at > now - maxRestarts.periodMs).length;
}

/** Writes a restart down, and forgets those that do not count any more. */
export function withRestart(settings: Settings, state: State, now: number): State {
  const { maxRestarts } = settings.job;
  if (maxRestarts === undefined) return state;
  const recent = state.restarts.filter((at) => at > now - maxRestarts.periodMs);
  return { ...state, restarts: [...recent, now] };
}

/** How long the next run has to wait behind so many failures in a row, in milliseconds. */
export function pauseOf(job: Job, failures: number, salt: number): number {
  const { restartDelayMs, restartDelayMaxMs, seed } = job;
  const doublings = Math.min(Math.max(0, failures - 1), MOST_DOUBLINGS);
  const longestMs = Math.min(restartDelayMaxMs, restartDelayMs * 2 ** doublings);
  const chance = fraction(seed + 31 * failures + 1009 * salt);
  return longestMs * (LEAST_PART_OF_PAUSE + (1 - LEAST_PART_OF_PAUSE) * chance);
}

/** A number from 0 to 1 that looks like chance, and is the same for the same seed (the finalizer of MurmurHash3). */
function fraction(seed: number): number {
  let hash = seed | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
