// Owns the runs of a term: claims one, starts it once a quorum has taken the claim, and writes down how it ended.
// Must never start what is not claimed, where a ledger is kept; nor anything without room in the lease.

import { claim, conclude, EMPTY_LEDGER, pass, runsOf } from '../ledger/ledger.js';
import type { Ticks } from '../schedule/schedule.js';
import { failuresAfter, healthyAt, withRestart } from './after-run.js';
import { endOfStandby, hooksOfStart } from './hooks.js';
import type { Outcome, PhaseOf, Settings, State } from './model.js';
import type { Run, StartedRun, Term, Znode } from './term.js';
import { lookAhead, nextTickAt, unseenTicks } from './occasions.js';
import { changed, termOf, wallOf, withLedger, withTerm } from './records.js';
import { andThen, isConnected, leaseOf, outcome, stop } from './transitions.js';
import { roomToStartMs } from './timing.js';

/** A term whose command runs at once, and of which nothing is written down. */
export function startUnrecorded(settings: Settings, state: State, znode: Znode, now: number): Outcome {
  const run: Run = { id: `${String(znode.epoch)}-1`, reason: 'start', attempt: 1 };
  const term: Term = {
    runs: 1,
    records: undefined,
    planned: undefined,
    queued: undefined,
    request: undefined,
  };
  return andThen(start(settings, state, { znode, since: now, term }, run, now), (next) =>
    outcome(next, ...endOfStandby(settings)),
  );
}

/** Does what the job wants at `now`: claims, starts, counts the ticks that a run is in the way of. */
export function attend(settings: Settings, state: State, now: number): Outcome {
  return andThen(attendPause(settings, state, now), (next) =>
    hasRun(next.phase) ? attendRun(settings, next, next.phase, now) : outcome(next),
  );
}

function attendPause(settings: Settings, state: State, now: number): Outcome {
  const { phase } = state;
  if (phase.name !== 'idle') return outcome(state);
  return phase.claim === undefined
    ? claimWhatIsDue(settings, state, phase, now)
    : startClaimed(settings, state, phase, now);
}

/** When `attend` would do something by the clock alone. */
export function attendAt(settings: Settings, state: State): number {
  const { phase, wallOffsetMs } = state;
  if (phase.name === 'idle') {
    if (phase.claim !== undefined || !mayClaim(state)) return Infinity;
    return prospectOf(settings, state, phase.term, -Infinity)?.at ?? Infinity;
  }
  if (!hasRun(phase) || phase.term.records === undefined || wallOffsetMs === undefined) return Infinity;
  const { ledger } = phase.term.records;
  const { schedule } = settings.job;
  const tickAt =
    schedule === undefined
      ? Infinity
      : nextTickAt(schedule, { settings, term: phase.term, ledger, offsetMs: wallOffsetMs });
  const mayRecover = phase.name === 'leading' && ledger.failures > 0;
  return Math.min(tickAt, mayRecover ? healthyAt(settings.job, phase.run) : Infinity);
}

/** Whether there is a run that the next one has to wait for. */
function hasRun(phase: State['phase']): phase is PhaseOf<'leading'> | PhaseOf<'stopping'> {
  return phase.name === 'leading' || (phase.name === 'stopping' && phase.stays);
}

function claimWhatIsDue(settings: Settings, state: State, phase: PhaseOf<'idle'>, now: number): Outcome {
  const { records } = phase.term;
  if (records === undefined || !mayClaim(state)) return outcome(state);
  const prospect = prospectOf(settings, state, phase.term, now);
  if (prospect === undefined) return outcome(state);
  const { ledger, occasion, at, queued } = prospect;
  if (occasion === undefined || at > now) return outcome(withLedger(settings, state, () => ledger));
  const runs = phase.term.runs + 1;
  const claimant = { ...settings.claimant, epoch: phase.znode.epoch };
  const claimed = claim(ledger, { occasion, runs, claimant, at: wallOf(state, now) });
  const written = changed(settings, records, claimed.ledger);
  const term: Term = {
    ...phase.term,
    runs,
    records: written,
    // What somebody asks for takes nothing's place.
    ...(occasion.reason !== 'request' && { planned: undefined, queued }),
    request: undefined,
  };
  // The first of a term is the last leader's, who has counted it.
  const counted =
    occasion.reason === 'restart' && phase.term.runs > 0 ? withRestart(settings, state, now) : state;
  return outcome({
    ...counted,
    phase: { ...phase, term, claim: { run: claimed.run, revision: written.revision } },
  });
}

/**
 * Claimed without a connection, it might be another's by the time that one is back; without a watchdog, it might never
 * be started.
 */
