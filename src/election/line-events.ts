// Owns what the ensemble's answers mean: the way into the line, the place in it, and the lease.

import type { Behind } from './contenders.js';
import { describePattern, standing, strangers } from './contenders.js';
import { announceStandby, hooksOfElection } from './hooks.js';
import { addAnswer, addHeartbeat } from './lease.js';
import type { Event, Outcome, PhaseOf, Settings, State, Znode } from './model.js';
import {
  andThen,
  end,
  goOn,
  heartbeat,
  join,
  killAtOnce,
  leaseOf,
  listen,
  outcome,
  read,
  resign,
  stop,
  withLink,
} from './transitions.js';
import { notesKeptMs, roomToFirstProofMs, roomToStartMs } from './timing.js';

type Answer<T extends Event['type']> = Extract<Event, { type: T }>;

export function onSurveyed(
  settings: Settings,
  state: State,
  event: Answer<'surveyed'>,
  now: number,
): Outcome {
  const { phase, session } = state;
  if (phase.name !== 'joining' || session.status !== 'live') return outcome(state);
  const noted = note(settings, state, event.sentAt, now);
  const [stranger] = strangers(settings.pattern, event.names);
  if (stranger !== undefined) {
    return end(noted, {
      kind: 'refused',
      message:
        `"${stranger}" stands under the election path and is not of the pattern ${describePattern(settings.pattern)}: ` +
        `whoever made it orders the line differently, and two leaders would come of it; ` +
        `choose another --election, or remove that znode`,
    });
  }
  const [found] = event.own;
  if (found === undefined) {
    return outcome({ ...noted, phase: { ...phase, step: 'creating' } }, { type: 'join' });
  }
  // A create whose answer was lost. It is ours only in this session (CURATOR-696), and only for a term not yet led.
  if (event.own.length === 1 && found.ephemeralOwner === session.id && found.epoch > state.lastEpoch) {
    return enterLine(noted, { name: found.name, epoch: found.epoch }, now);
  }
  return outcome({ ...noted, phase: { ...phase, step: 'discarding' } }, { type: 'remove', name: found.name });
}

export function onJoined(settings: Settings, state: State, event: Answer<'joined'>, now: number): Outcome {
  if (state.phase.name !== 'joining') return outcome(state);
  return enterLine(note(settings, state, event.sentAt, now), event.znode, now);
}

/** The heartbeat goes out with the read: should we be first, its answer is the one that lets the command start. */
function enterLine(state: State, znode: Znode, now: number): Outcome {
  const inLine: State = {
    ...state,
    phase: { name: 'standby', znode, standing: { kind: 'unknown' }, announced: false },
  };
  const placed = andThen(read(inLine, now), (next) => heartbeat(next, znode, now));
  return andThen(placed, (next) => listen(next, znode));
}

export function onContenders(
  settings: Settings,
  state: State,
  event: Answer<'contenders'>,
  now: number,
): Outcome {
  const { session } = state;
  const again = session.status === 'live' && session.link.status === 'connected' && session.link.readAgain;
  const noted = withLink(note(settings, state, event.sentAt, now), (link) => ({
    ...link,
    readInFlight: false,
  }));
  const placed = takePlace(settings, noted, event, now);
  return again ? andThen(placed, (next) => read(next, now)) : placed;
}

function takePlace(settings: Settings, state: State, event: Answer<'contenders'>, now: number): Outcome {
  const { phase } = state;
  if (phase.name !== 'standby' && phase.name !== 'elected' && phase.name !== 'leading') return outcome(state);
  const place = standing(settings.pattern, event.names, phase.znode.name);
  if (place.kind === 'absent') return znodeGone(settings, state, now);
  // Being first is stable: whatever comes later stands behind us. A stranger that we do not see ahead of our first
  // start sees us: of two programs that order the line differently, one at most starts.
  if (phase.name !== 'standby') return outcome(state);
  const [stranger] = strangers(settings.pattern, event.names);
  if (place.kind === 'leads' && stranger === undefined) {
    return lead(
      settings,
      { ...state, phase: { name: 'elected', znode: phase.znode, since: event.sentAt } },
      now,
    );
  }
  if (settings.waitMs === 0) return resign(settings, state, phase.znode, { kind: 'not-elected' }, now);
  const standby =
    place.kind === 'leads'
      ? outcome({ ...state, phase: { ...phase, standing: { kind: 'barred' } } })
      : standBehind(state, phase, place);
  return andThen(standby, (next) => announceStandby(settings, next));
}

/** Watches the predecessor, and asks who leads whenever that has changed. */
function standBehind(state: State, phase: PhaseOf<'standby'>, place: Behind): Outcome {
  const { standing: before } = phase;
  const { predecessor, leader } = place;
  const known =
    before.kind === 'behind' &&
    before.predecessor === predecessor &&
    before.leader === leader &&
    before.watched;
  const behind: State = { ...state, phase: { ...phase, standing: { ...place, watched: true } } };
  return known ? outcome(behind) : outcome(behind, { type: 'watch', name: predecessor, leader });
}

