// The timings that explanations are tried with: those of the README, and any that a run accepts.
import fc from 'fast-check';
import { contradiction, type Timing } from '../../../src/election/timing.js';

export const DEFAULTS: Timing = {
  sessionTimeoutMs: 15_000,
  tickTimeMs: 2000,
  heartbeatMs: 1000,
  leaseGraceMs: 3000,
  killBudgetMs: 1000,
  marginMs: 500,
  stopTimeoutMs: 30_000,
};

/** The README's, for an ensemble with a tick of 500 ms. */
export const SHORT: Timing = {
  sessionTimeoutMs: 2000,
  tickTimeMs: 500,
  heartbeatMs: 200,
  leaseGraceMs: 300,
  killBudgetMs: 200,
  marginMs: 100,
  stopTimeoutMs: 30_000,
};

/** Any timings, contradictory ones too, with parts of the session that may fit into it. */
export const anyTiming: fc.Arbitrary<Timing> = fc
  .record({
    sessionTimeoutMs: fc.integer({ min: 500, max: 60_000 }),
    tick: fc.integer({ min: 1, max: 50 }),
    heartbeat: fc.integer({ min: 2, max: 20 }),
    grace: fc.integer({ min: 0, max: 40 }),
    kill: fc.integer({ min: 1, max: 20 }),
    margin: fc.integer({ min: 0, max: 10 }),
    stopTimeoutMs: fc.integer({ min: 0, max: 120_000 }),
  })
  .map(({ sessionTimeoutMs, stopTimeoutMs, ...shares }) => {
    const percent = (share: number): number => Math.ceil((sessionTimeoutMs * share) / 100);
    return {
      sessionTimeoutMs,
      tickTimeMs: percent(shares.tick),
      heartbeatMs: percent(shares.heartbeat),
      leaseGraceMs: percent(shares.grace),
      killBudgetMs: percent(shares.kill),
      marginMs: percent(shares.margin),
      stopTimeoutMs,
    };
  });

/** Timings that a run accepts, and that the ensemble grants. */
export const validTiming: fc.Arbitrary<Timing> = anyTiming.filter(
  (timing) => contradiction(timing, timing.sessionTimeoutMs) === undefined,
);
