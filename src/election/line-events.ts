// Owns what the ensemble's answers mean: the way into the line, the place in it, and the lease.

import type { Behind } from './contenders.js';
import { describePattern, standing, strangers } from './contenders.js';
import { announceStandby } from './hooks.js';
import { keepsLedger } from './job.js';
import { addAnswer, addHeartbeat } from './lease.js';
import { afterLoss } from './after-run.js';
import type { Event } from './messages.js';
import type { Outcome, PhaseOf, Settings, State } from './model.js';
import type { FoundLedger, Znode } from './term.js';
import { onWritten } from './records.js';
import { leaveIfSettled, takeOver } from './found-ledger.js';
import { startUnrecorded } from './runs.js';
import {
  andThen,
  end,
  goOn,
  heartbeat,
  join,
  killAtOnce,
  leaseOf,
  letGo,
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
    return enterLine(settings, noted, { name: found.name, epoch: found.epoch }, now);
  }
  return outcome({ ...noted, phase: { ...phase, step: 'discarding' } }, { type: 'remove', name: found.name });
}

export function onJoined(settings: Settings, state: State, event: Answer<'joined'>, now: number): Outcome {
  if (state.phase.name !== 'joining') return outcome(state);
  return enterLine(settings, note(settings, state, event.sentAt, now), event.znode, now);
}

/** The heartbeat goes out with the read: should we be first, its answer is the one that lets the command start. */
function enterLine(settings: Settings, state: State, znode: Znode, now: number): Outcome {
  const inLine: State = {
    ...state,
    phase: { name: 'standby', znode, standing: { kind: 'unknown' }, announced: false },
  };
  const placed = andThen(read(inLine, now), (next) => heartbeat(next, znode, now));
  return andThen(placed, (next) => listen(settings, next, znode));
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
  if (
    phase.name !== 'standby' &&
    phase.name !== 'elected' &&
    phase.name !== 'idle' &&
    phase.name !== 'leading'
  ) {
    return outcome(state);
  }
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
      link: {
        ...session.link,
        heartbeatInFlight: false,
        evidence: proof.evidence,
        pause: event.pause,
        ledger: event.ledger,
      },
    },
  };
  return lead(settings, renewed, now);
}

/**
 * Begins the term, once a heartbeat sent behind the read that has shown our turn is answered and has found no pause,
 * the lease has room, and there is a watchdog. Without a ledger that starts the command.
 */
export function lead(settings: Settings, state: State, now: number): Outcome {
  const { phase, session } = state;
  if (phase.name !== 'elected' || session.status !== 'live' || session.link.status !== 'connected') {
    return outcome(state);
  }
  // What one that was sent ahead of that read has found may be older than the last leader's end: send the one that counts.
  const { heartbeatInFlight, heartbeatBehind = -Infinity } = session.link;
  if (heartbeatInFlight || heartbeatBehind < phase.since) return heartbeat(state, phase.znode, now);
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
  const { znode } = phase;
  const led: State = { ...state, lastEpoch: znode.epoch };
  if (!keepsLedger(settings.job)) return startUnrecorded(settings, led, znode, now);
  const { ledger } = session.link;
  if (ledger === undefined || state.wallOffsetMs === undefined) return outcome(state);
  return andThen(leaveSettled(settings, state, ledger, now), (next) =>
    next.phase.name === 'elected' ? takeOver(settings, led, znode, ledger, now) : outcome(next),
  );
}

/** What a contender in line learns of the ledger: perhaps it is not needed any more. */
export function onLedgerSeen(
  settings: Settings,
  state: State,
  { ledger }: Answer<'ledger-seen'>,
  now: number,
): Outcome {
  return leaveSettled(settings, state, ledger, now);
}

function leaveSettled(settings: Settings, state: State, found: FoundLedger, now: number): Outcome {
  const { phase } = state;
  if (phase.name !== 'standby' && phase.name !== 'elected') return outcome(state);
  return leaveIfSettled(settings, state, found, (run) =>
    resign(settings, state, phase.znode, { kind: 'already-run', run }, now),
  );
}

/** A claim that a quorum has taken may start; one that found our znode gone may not. */
export function onLedgerWritten(
  settings: Settings,
  state: State,
  event: Answer<'ledger-written'>,
  now: number,
): Outcome {
  const noted = note(settings, state, event.sentAt, now);
  return event.outcome === 'znode-gone' ? znodeGone(settings, noted, now) : outcome(onWritten(noted, event));
}

export function onRemoved(settings: Settings, state: State, event: Answer<'removed'>, now: number): Outcome {
  const noted = note(settings, state, event.sentAt, now);
  const { phase } = noted;
  if (phase.name === 'joining')
    return outcome({ ...noted, phase: { ...phase, step: 'surveying' } }, { type: 'survey' });
  if (phase.name !== 'resigning' || event.name !== phase.znode.name) return outcome(noted);
  return goOn(settings, noted, phase.next, now);
}

/** Somebody else deleted our znode while the session lives: whoever is next may lead already. */
function znodeGone(settings: Settings, state: State, now: number): Outcome {
  const { phase } = state;
  switch (phase.name) {
    case 'standby':
    case 'elected':
      return join(settings, state, now);
    case 'idle':
      return letGo(settings, state, { znode: phase.znode, znodeHeld: false }, afterLoss(settings), now);
    case 'leading':
      return stop(
        settings,
        state,
        phase,
        { kind: 'lost', reason: 'its znode was deleted by somebody else' },
        now,
      );
    case 'stopping':
      return killAtOnce(state, { ...phase, znodeHeld: false, stays: false }, now);
    case 'connecting':
    case 'away':
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
