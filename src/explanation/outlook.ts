// Owns what the timings come to: when a leader that is cut off does what, and how much trouble it outlasts.
// Must never compute what the election computes: every moment is made of the functions that it decides by.

import {
  deadlines,
  proofLagMs,
  reconnectPauseMs,
  sessionOutlivesMs,
  silenceLimitMs,
  type Timing,
} from '../election/timing.js';

/** Milliseconds from the sending of the last heartbeat that was answered, of a leader in steady state. */
export interface Moments {
  /** At the latest, where a server is silent; a connection that is closed is noticed at once. */
  readonly noticedMs: number;
  readonly terminateMs: number;
  readonly killMs: number;
  /** The last process is gone, if the kill budget holds. */
  readonly leaseEndsMs: number;
  /** The earliest that the session can end, and with it the latest that the command may live. */
  readonly sessionMayEndMs: number;
  /** The latest that it can end: a heartbeat may have arrived whose answer did not. */
  readonly sessionEndsMs: number;
}

/** The longest trouble that costs the leader nothing, whenever it begins; 0 where that depends on luck. */
export interface Endurance {
  /** Nothing comes through, in either direction. */
  readonly silenceMs: number;
  /** Connections are reset, and new ones refused. */
  readonly refusalMs: number;
  /** The supervisor stands still. */
  readonly standstillMs: number;
  /** Heartbeats from the last answered one to SIGTERM. */
  readonly heartbeats: number;
}

/** Computes the moments for the session timeout that is granted. */
export function momentsOf(timing: Timing, sessionTimeoutMs: number): Moments {
  const touchedMs = -proofLagMs(timing);
  const { terminateAt, killAt, leaseUntil } = deadlines(timing, sessionTimeoutMs, touchedMs);
  return {
    noticedMs: timing.heartbeatMs + silenceLimitMs(sessionTimeoutMs),
    terminateMs: terminateAt,
    killMs: killAt,
    leaseEndsMs: leaseUntil,
    sessionMayEndMs: leaseUntil + timing.marginMs,
    sessionEndsMs: timing.heartbeatMs + sessionOutlivesMs(timing, sessionTimeoutMs),
  };
}

/** The longest pause between attempts to connect, which is settled before any session is granted. */
export function attemptsPauseMs(timing: Timing): number {
  return reconnectPauseMs(silenceLimitMs(timing.sessionTimeoutMs));
}

/**
 * Computes what is outlasted for certain. The trouble may begin up to a heartbeat after the last one that is answered.
 * When it is over, an attempt under way may still be in vain, and a pause follows it; the next one is answered, and the
 * first heartbeat behind it renews the lease.
 */
export function enduranceOf(timing: Timing, sessionTimeoutMs: number): Endurance {
  const { terminateMs } = momentsOf(timing, sessionTimeoutMs);
  const standstillMs = terminateMs - timing.heartbeatMs;
  const refusalMs = standstillMs - attemptsPauseMs(timing);
  return {
    silenceMs: Math.max(0, refusalMs - silenceLimitMs(sessionTimeoutMs)),
    refusalMs: Math.max(0, refusalMs),
    standstillMs: Math.max(0, standstillMs),
    heartbeats: Math.floor(terminateMs / timing.heartbeatMs),
  };
}
