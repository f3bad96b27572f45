// Owns the lease arithmetic: from a proved touch of the session to the moments of SIGTERM and SIGKILL.
// Must never read a clock: every moment here comes in as an argument.

/** How much faster or slower one machine's clock may run than another's: part of the guarantee's premises. */
export const CLOCK_RATE = 0.02;

/** The operator's timings, in milliseconds of this machine's monotonic clock. */
export interface Timing {
  /** The session timeout asked of the ensemble; the smallest one granted counts. */
  readonly sessionTimeoutMs: number;
  /** From one heartbeat's send to the next one's, while leading. */
  readonly heartbeatMs: number;
  /** The ensemble's `tickTime`: a follower hands its notes of touches to the leader every half of it. */
  readonly tickTimeMs: number;
  /** SIGTERM to SIGKILL when the lease runs out. */
  readonly leaseGraceMs: number;
  /** SIGKILL to the last process gone. */
  readonly killBudgetMs: number;
  /** What is kept in hand for stalls of the servers and for rounding. */
  readonly marginMs: number;
  /** SIGTERM to SIGKILL when asked to stop: the session is alive, so the command may take its time. */
  readonly stopTimeoutMs: number;
}

/** The moments that follow from one proved touch. */
export interface Deadlines {
  readonly terminateAt: number;
  readonly killAt: number;
  readonly leaseUntil: number;
}

/** Computes until when no other contender can have been elected, given a touch that reached the ZooKeeper leader. */
export function deadlines(timing: Timing, sessionTimeoutMs: number, touchedAt: number): Deadlines {
  const leaseUntil = touchedAt + sessionTimeoutMs * (1 - CLOCK_RATE) - timing.marginMs;
  const killAt = leaseUntil - timing.killBudgetMs;
  return { leaseUntil, killAt, terminateAt: killAt - timing.leaseGraceMs };
}

/**
 * How long a follower may keep a note of a touch before it has handed it over: half a tick, by a clock that may be slow.
 * The ZooKeeper leader pings never earlier than that and always somewhat later; the margin is what it may be late by.
 */
export function notesKeptMs(timing: Timing): number {
  return (timing.tickTimeMs / 2) * (1 + CLOCK_RATE) + timing.marginMs;
}

/**
 * How far the proved touch lies behind the send of the last answered heartbeat, in steady state: one heartbeat back
 * to W1, and from there to the first of the earlier ones whose note had been handed over by then.
 */
export function proofLagMs(timing: Timing): number {
  return timing.heartbeatMs * (Math.floor(notesKeptMs(timing) / timing.heartbeatMs) + 2);
}

/** No answer for this long means that the server, or the way to it, is gone: another one is tried. */
export function silenceLimitMs(sessionTimeoutMs: number): number {
  return Math.min(sessionTimeoutMs / 6, 2000);
}

/** The longest pause between two rounds of attempts to connect to every server, given the limit of silence. */
export function reconnectPauseMs(silenceLimitMs: number): number {
  return Math.min(silenceLimitMs, 1000);
}

/**
 * How long a session may live on behind the last word of ours that a server has heard: its note may be kept for a
 * while, the ZooKeeper leader rounds the timeout up to its next tick (ExpiryQueue), and its clock may be slow.
 */
export function sessionOutlivesMs(timing: Timing, sessionTimeoutMs: number): number {
  return notesKeptMs(timing) + (sessionTimeoutMs + timing.tickTimeMs) * (1 + CLOCK_RATE);
}

/** How often a standby shows itself and looks around. */
export function standbyIntervalMs(sessionTimeoutMs: number): number {
  return sessionTimeoutMs / 6;
}

/** How long a resignation waits for the ensemble before it is left to the session's own end. */
export function resignLimitMs(sessionTimeoutMs: number): number {
  return sessionTimeoutMs / 3;
}

/** Between the last good heartbeat and SIGTERM, in steady state: or one slow answer would end a term. */
const HEARTBEATS_IN_HAND = 3;

