// Owns the proof that a touch of our session has reached the ZooKeeper leader.
// Must never take a ping's, a read's or a connect's answer alone for one: a follower cut off from the leader
// goes on giving those while the other side expires the session.
//
//   follower F                                  ZooKeeper leader L
//   notes y ─────────────┐
//   answers y            │                      ping P, every tick/2
//        <───────────────┼────────────────────  P, then the commit of W1: one ordered link
//   reply to P, with y's note ───────────────>  touches the session: it lives T from here on, never less
//   answers W1, forwards W2 ─────────────────>  W2 behind that reply: one ordered link
//        <────────────────────────────────────  commit of W2
//   answers W2: so the touch y has arrived, and a quorum still followed L when W2 was sent

/** A request of the present connection that was answered. Moments of our clock, in milliseconds. */
interface Answered {
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** A heartbeat that was answered, as W1 for the next. */
interface AnsweredHeartbeat extends Answered {
  /** `sent(y)`: the touch that the next heartbeat's answer will prove, if there is one. */
  readonly proves: number | undefined;
}

/** What one connection has shown so far. A new connection begins with nothing but itself. */
export interface Evidence {
  readonly connectSentAt: number;
  /** Requests of any kind, oldest first; only those that may still serve as `y`. */
  readonly answered: readonly Answered[];
  readonly heartbeat: AnsweredHeartbeat | undefined;
}

/** Begins the evidence of a connection whose connect request was sent at that moment. */
export function connectEvidence(connectSentAt: number): Evidence {
  return { connectSentAt, answered: [], heartbeat: undefined };
}

/** Longer than any request can be under way before its connection is dropped for silence. */
const LONGEST_IN_FLIGHT_MS = 2000;

/** Adds the answer to a request that is not a heartbeat: it proves nothing now, and may serve as `y` later. */
export function addAnswer(evidence: Evidence, sentAt: number, now: number, notesKeptMs: number): Evidence {
  // Leaving an answer out is always safe; leaving out all but one in half the time that notes are kept keeps the list short.
  const last = evidence.answered.at(-1);
  if (last !== undefined && sentAt - last.sentAt < notesKeptMs / 2) return evidence;
  const kept = withoutOutdated(evidence.answered, now - LONGEST_IN_FLIGHT_MS - notesKeptMs);
  return { ...evidence, answered: [...kept, { sentAt, answeredAt: now }] };
}

/**
 * Adds the answer to a heartbeat, and tells the latest touch that it proves: `sent(y)` with W2 = this heartbeat,
 * W1 = the heartbeat answered before this one was sent, and y = the latest request answered at least half a
 * tick before W1 was sent; or the connect itself, which the ZooKeeper leader has checked and touched before
 * it was answered. The connect alone would not do: a leader that is deposed and does not know it yet checks
 * sessions too. This heartbeat's commit shows that it still had its quorum.
 */
export function addHeartbeat(
  evidence: Evidence,
  sentAt: number,
  now: number,
  notesKeptMs: number,
): { readonly evidence: Evidence; readonly touchedAt: number } {
  const w1 = evidence.heartbeat;
  const y = w1 !== undefined && w1.answeredAt <= sentAt ? w1.proves : undefined;
  const handedOver = sentAt - notesKeptMs;
  const own = { sentAt, answeredAt: now, proves: latestBefore(evidence.answered, handedOver)?.sentAt };
  const kept = withoutOutdated(evidence.answered, handedOver);
  return {
    evidence: { ...evidence, answered: [...kept, { sentAt, answeredAt: now }], heartbeat: own },
    touchedAt: Math.max(evidence.connectSentAt, y ?? -Infinity),
  };
}

/** Drops what can never be chosen again: for every later W1 there is a later `y`. */
function withoutOutdated(answered: readonly Answered[], moment: number): readonly Answered[] {
  const oldestNeeded = latestBefore(answered, moment)?.sentAt ?? -Infinity;
  return answered.filter((request) => request.sentAt >= oldestNeeded);
}

function latestBefore(answered: readonly Answered[], moment: number): Answered | undefined {
  let latest: Answered | undefined;
  for (const request of answered) {
    if (request.answeredAt > moment) continue;
    if (latest === undefined || request.sentAt > latest.sentAt) latest = request;
  }
  return latest;
}
