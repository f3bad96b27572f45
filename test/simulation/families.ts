// Owns families of plans that lead straight to one kind of trouble: chance alone would take long to find it.

import fc from 'fast-check';
import type { Timing } from '../../src/election/timing.js';
import { shortestSessionTimeoutMs } from '../../src/election/timing.js';
export { anyPlan, anyPlanWithJob, anyPlanWithoutJob } from './any-plan.js';
export * from './job-families.js';
import { MACHINES, short } from './plan.js';
import { at, cut, FOR_EVER_MS, planned, stall } from './planned.js';

const seed = fc.integer();
const phase = fc.integer({ min: 0, max: 1000 });

/** Nothing reaches the contender any more, and nothing comes from it. */
export const contenderCutOff = fc
  .record({ seed, phase })
  .map((drawn) => planned({ seed: drawn.seed, faults: [at(drawn.phase, cut('first', 'servers'))] }));

/** Its follower goes on answering reads, and is alone; the contender cannot get away from it. */
export const followerCutOff = fc.record({ seed, phase }).map((drawn) =>
  planned({
    seed: drawn.seed,
    faults: [at(drawn.phase, cut('serving', 'not-serving')), at(0, cut('first', 'not-serving'))],
  }),
);

/** The contender is moved to the ZooKeeper leader; there an answer is held back for long, and is the last. */
export const answersHeldByLeader = fc
  .record({ seed, phase, heldMs: fc.integer({ min: 200, max: 320 }) })
  .map((drawn) =>
    planned({
      seed: drawn.seed,
      faults: [
        at(0, cut('first', 'not-leader')),
        at(1500 + drawn.phase, cut('servers', 'first', 'there', drawn.heldMs), 'heartbeat'),
        // Requests are lost once the one whose answer is held has got through.
        at(210, cut('first', 'servers', 'there')),
      ],
    }),
  );

/** Timings under which half a tick is long beside the margin, and a heartbeat about as long as that. */
function longTick(heartbeatMs: number): Timing {
  const timing = { ...short, tickTimeMs: 2000, heartbeatMs, leaseGraceMs: 0, sessionTimeoutMs: 0 };
  return { ...timing, sessionTimeoutMs: shortestSessionTimeoutMs(timing) };
}

/** The leader's pings come late, together with an answer; what the follower replies to them is lost. */
export const pingsHeldThenRepliesLost = fc
  .record({
    seed,
    phase,
    heartbeatMs: fc.integer({ min: 900, max: 1300 }),
    heldMs: fc.integer({ min: 100, max: 1100 }),
    lostAfterMs: fc.integer({ min: 0, max: 1100 }),
  })
  .map((drawn) =>
    planned({
      seed: drawn.seed,
      timing: longTick(drawn.heartbeatMs),
      delayMs: { least: 0.1, most: 0.5 },
      faults: [
        at(drawn.phase, cut('leader', 'serving', 'there', drawn.heldMs)),
        at(Math.min(drawn.lostAfterMs, drawn.heldMs), cut('serving', 'leader', 'there')),
        at(drawn.heldMs, cut('first', 'not-serving')),
      ],
    }),
  );

/**
 * A ping that comes later than half a tick after the one before: the first just misses a touch, the next comes behind
 * the commit of a heartbeat sent half a tick after that touch; then the way is as in the family above.
 */
export const pingsLateAndHeld = fc
  .record({
    seed,
    phase,
    heldMs: fc.integer({ min: 600, max: 1000 }),
    lostAfterMs: fc.integer({ min: 525, max: 580 }),
  })
  .map((drawn) => {
    const timing = { ...short, tickTimeMs: 1000, heartbeatMs: 518, leaseGraceMs: 0, sessionTimeoutMs: 6500 };
    return planned({
      seed: drawn.seed,
      timing,
      delayMs: { least: 0.05, most: 0.3 },
      pingJitterMs: 0.6 * timing.marginMs,
      faults: [
        at(drawn.phase, cut('leader', 'serving', 'there', drawn.heldMs), 'heartbeat'),
        at(drawn.lostAfterMs, cut('serving', 'leader', 'there')),
        at(drawn.heldMs - drawn.lostAfterMs + 80, cut('first', 'servers')),
      ],
    });
  });