export function onWatching(
  settings: Settings,
  state: State,
  event: Answer<'watching'>,
  now: number,
): Outcome {
  const noted = note(settings, state, event.sentAt, now);
  // Gone between the read and the watch: nothing would ever fire.
  return event.exists ? outcome(noted) : onWatchFired(noted, event.name, now);
}

export function onWatchFired(state: State, name: string, now: number): Outcome {
  const { phase } = state;
  if (phase.name !== 'standby' || phase.standing.kind !== 'behind') return outcome(state);
  if (phase.standing.predecessor !== name) return outcome(state);
  const { place } = phase.standing;
  const unwatched: State = { ...state, phase: { ...phase, standing: { ...phase.standing, watched: false } } };
  const reading = read(unwatched, now);
  return place === 2 ? andThen(reading, (next) => heartbeat(next, phase.znode, now)) : reading;
}

export function onHeartbeat(
  settings: Settings,
  state: State,
  event: Answer<'heartbeat'>,
  now: number,
): Outcome {
  const { session } = state;
  if (session.status !== 'live' || session.link.status !== 'connected') return outcome(state);
  const idle = withLink(state, (link) => ({ ...link, heartbeatInFlight: false }));
  if (!event.znodeExists) return znodeGone(settings, idle, now);
  const proof = addHeartbeat(session.link.evidence, event.sentAt, now, notesKeptMs(settings.timing));
  const renewed: State = {
    ...state,
    session: {
      ...session,
      touchedAt: Math.max(session.touchedAt ?? -Infinity, proof.touchedAt),
      link: { ...session.link, heartbeatInFlight: false, evidence: proof.evidence, pause: event.pause },
    },
  };
  const { phase } = renewed;
  if (phase.name !== 'elected') return outcome(renewed);
  // The one under way when the turn came was sent too early: send the one that counts.
  if (event.sentAt < phase.since) return heartbeat(renewed, phase.znode, now);
  return lead(settings, renewed, now);
}

/**
 * Starts the command, once a heartbeat sent since the turn came is answered and has found no pause, the lease has
 * room, and there is a watchdog.
 */
export function lead(settings: Settings, state: State, now: number): Outcome {
  const { phase, session } = state;
  if (phase.name !== 'elected' || session.status !== 'live' || session.link.status !== 'connected') {
    return outcome(state);
  }
  const proved = session.link.evidence.heartbeat;
  if (proved === undefined || proved.sentAt < phase.since) return heartbeat(state, phase.znode, now);
  if (session.link.pause !== undefined) {
    return settings.waitMs === 0
      ? resign(settings, state, phase.znode, { kind: 'not-elected' }, now)
      : outcome(state);
  }
  const lease = leaseOf(settings, state);
  const restsOnConnect = session.touchedAt === session.link.evidence.connectSentAt;
  const roomMs = restsOnConnect ? roomToFirstProofMs(settings.timing) : roomToStartMs(settings.timing);
  if (lease === undefined || lease.terminateAt - now < roomMs) return outcome(state);
  if (state.watchdog !== 'ready') return outcome(state);
  if (phase.znode.epoch <= state.lastEpoch) {
    return resign(settings, state, phase.znode, { kind: 'rejoin' }, now);
  }
  return outcome(
    {
      ...state,
      lastEpoch: phase.znode.epoch,
      phase: { name: 'leading', znode: phase.znode, since: now },
    },
    { type: 'start-child', znode: phase.znode, killAt: lease.killAt },
    ...hooksOfElection(settings),
  );
}

export function onRemoved(settings: Settings, state: State, event: Answer<'removed'>, now: number): Outcome {
  const noted = note(settings, state, event.sentAt, now);
  const { phase } = noted;
  if (phase.name === 'joining')
    return outcome({ ...noted, phase: { ...phase, step: 'surveying' } }, { type: 'survey' });
  if (phase.name !== 'resigning' || event.name !== phase.znode.name) return outcome(noted);
  return goOn(settings, noted, phase.next);
}

/** Somebody else deleted our znode while the session lives: whoever is next may lead already. */
function znodeGone(settings: Settings, state: State, now: number): Outcome {
  const { phase } = state;
  switch (phase.name) {
    case 'standby':
    case 'elected':
      return join(settings, state);
    case 'leading':
      return stop(
        settings,
        state,
        phase.znode,
        { kind: 'lost', reason: 'its znode was deleted by somebody else' },
        now,
      );
    case 'stopping':
      return killAtOnce(state, { ...phase, znodeHeld: false }, now);
    case 'connecting':
    case 'joining':
    case 'resigning':
    case 'ended':
      return outcome(state);
  }
}

/** Every answer shows that its request touched the session at the server that gave it. */
function note(settings: Settings, state: State, sentAt: number, now: number): State {
  return withLink(state, (link) => ({
    ...link,
    evidence: addAnswer(link.evidence, sentAt, now, notesKeptMs(settings.timing)),
  }));
}
