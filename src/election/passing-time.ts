// Owns what follows from the clock alone, and when it follows next.
// It is asked before every event, so that a deadline that has passed is latched before anything else is believed.

import type { Outcome, PhaseOf, Settings, State } from './model.js';
import { afterLoss } from './after-run.js';
import { checkDueAt, startCheck } from './fitness.js';
import { sendLedger } from './records.js';
import { attend, attendAt } from './runs.js';
import {
  andThen,
  end,
  haltMeanwhile,
  heartbeat,
  join,
  leaseOf,
  letGo,
  notElected,
  outcome,
  read,
  staysAway,
  stop,
  waitUntil,
} from './transitions.js';
import { silenceLimitMs, standbyIntervalMs } from './timing.js';

/** A SIGKILL that left something alive is sent again, and complained of, this often. */
const KILL_AGAIN_MS = 1000;

const UNWATCHED = { kind: 'rejoin', because: 'unwatched' } as const;

/** The phases that look at the line now and then. */
const READING: ReadonlySet<State['phase']['name']> = new Set(['standby', 'elected', 'idle', 'leading']);

/** Does what has come due at `now`. */
export function passTime(settings: Settings, state: State, now: number): Outcome {
  const enforced = enforceDeadlines(settings, state, now);
  const fit = andThen(enforced, (next) => enforceFitness(settings, next, now));
  const attended = andThen(fit, (next) => attend(settings, next, now));
  // A command that is told to end with no time left for it is killed at once.
  const killed = andThen(attended, (next) => enforceDeadlines(settings, next, now));
  return andThen(killed, (next) => sendWhatIsDue(settings, next, now));
}

/** The next moment at which `passTime` would do something; Infinity when only an event can. */
export function wakeAt(settings: Settings, state: State): number {
  return Math.min(
    deadlineAt(settings, state),
    heartbeatDueAt(settings, state),
    readDueAt(state),
    attendAt(settings, state),
    fitnessDueAt(state),
  );
}

function enforceDeadlines(settings: Settings, state: State, now: number): Outcome {
  const { phase } = state;
  if (now < deadlineAt(settings, state)) return outcome(state);
  switch (phase.name) {
    case 'connecting':
    case 'away':
    case 'joining':
      // A znode that a lost create may have left behind goes with the session.
      return end(state, notElected(state));
    case 'standby':
    case 'elected': {
      const next = now < waitUntil(settings, state.waitingSince) ? UNWATCHED : notElected(state);
      return letGo(settings, state, { znode: phase.znode, znodeHeld: true }, next, now);
    }
    case 'idle': {
      const lost = afterLoss(settings);
      const next = lost.kind === 'rejoin' && now < leaseEndsAt(settings, state) ? UNWATCHED : lost;
      return letGo(settings, state, { znode: phase.znode, znodeHeld: true }, next, now);
    }
    case 'leading': {
      const cause = { kind: now < leaseEndsAt(settings, state) ? 'overran' : 'lease' } as const;
      return andThen(stop(settings, state, phase, cause, now), (stopping) =>
        enforceDeadlines(settings, stopping, now),
      );
    }
    case 'stopping':
      return outcome({ ...state, phase: { ...phase, killedAt: now } }, { type: 'kill-child' });
    case 'resigning':
      return giveUpResigning(settings, state, phase, now);
    case 'ended':
      return outcome(state);
  }
}

function giveUpResigning(
  settings: Settings,
  state: State,
  { znode, next }: PhaseOf<'resigning'>,
  now: number,
): Outcome {
  if (next.kind === 'rejoin') return end(state, notElected(state));
  return next.kind === 'halt' ? haltMeanwhile(settings, state, znode, now) : end(state, next);
}

function deadlineAt(settings: Settings, state: State): number {
  const { phase } = state;
  switch (phase.name) {
    case 'connecting':
    case 'away':
    case 'joining':
      return waitUntil(settings, state.waitingSince);
    case 'standby':
    case 'elected':
      return Math.min(waitUntil(settings, state.waitingSince), unwatchedUntil(state));
    case 'idle':
      return Math.min(leaseEndsAt(settings, state), unwatchedUntil(state));
    case 'leading':
      return Math.min(leaseEndsAt(settings, state), phase.run.startedAt + settings.job.maxRuntimeMs);
    case 'stopping':
      return phase.killedAt === undefined
        ? killDueAt(settings, state, phase)
        : phase.killedAt + KILL_AGAIN_MS;
    case 'resigning':
      return phase.giveUpAt;
    case 'ended':
      return Infinity;
  }
}

/** A place that is held without a watchdog keeps others from leading: the next one is ready by then, or the place goes. */
function unwatchedUntil({ watchdog, session }: State): number {
  return watchdog === 'ready' || session.status !== 'live'
    ? Infinity
    : watchdog.startingSince + silenceLimitMs(session.timeoutMs);
}