/**
 * A leader that its followers no longer hear, and that goes on hearing them until they leave it, takes itself for
 * one for nearly twice as long as they wait; the contender reaches nobody else.
 */
export const leaderDeposed = fc
  .record({ seed, phase, lastHeardMs: fc.integer({ min: 1500, max: 2400 }) })
  .map((drawn) =>
    planned({
      seed: drawn.seed,
      timing: { ...short, sessionTimeoutMs: 3000 },
      contenders: 3,
      faults: [
        at(0, cut('first', 'not-leader')),
        at(1000 + drawn.phase, cut('leader', 'not-leader', 'there')),
        at(drawn.lastHeardMs, cut('not-leader', 'leader', 'there')),
      ],
    }),
  );

/** Commands that exit by themselves, and leave something behind. */
export const mortalCommands = seed.map((drawn) => planned({ seed: drawn, mortal: 1, calmMs: 0, faults: [] }));

/** And each has hooks: the lost one comes when there is nobody left in the tree. */
export const mortalCommandsWithHooks = mortalCommands.map((plan) => ({
  ...plan,
  hooks: true,
  stubborn: 0.5,
}));

/** A kill takes long, and there is little else in hand. */
export const longKill = fc.record({ seed, phase }).map((drawn) => {
  const timing = { ...short, killBudgetMs: 1000, leaseGraceMs: 0, sessionTimeoutMs: 0 };
  return planned({
    seed: drawn.seed,
    timing: { ...timing, sessionTimeoutMs: shortestSessionTimeoutMs(timing) },
    faults: [at(drawn.phase, cut('first', 'servers'))],
  });
});

/** Away long enough for the command to be killed, and back before the session expires. */
export const leaseRunsOutSessionLives = fc
  .record({ seed, phase, forMs: fc.integer({ min: 600, max: 1500 }) })
  .map((drawn) =>
    planned({ seed: drawn.seed, faults: [at(drawn.phase, cut('first', 'servers', 'both', drawn.forMs))] }),
  );

/** The servers' clocks run fast, the contenders' slow, and the session is long. */
export const clocksApart = fc.record({ seed, phase }).map((drawn) =>
  planned({
    seed: drawn.seed,
    timing: { ...short, sessionTimeoutMs: 50_000 },
    calmMs: 3000,
    drifts: Array.from({ length: MACHINES }, (_, machine) => (machine < 3 ? 1 : -1)),
    faults: [at(drawn.phase, cut('first', 'servers'))],
  }),
);

/** A standby has its connection reset, then its predecessor goes. */
export const standbyReconnects = fc.record({ seed, phase }).map((drawn) =>
  planned({
    seed: drawn.seed,
    faults: [
      at(drawn.phase, { kind: 'reset', who: 'contenders' }),
      at(1000, { kind: 'signal', who: 'first', twice: true, forMs: FOR_EVER_MS }),
    ],
  }),
);

/** The quorum is away while a contender joins: the answer to its create is lost, and the create is not. */
export const createsHeld = fc
  .record({ seed, calmMs: fc.integer({ min: 0, max: 500 }), forMs: fc.integer({ min: 200, max: 1500 }) })
  .map(({ forMs, ...drawn }) =>
    planned({ ...drawn, faults: [at(0, cut('servers', 'servers', 'both', forMs), 'create')] }),
  );

/**
 * The lease runs out while the watchdog, whose job the killing is, stands still: one that rests on a connect alone,
 * which leaves no more time than it promises.
 */
export const watchdogStalledWhenLeaseRunsOut = fc
  .record({
    seed,
    phase,
    gapMs: fc.integer({ min: 1000, max: 1700 }),
    forMs: fc.integer({ min: 100, max: 2000 }),
  })
  .map((drawn) =>
    planned({
      seed: drawn.seed,
      faults: [
        at(drawn.phase, { kind: 'reset', who: 'first' }),
        at(0, cut('first', 'servers'), 'heartbeat'),
        at(drawn.gapMs, stall('first', 'watchdog', drawn.forMs)),
      ],
    }),
  );