function mayClaim(state: State): boolean {
  return isConnected(state) && state.watchdog === 'ready';
}

function startClaimed(settings: Settings, state: State, phase: PhaseOf<'idle'>, now: number): Outcome {
  const { claim: claimed, term } = phase;
  if (claimed === undefined || (term.records?.confirmed ?? -Infinity) < claimed.revision)
    return outcome(state);
  const lease = leaseOf(settings, state);
  if (lease === undefined || lease.terminateAt - now < roomToStartMs(settings.timing)) return outcome(state);
  return state.watchdog === 'ready' ? start(settings, state, phase, claimed.run, now) : outcome(state);
}

function start(
  settings: Settings,
  state: State,
  { znode, since, term }: Pick<PhaseOf<'idle'>, 'znode' | 'since' | 'term'>,
  run: Run,
  now: number,
): Outcome {
  const killAt = leaseOf(settings, state)?.killAt ?? now;
  const { id, reason, tick, name, attempt, request, claimedAt } = run;
  const started: StartedRun = {
    id,
    reason,
    tick,
    name,
    attempt,
    request,
    ...(claimedAt !== undefined && { claimedAt }),
    startedAt: now,
  };
  return outcome(
    { ...state, phase: { name: 'leading', znode, since, term, run: started } },
    { type: 'start-child', znode, killAt, run: started },
    ...hooksOfStart(settings, term.runs === 1),
  );
}

function attendRun(
  settings: Settings,
  state: State,
  phase: PhaseOf<'leading'> | PhaseOf<'stopping'>,
  now: number,
): Outcome {
  const { job } = settings;
  const { term } = phase;
  if (term.records === undefined || state.wallOffsetMs === undefined) return outcome(state);
  const isHealthy = phase.name === 'leading' && now >= healthyAt(job, phase.run);
  const healthy = isHealthy ? recovered(settings, state) : state;
  const { ledger } = term.records;
  const present = { settings, term, ledger, now, offsetMs: state.wallOffsetMs };
  const ticks = job.schedule && unseenTicks(job.schedule, present);
  const seen = ticks === undefined ? healthy : findRunGoing(settings, healthy, ticks);
  return ticks !== undefined && job.overlap === 'replace' && seen.phase.name === 'leading'
    ? stop(settings, seen, seen.phase, { kind: 'replaced' }, now)
    : outcome(seen);
}

/** Ticks have come due while a run goes on, or what is left of it. */
function findRunGoing(settings: Settings, state: State, ticks: Ticks): State {
  // Where an earlier one waits, none is skipped ahead of it: behind the run the last of them has its turn.
  return settings.job.overlap === 'skip' && termOf(state)?.queued === undefined
    ? withLedger(settings, state, (ledger) => pass(ledger, 'skipped', ticks, settings.claimant.by))
    : withTerm(state, (term) => ({ ...term, queued: ticks.last }));
}

/** Whoever leads next does not have to wait for what has been made good. */
function recovered(settings: Settings, state: State): State {
  return withLedger(settings, state, (ledger) =>
    ledger.failures === 0 ? ledger : { ...ledger, failures: 0 },
  );
}

/** Writes down how the run ended that the term has behind it. */
export function concludeRun(
  settings: Settings,
  state: State,
  { run, result }: PhaseOf<'stopping'>,
  now: number,
): State {
  return withLedger(settings, state, (ledger) => ({
    ...conclude(ledger, run.id, {
      startedAt: wallOf(state, run.startedAt),
      endedAt: wallOf(state, now),
      result,
      exit: run.exit,
    }),
    failures: failuresAfter(settings.job, ledger.failures, run, result, now),
  }));
}

/** Somebody wants a run. One that the ledger knows has been granted. */
export function onRunAsked(state: State, request: NonNullable<Term['request']>): Outcome {
  return outcome(
    withTerm(state, (term) => {
      const granted = runsOf(term.records?.ledger ?? EMPTY_LEDGER).some((run) => run.request === request.id);
      return granted ? term : { ...term, request };
    }),
  );
}

/** Whoever wanted a run has taken that back, or gone; a run that is claimed goes its way. */
export function onRunNotAsked(state: State): Outcome {
  return outcome(withTerm(state, (term) => ({ ...term, request: undefined })));
}

function prospectOf(settings: Settings, state: State, term: Term, now: number) {
  const { wallOffsetMs } = state;
  return term.records === undefined || wallOffsetMs === undefined
    ? undefined
    : lookAhead({ settings, term, ledger: term.records.ledger, now, offsetMs: wallOffsetMs });
}
