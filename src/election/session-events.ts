// Owns what a change of the session means for the phase.

import { afterLoss } from './after-run.js';
import type { Ending } from './endings.js';
import type { Event } from './messages.js';
import type { Outcome, Settings, State } from './model.js';
import { forgetSent, withTerm } from './records.js';
import { connectEvidence } from './lease.js';
import {
  andThen,
  comesBack,
  end,
  goOn,
  heartbeat,
  join,
  killAtOnce,
  listen,
  outcome,
  read,
  resign,
  stop,
  tooShort,
} from './transitions.js';

export function onConnected(
  settings: Settings,
  state: State,
  event: Extract<Event, { type: 'connected' }>,
  now: number,
): Outcome {
  const { session } = state;
  const resumed = session.status === 'live';
  // A server may silently give a new session on a reconnect (ClickHouse#116690): the old one is lost with its znode.
  if (resumed && session.id !== event.sessionId) {
    return onLost(settings, state, `replaced by session 0x${event.sessionId}`, now);
  }
  const timeoutMs = resumed ? Math.min(session.timeoutMs, event.sessionTimeoutMs) : event.sessionTimeoutMs;
  const connected: State = {
    ...state,
    session: {
      status: 'live',
      id: event.sessionId,
      timeoutMs,
      touchedAt: resumed ? session.touchedAt : undefined,
      link: {
        status: 'connected',
        evidence: connectEvidence(event.sentAt),
        heartbeatInFlight: false,
        heartbeatSentAt: undefined,
        heartbeatBehind: undefined,
        readInFlight: false,
        readAgain: false,
        readSentAt: undefined,
        pause: undefined,
        ledger: undefined,
      },
    },
  };
  const message = tooShort(settings, connected);
  const standsInLine = state.phase.name === 'standby' || state.phase.name === 'elected';
  return message !== undefined && standsInLine
    ? onRefused(settings, connected, { kind: 'refused', message }, now)
    : resume(settings, connected, now);
}

/** Takes up, on a new connection, what the phase was doing on the last one. */
function resume(settings: Settings, state: State, now: number): Outcome {
  const { phase } = state;
  switch (phase.name) {
    case 'connecting':
    case 'away':
    case 'joining':
      return join(settings, state, now);
    case 'standby': {
      const unplaced: State = { ...state, phase: { ...phase, standing: { kind: 'unknown' } } };
      return andThen(read(unplaced, now), (next) => listen(settings, next, phase.znode));
    }
    case 'elected':
    case 'idle':
    case 'leading': {
      const beating = andThen(read(forgetSent(state), now), (next) => heartbeat(next, phase.znode, now));
      return andThen(beating, (next) => listen(settings, next, phase.znode));
    }
    case 'stopping':
      return phase.znodeHeld
        ? andThen(heartbeat(forgetSent(state), phase.znode, now), (next) =>
            phase.stays ? listen(settings, next, phase.znode) : outcome(next),
          )
        : outcome(state);
    case 'resigning':
      return outcome(state, ...phase.lastWords, { type: 'remove', name: phase.znode.name });
    case 'ended':
      return outcome(state);
  }
}

export function onSuspended(state: State): Outcome {
  return state.session.status === 'live'
    ? outcome({ ...state, session: { ...state.session, link: { status: 'suspended' } } })
    : outcome(state);
}

/** The znode has gone, or will, with the session: whoever is next may lead already. */
export function onLost(settings: Settings, state: State, reason: string, now: number): Outcome {
  const { phase } = state;
  const opening: State = { ...state, session: { status: 'opening' } };
  const open = (next: State): Outcome => outcome(next, { type: 'open-session' });
  switch (phase.name) {
    case 'connecting':
    case 'away':
    case 'joining':
    case 'standby':
    case 'elected':
      return open({ ...opening, phase: { name: 'connecting' } });
    case 'idle': {
      const next = afterLoss(settings);
      return comesBack(next)
        ? open({ ...opening, phase: { name: 'connecting' }, waitingSince: now })
        : end(opening, next);
    }
    case 'leading':
      return andThen(stop(settings, opening, phase, { kind: 'lost', reason }, now), open);
    case 'stopping':
      return andThen(killAtOnce(opening, { ...phase, znodeHeld: false, stays: false }, now), open);
    case 'resigning':
      return comesBack(phase.next)
        ? andThen(open(opening), (next) => goOn(settings, next, phase.next, now))
        : end(opening, phase.next);
    case 'ended':
      return outcome(state);
  }
}

/** The ensemble, or what stands under the election path, makes it impossible to go on. */
export function onRefused(
  settings: Settings,
  state: State,
  ending: Extract<Ending, { message: string }>,
  now: number,
): Outcome {
  const { phase } = state;
  switch (phase.name) {
    case 'connecting':
    case 'away':
    case 'joining':
      return end(state, ending);
    case 'standby':
    case 'elected':
    case 'idle':
      return resign(settings, state, phase.znode, ending, now);
    case 'resigning':
      // What refuses the removal of the znode refuses it for good, while the end of the session takes it along.
      return end(state, comesBack(phase.next) ? ending : phase.next);
    case 'leading':
    case 'stopping':
      // The run goes on for as long as its lease does: that, and nothing else, decides.
      return outcome(withTerm(state, (term) => ({ ...term, refusal: ending })));
    case 'ended':
      return outcome(state);
  }
}