/** The leader's supervisor stands still, for longer than its session lives. */
export const supervisorStalled = fc
  .record({ seed, phase, forMs: fc.integer({ min: 2000, max: 8000 }) })
  .map((drawn) =>
    planned({ seed: drawn.seed, faults: [at(drawn.phase, stall('first', 'supervisor', drawn.forMs))] }),
  );

export const supervisorStalledWithHooks = supervisorStalled.map((plan) => ({ ...plan, hooks: true }));

/** The supervisor hears nothing for a while, then stands still before it has ended its command. */
export const cutOffThenStalled = fc
  .record({ seed, phase, gapMs: fc.integer({ min: 100, max: 700 }) })
  .map((drawn) =>
    planned({
      seed: drawn.seed,
      faults: [
        at(drawn.phase, cut('first', 'servers')),
        at(drawn.gapMs, stall('first', 'supervisor', FOR_EVER_MS)),
      ],
    }),
  );

/** The lease is renewed just before the command would have to end; the watchdog reads of it when the time has passed. */
export const renewalReadTooLate = fc
  .record({
    seed,
    phase,
    cutMs: fc.integer({ min: 600, max: 1000 }),
    forMs: fc.integer({ min: 100, max: 330 }),
  })
  .map((drawn) =>
    planned({
      seed: drawn.seed,
      timing: { ...short, leaseGraceMs: 0 },
      faults: [
        at(drawn.phase, cut('first', 'servers', 'both', drawn.cutMs)),
        at(drawn.cutMs, stall('first', 'watchdog', drawn.forMs), 'heartbeat'),
      ],
    }),
  );

/** Nobody but the watchdog is left to end the command, and the session. */
export const supervisorKilled = fc
  .record({ seed, phase, forMs: fc.integer({ min: 0, max: 3000 }) })
  .map((drawn) =>
    planned({
      seed: drawn.seed,
      timing: { ...short, killBudgetMs: 600, sessionTimeoutMs: 3000 },
      faults: [at(drawn.phase, { kind: 'kill-supervisor', who: 'first', forMs: drawn.forMs })],
    }),
  );

/** First the watchdog, and a while later the supervisor: who ends the command? */
export const watchdogThenSupervisorKilled = fc
  .record({ seed, phase, gapMs: fc.integer({ min: 260, max: 2000 }) })
  .map((drawn) =>
    planned({
      seed: drawn.seed,
      watchdogStartMs: 5000,
      calmMs: 7000,
      faults: [
        at(drawn.phase, { kind: 'kill-watchdog', who: 'first' }),
        at(drawn.gapMs, { kind: 'kill-supervisor', who: 'c0', forMs: 5000 }),
        at(0, { kind: 'kill-supervisor', who: 'c1', forMs: 5000 }),
      ],
    }),
  );

/** The turn of a standby comes while its watchdog is being replaced. */
export const watchdogsReplaced = fc.record({ seed, phase }).map((drawn) =>
  planned({
    seed: drawn.seed,
    watchdogStartMs: 3000,
    calmMs: 4000,
    faults: [at(drawn.phase, { kind: 'kill-watchdog', who: 'contenders' })],
  }),
);

/** A watchdog that is younger than its supervisor has to end the command at the moment that it was told. */
export const watchdogReplacedThenSupervisorStalled = fc.record({ seed, phase }).map((drawn) =>
  planned({
    seed: drawn.seed,
    faults: [
      at(drawn.phase, { kind: 'kill-watchdog', who: 'contenders' }),
      at(2500, stall('first', 'supervisor', FOR_EVER_MS)),
    ],
  }),
);

/** Nothing reaches the contender, and its machine is suspended for most of what is left of its lease. */
export const machineSuspended = fc
  .record({
    seed,
    phase,
    gapMs: fc.integer({ min: 0, max: 50 }),
    forMs: fc.integer({ min: 1900, max: 2000 }),
  })
  .map((drawn) =>
    planned({
      seed: drawn.seed,
      timing: { ...short, marginMs: 500, sessionTimeoutMs: 4000 },
      faults: [
        at(drawn.phase, cut('first', 'servers')),
        at(drawn.gapMs, { kind: 'suspend', who: 'first', forMs: drawn.forMs }),
      ],
    }),
  );