/** A term that could not take this many heartbeats before its SIGTERM is not worth starting. */
const HEARTBEATS_TO_START = 2;

/** How much of a lease must be left before its SIGTERM for a command to be started on it. */
export function roomToStartMs(timing: Timing): number {
  return HEARTBEATS_TO_START * timing.heartbeatMs;
}

/**
 * How much must be left where the lease rests on the connect alone: until its first proof by heartbeats, a request
 * whose note has been handed over, then W1, then W2, each up to one heartbeat late.
 */
export function roomToFirstProofMs(timing: Timing): number {
  return notesKeptMs(timing) + 3 * timing.heartbeatMs;
}

/** Says why these timings contradict each other, with the arithmetic, or returns undefined when they do not. */
export function contradiction(timing: Timing, sessionTimeoutMs: number): string | undefined {
  if (sessionTimeoutMs < 2 * timing.tickTimeMs) {
    return (
      `a session timeout of ${ms(sessionTimeoutMs)} is below two ticks of ${ms(timing.tickTimeMs)}; ` +
      `no lease is sound there: lengthen --session-timeout, or correct --tick-time`
    );
  }
  const short = demands(timing, sessionTimeoutMs).find(({ leftMs, neededMs }) => leftMs < neededMs);
  if (short === undefined) return undefined;
  const { lagMs, leftMs, neededMs, between } = short;
  return (
    `the timings leave ${ms(leftMs)} ${between} ${ms(neededMs)}: ` +
    `session timeout ${ms(sessionTimeoutMs)} x ${1 - CLOCK_RATE} - proof lag ${ms(lagMs)} ` +
    `(--heartbeat ${ms(timing.heartbeatMs)}, --tick-time ${ms(timing.tickTimeMs)}) - --margin ${ms(timing.marginMs)} ` +
    `- --kill-budget ${ms(timing.killBudgetMs)} - --lease-grace ${ms(timing.leaseGraceMs)} = ${ms(leftMs)}; ` +
    `a session timeout of at least ${ms(shortestSessionTimeoutMs(timing))} is needed, or a shorter --lease-grace or --heartbeat`
  );
}

/** What must be left before SIGTERM, and what is: in steady state, and for a new leader. */
function demands(timing: Timing, sessionTimeoutMs: number) {
  // Just elected, the proof rests on what it sent as a standby, once in an interval.
  const lagAtFirstMs = timing.heartbeatMs + notesKeptMs(timing) + standbyIntervalMs(sessionTimeoutMs);
  return [
    {
      lagMs: proofLagMs(timing),
      neededMs: HEARTBEATS_IN_HAND * timing.heartbeatMs,
      between: 'between the last good heartbeat and SIGTERM, and three heartbeats need',
    },
    {
      lagMs: lagAtFirstMs,
      neededMs: roomToStartMs(timing),
      between: "between a new leader's first heartbeat and SIGTERM, and two heartbeats need",
    },
  ].map((demand) => ({
    ...demand,
    leftMs: deadlines(timing, sessionTimeoutMs, -demand.lagMs).terminateAt,
  }));
}

/** The shortest session timeout, in whole milliseconds, that these timings do not contradict. */
export function shortestSessionTimeoutMs(timing: Timing): number {
  const suffices = (sessionTimeoutMs: number): boolean =>
    demands(timing, sessionTimeoutMs).every(({ leftMs, neededMs }) => leftMs >= neededMs);
  // Searched for rather than divided for: the division would round otherwise than the sums above do.
  let tooShort = Math.ceil(2 * timing.tickTimeMs) - 1;
  let enough = tooShort + 1;
  while (!suffices(enough)) {
    tooShort = enough;
    enough *= 2;
  }
  while (enough - tooShort > 1) {
    const middle = Math.floor((tooShort + enough) / 2);
    if (suffices(middle)) enough = middle;
    else tooShort = middle;
  }
  return enough;
}

function ms(value: number): string {
  return `${Math.round(value)}ms`;
}
