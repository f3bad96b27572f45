// Owns the only time this program decides by: milliseconds since some moment in the past, never the wall clock.

import { uptime } from 'node:os';
import { performance } from 'node:perf_hooks';

/** Returns milliseconds that never go back, and that count the time the machine was suspended. */
export type Clock = () => number;

/** `os.uptime()` moves in steps of 10 ms: less than two of them is no suspension. */
const UPTIME_RESOLUTION_MS = 20;

/**
 * Makes the clock: `performance.now()`, which stops while the machine sleeps, put forward by whatever the machine's
 * uptime, which does not, has gained on it. A laptop's lid or a host's suspension thus counts (leapmux#403).
 */
export function monotonicClock(
  monotonicMs: () => number = () => performance.now(),
  uptimeMs: () => number = () => uptime() * 1000,
): Clock {
  const monotonicStart = monotonicMs();
  const uptimeStart = uptimeMs();
  let suspendedMs = 0;
  return () => {
    const monotonic = monotonicMs() - monotonicStart;
    const gained = uptimeMs() - uptimeStart - monotonic;
    if (gained > suspendedMs + UPTIME_RESOLUTION_MS) suspendedMs = gained;
    return monotonic + suspendedMs;
  };
}
