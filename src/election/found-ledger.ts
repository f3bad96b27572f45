// Owns what a ledger means that others have left: how a term begins with it, and who is not needed any more.
// Must never claim what it plans.

import { conclude, EMPTY_LEDGER, type Ledger, type RunEntry, runsOf, unfinished } from '../ledger/ledger.js';
import { pauseOf } from './after-run.js';
import { endOfStandby } from './hooks.js';
import { type Job, takesRequests } from './job.js';
import type { Outcome, Settings, State } from './model.js';
import type { FoundLedger, PlannedRun, Term, Znode } from './term.js';
import { changed, wallOf } from './records.js';
import { outcome } from './transitions.js';

/** A term begins with what the ledger says, as it stands behind everything that the last leader wrote. */
export function takeOver(
  settings: Settings,
  state: State,
  znode: Znode,
  found: FoundLedger,
  now: number,
): Outcome {
  const { job } = settings;
  const before = found.ledger ?? EMPTY_LEDGER;
  const wall = wallOf(state, now);
  const unwritten = {
    ledger: before,
    exists: found.ledger !== undefined,
    revision: 0,
    sent: 0,
    confirmed: 0,
  };
  const term: Term = {
    runs: 0,
    records: changed(settings, unwritten, follow(job, interrupt(before), wall)),
    planned: firstRun(job, before, wall, now),
    queued: undefined,
    request: undefined,
  };
  return outcome(
    { ...state, phase: { name: 'idle', znode, since: now, term, claim: undefined } },
    ...(takesRequests(job) ? [{ type: 'listen-for-runs' } as const] : []),
    ...endOfStandby(settings),
  );
}

/** Whoever has not written down the end of its run has died with it. */
function interrupt(found: Ledger): Ledger {
  return unfinished(found).reduce((before, { id }) => conclude(before, id, { result: 'interrupted' }), found);
}

/** A schedule that is new begins now: nobody has missed what was not to be run. */
function follow({ schedule }: Job, ledger: Ledger, wall: number): Ledger {
  if (ledger.schedule === schedule?.text && (schedule === undefined || ledger.tick !== undefined))
    return ledger;
  return schedule === undefined
    ? { ...ledger, schedule: undefined }
    : { ...ledger, schedule: schedule.text, tick: Math.max(ledger.tick ?? -Infinity, wall) };
}

function firstRun(job: Job, found: Ledger, wall: number, now: number): PlannedRun | undefined {
  const { oncePer, schedule, catchUpMs } = job;
  const { failures } = found;
  const left = leftBehind(job, found);
  const isTooLate = schedule !== undefined && wall - (left?.tick ?? wall) > catchUpMs;
  const again = left === undefined || isTooLate ? undefined : runAgain(job, left, failures, now);
  if (again !== undefined || schedule !== undefined) return again;
  if (oncePer !== undefined) {
    const of = oncePer.kind === 'tick' ? { tick: oncePer.tick } : { name: oncePer.name };
    return { reason: 'tick', ...of, attempt: 1, notBefore: now };
  }
  const notBefore = failures === 0 ? now : now + pauseOf(job, failures, 0);
  return { reason: failures === 0 ? 'start' : 'restart', attempt: failures + 1, notBefore };
}

/** The last run of what is to be run once: a tick of this schedule, or what --once-per names. */
function leftBehind({ schedule, oncePer }: Job, ledger: Ledger): RunEntry | undefined {
  return runsOf(ledger).findLast(({ tick, name }) => {
    switch (oncePer?.kind) {
      case 'tick':
        return tick === oncePer.tick;
      case 'name':
        return name === oncePer.name;
      case undefined:
        return schedule !== undefined && tick !== undefined && ledger.schedule === schedule.text;
    }
  });
}

/** Whoever leads next does what the last leader would have done, had it gone on. */
function runAgain(job: Job, left: RunEntry, failures: number, now: number): PlannedRun | undefined {
  const reason = reasonToRunAgain(job, left);
  if (reason === undefined) return undefined;
  const { tick, name, attempt } = left;
  const notBefore = reason === 'restart' ? now + pauseOf(job, failures, 0) : now;
  return { reason, tick, name, attempt: attempt + 1, notBefore };
}

function reasonToRunAgain(
  { rerunInterrupted, onFailure }: Job,
  { result }: RunEntry,
): 'rerun' | 'restart' | undefined {
  switch (result) {
    case undefined:
    case 'interrupted':
      return rerunInterrupted ? 'rerun' : undefined;
    case 'failed':
    case 'timed-out':
      return onFailure === 'restart' ? 'restart' : undefined;
    case 'succeeded':
    case 'replaced':
      return undefined;
  }
}

/** The run for which nobody is needed any more, where one run is all that was asked for; or `settled` by none we know. */
function settledBy(job: Job, ledger: Ledger): { readonly run: string | undefined } | undefined {
  const { oncePer } = job;
  if (oncePer === undefined) return undefined;
  const left = leftBehind(job, ledger);
  if (left !== undefined) return reasonToRunAgain(job, left) === undefined ? { run: left.id } : undefined;
  const isPast = oncePer.kind === 'tick' && ledger.tick !== undefined && ledger.tick >= oncePer.tick;
  return isPast ? { run: undefined } : undefined;
}

/** Nobody is needed any more where somebody has run what was to be run once. */
export function leaveIfSettled(
  settings: Settings,
  state: State,
  { ledger }: FoundLedger,
  leave: (run: string | undefined) => Outcome,
): Outcome {
  const settled = ledger === undefined ? undefined : settledBy(settings.job, ledger);
  return settled === undefined ? outcome(state) : leave(settled.run);
}
