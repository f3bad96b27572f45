// Owns the only time this program decides by: milliseconds since the machine started, never the wall clock.

import { uptime } from 'node:os';

/** Returns milliseconds that never go back, and that count the time the machine was suspended. */
export type Clock = () => number;

/** A moment in terms of the machine's own two clocks, which all its processes read alike. */
export interface Moment {
  /** By CLOCK_MONOTONIC, which stands still while the machine is suspended. */
  readonly monotonicMs: number;
  /** By CLOCK_BOOTTIME, which does not, as `os.uptime()` tells it. */
  readonly uptimeMs: number;
}

/** The clock of one process, and its translation for another process of the same machine. */
export interface MachineClock extends Clock {
  toMoment(time: number): Moment;
  /**
   * The time at which either clock of the machine reaches its part of the moment: exactly that moment, but behind a
   * suspension up to 30 ms earlier or 50 ms later, since uptime is coarse.
   */
  fromMoment(moment: Moment): number;
}

/** `os.uptime()` moves in steps of 10 ms: less than two of them is no suspension. */
const UPTIME_RESOLUTION_MS = 20;

/**
 * Makes the clock: the monotonic one, which stops while the machine sleeps, put forward by whatever the machine's
 * uptime, which does not, has gained on it. A laptop's lid or a host's suspension thus counts (leapmux#403).
 */
export function monotonicClock(
  monotonicMs: () => number = () => Number(process.hrtime.bigint()) / 1e6,
  uptimeMs: () => number = () => uptime() * 1000,
): MachineClock {
  const headStartMs = uptimeMs() - monotonicMs();
  let suspendedMs = 0;
  const clock = (): number => {
    const monotonic = monotonicMs();
    const gained = uptimeMs() - monotonic - headStartMs;
    if (gained > suspendedMs + UPTIME_RESOLUTION_MS) suspendedMs = gained;
    return monotonic + suspendedMs;
  };
  return Object.assign(clock, {
    toMoment: (time: number) => ({
      monotonicMs: time - suspendedMs,
      uptimeMs: time + headStartMs,
    }),
    fromMoment: (moment: Moment) => {
      // A suspension that nobody has noticed yet would count twice.
      clock();
      return Math.min(moment.monotonicMs + suspendedMs, moment.uptimeMs + UPTIME_RESOLUTION_MS - headStartMs);
    },
  });
}