function leaseEndsAt(settings: Settings, state: State): number {
  return leaseOf(settings, state)?.terminateAt ?? -Infinity;
}

/** Who is not fit does not stand in line; who is, and has waited for long enough, does. */
function enforceFitness(settings: Settings, state: State, now: number): Outcome {
  const { check } = settings.job;
  const checking =
    check === undefined || state.phase.name === 'ended' || now < checkDueAt(state.fitness)
      ? outcome(state)
      : outcome({ ...state, fitness: startCheck(check, state.fitness, now) }, { type: 'run-check' });
  return andThen(checking, (next) => heedFitness(settings, next, now));
}

function heedFitness(settings: Settings, state: State, now: number): Outcome {
  const { phase, fitness } = state;
  if (phase.name === 'away') return staysAway(state, now) ? outcome(state) : join(settings, state, now);
  if (fitness.status === 'fit') return outcome(state);
  const cause = { kind: 'unfit', because: fitness.because ?? 'it has not been checked yet' } as const;
  switch (phase.name) {
    case 'standby':
    case 'elected':
    case 'idle':
      return letGo(
        settings,
        state,
        { znode: phase.znode, znodeHeld: true },
        { kind: 'rejoin', because: 'unfit' },
        now,
      );
    case 'leading':
      return stop(settings, state, phase, cause, now);
    case 'stopping':
      return phase.stays ? outcome({ ...state, phase: { ...phase, cause, stays: false } }) : outcome(state);
    case 'connecting':
    case 'joining':
    case 'resigning':
    case 'ended':
      return outcome(state);
  }
}

function fitnessDueAt({ fitness, phase, awayUntil }: State): number {
  if (phase.name === 'ended') return Infinity;
  const checkAt = checkDueAt(fitness);
  return phase.name === 'away' && fitness.status === 'fit' ? Math.min(checkAt, awayUntil) : checkAt;
}

/** The moment by which the command is dead even if we are not there to kill it; undefined when it is no later than now. */
export function watchdogDeadline(settings: Settings, state: State): number | undefined {
  const { phase } = state;
  if (phase.name === 'leading') return leaseOf(settings, state)?.killAt;
  return phase.name === 'stopping' && phase.killedAt === undefined
    ? killDueAt(settings, state, phase)
    : undefined;
}

/** Whatever the command was promised when it was asked to stop, the lease's SIGKILL stands. */
function killDueAt(settings: Settings, state: State, phase: PhaseOf<'stopping'>): number {
  return Math.min(phase.killAt, leaseOf(settings, state)?.killAt ?? -Infinity);
}

function sendWhatIsDue(settings: Settings, state: State, now: number): Outcome {
  const { phase } = state;
  if (!('znode' in phase) || phase.name === 'resigning') return outcome(state);
  // A heartbeat sent at the same moment as a read comes behind it: see `lead`.
  const seen = now < readDueAt(state) ? outcome(state) : read(state, now);
  const beaten = andThen(seen, (next) =>
    now < heartbeatDueAt(settings, next) ? outcome(next) : heartbeat(next, phase.znode, now),
  );
  return andThen(beaten, sendLedger);
}

function heartbeatDueAt(settings: Settings, state: State): number {
  const { session } = state;
  if (session.status !== 'live' || session.link.status !== 'connected' || session.link.heartbeatInFlight) {
    return Infinity;
  }
  const intervalMs = heartbeatIntervalMs(settings, state, session.timeoutMs);
  return intervalMs === Infinity ? Infinity : (session.link.heartbeatSentAt ?? -Infinity) + intervalMs;
}

function heartbeatIntervalMs(settings: Settings, state: State, sessionTimeoutMs: number): number {
  const { phase } = state;
  switch (phase.name) {
    case 'elected':
    case 'idle':
    case 'leading':
      return settings.timing.heartbeatMs;
    case 'stopping':
      return phase.znodeHeld ? settings.timing.heartbeatMs : Infinity;
    case 'standby':
      // Only whoever may be next needs a W1 when its turn comes.
      return phase.standing.kind === 'barred' ||
        (phase.standing.kind === 'behind' && phase.standing.place === 2)
        ? standbyIntervalMs(sessionTimeoutMs)
        : Infinity;
    case 'connecting':
    case 'away':
    case 'joining':
    case 'resigning':
    case 'ended':
      return Infinity;
  }
}

/** Watches are hints (ZooKeeper fires each once): everyone in line looks again now and then, the leader for strangers. */
function readDueAt(state: State): number {
  const { session, phase } = state;
  if (session.status !== 'live' || session.link.status !== 'connected' || session.link.readInFlight)
    return Infinity;
  if (!READING.has(phase.name)) return Infinity;
  return (session.link.readSentAt ?? -Infinity) + standbyIntervalMs(session.timeoutMs);
}
