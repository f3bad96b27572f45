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
 * How far the proved touch lies behind the send of the last answered heartbeat, in steady state: one
 * heartbeat back to W1, half a tick before that, and up to the next earlier heartbeat's send.
 */
export function proofLagMs(timing: Timing): number {
  return timing.heartbeatMs + timing.tickTimeMs / 2 + Math.max(timing.heartbeatMs, timing.tickTimeMs / 2);
}

/** How long a follower may keep a note of a touch before it hands it over: half a tick, by a clock that may be slow. */
export function notesKeptMs(tickTimeMs: number): number {
  return (tickTimeMs / 2) * (1 + CLOCK_RATE);
}

/** No answer for this long means that the server, or the way to it, is gone: another one is tried. */
export function silenceLimitMs(sessionTimeoutMs: number): number {
  return Math.min(sessionTimeoutMs / 6, 2000);
}

/** How often a standby shows itself and looks around. */
export function standbyIntervalMs(sessionTimeoutMs: number): number {
  return sessionTimeoutMs / 6;
}

/** How long a resignation waits for the ensemble before it is left to the session's own end. */
export function resignLimitMs(sessionTimeoutMs: number): number {
  return sessionTimeoutMs / 3;
}

const HEARTBEATS_IN_HAND = 3;

/**
 * Says why these timings contradict each other, with the arithmetic, or returns undefined when they do not.
 * Three heartbeats must fit between the last good one and SIGTERM, or one slow answer would end a term.
 */
export function contradiction(timing: Timing, sessionTimeoutMs: number): string | undefined {
  if (sessionTimeoutMs < 2 * timing.tickTimeMs) {
    return (
      `a session timeout of ${ms(sessionTimeoutMs)} is below two ticks of ${ms(timing.tickTimeMs)}; ` +
      `no lease is sound there: lengthen --session-timeout, or correct --tick-time`
    );
  }
  const lag = proofLagMs(timing);
  const inHand = deadlines(timing, sessionTimeoutMs, -lag).terminateAt;
  const needed = HEARTBEATS_IN_HAND * timing.heartbeatMs;
  if (inHand >= needed) return undefined;
  const shortest = Math.ceil((sessionTimeoutMs * (1 - CLOCK_RATE) + needed - inHand) / (1 - CLOCK_RATE));
  return (
    `the timings leave ${ms(inHand)} between the last good heartbeat and SIGTERM, and three heartbeats need ` +
    `${ms(needed)}: session timeout ${ms(sessionTimeoutMs)} x ${1 - CLOCK_RATE} - proof lag ${ms(lag)} ` +
    `(--heartbeat ${ms(timing.heartbeatMs)}, --tick-time ${ms(timing.tickTimeMs)}) - --margin ${ms(timing.marginMs)} ` +
    `- --kill-budget ${ms(timing.killBudgetMs)} - --lease-grace ${ms(timing.leaseGraceMs)} = ${ms(inHand)}; ` +
    `a session timeout of at least ${ms(shortest)} is needed, or a shorter --lease-grace or --heartbeat`
  );
}

function ms(value: number): string {
  return `${Math.round(value)}ms`;
}
