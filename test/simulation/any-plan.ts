// Owns the plans of every kind: whatever may happen within the premises of the guarantee.

import fc from 'fast-check';
import { shortestSessionTimeoutMs } from '../../src/election/timing.js';
import type { Timing } from '../../src/election/timing.js';
import { contradiction } from '../../src/election/timing.js';
import { anyWork, wallsFastMs } from './any-work.js';
import type { Deed, Direction, Fault, Part, Place, Plan, Work } from './plan.js';
import { defaults, MACHINES, MOST_CONTENDERS, short, withinHeartbeat } from './plan.js';
import type { Cue } from './stage.js';

/** Timings that do not contradict each other; mostly with a session timeout that is as short as they allow. */
const anyTiming: fc.Arbitrary<Timing> = fc
  .record({
    heartbeatMs: fc.integer({ min: 50, max: 1500 }),
    tickTimeMs: fc.constantFrom(200, 500, 1000, 2000),
    leaseGraceMs: fc.integer({ min: 0, max: 1000 }),
    killBudgetMs: fc.integer({ min: 50, max: 1000 }),
    marginMs: fc.integer({ min: 100, max: 500 }),
    stopTimeoutMs: fc.integer({ min: 0, max: 3000 }),
    extraMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 5000 })),
  })
  .map(({ extraMs, ...rest }) => {
    const least = shortestSessionTimeoutMs({ ...rest, sessionTimeoutMs: 0 });
    return { ...rest, sessionTimeoutMs: least + extraMs };
  });

function timing(): fc.Arbitrary<Timing> {
  return fc
    .oneof(
      { weight: 4, arbitrary: fc.constant(short) },
      { weight: 5, arbitrary: anyTiming },
      { weight: 1, arbitrary: fc.constant(defaults) },
    )
    .filter((each) => contradiction(each, each.sessionTimeoutMs) === undefined);
}

const place = fc.constantFrom<Place>(
  ...([
    's0',
    's1',
    's2',
    'servers',
    'leader',
    'leader',
    'serving',
    'serving',
    'not-serving',
    'not-serving',
  ] as const),
  ...(['c0', 'c1', 'c2', 'c3', 'first', 'first', 'first', 'contenders'] as const),
);
const server = fc.constantFrom<Place>('s0', 's1', 's2', 'leader', 'serving');
const contender = fc.constantFrom<Place>('c0', 'c1', 'c2', 'c3', 'first', 'first');
const direction = fc.constantFrom<Direction>('both', 'there', 'back');

/** As long as a quarter, or many times, the session timeout: a short one only holds answers back. */
function lasting(sessionTimeoutMs: number): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: 1, max: Math.ceil(sessionTimeoutMs / 4) }),
    fc.integer({ min: 1, max: 2 * sessionTimeoutMs }),
    fc.constant(3 * sessionTimeoutMs),
  );
}

function deed(sessionTimeoutMs: number): fc.Arbitrary<Deed> {
  const forMs = lasting(sessionTimeoutMs);
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ kind: fc.constant('cut'), from: place, to: place, direction, forMs }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset'), who: contender }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('crash-server'), who: server, power: fc.boolean(), forMs }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash-contender'), who: contender, forMs }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('signal'), who: contender, twice: fc.boolean(), forMs }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('ask-to-resign'), who: contender }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('stall'),
        who: contender,
        process: fc.constantFrom<Part>('supervisor', 'supervisor', 'watchdog'),
        forMs: fc.oneof(fc.integer({ min: 1, max: 100 }), forMs),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('kill-supervisor'), who: contender, forMs }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill-watchdog'), who: contender }) },
  );
}

/** What may come besides where there is a job. */
function jobDeed(sessionTimeoutMs: number): fc.Arbitrary<Deed> {
  const byMs = fc.oneof(
    fc.integer({ min: -10, max: 10 }),
    fc.integer({ min: -2 * sessionTimeoutMs, max: 2 * sessionTimeoutMs }),
    fc.integer({ min: -20 * sessionTimeoutMs, max: 10 * sessionTimeoutMs }),
  );
  return fc.oneof(
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('set-clock'), who: contender, byMs }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('ask-to-run'), forMs: lasting(sessionTimeoutMs) }),
    },
  );
}

const anyCue = ['create', 'heartbeat', 'ping', 'leader', 'expiry', 'start', 'connect'] as const;
export const runCues = ['claim', 'claimed', 'granted', 'end', 'concluded'] as const;

function faults(
  sessionTimeoutMs: number,
  cues: readonly Cue[],
  deeds: fc.Arbitrary<Deed>,
): fc.Arbitrary<readonly Fault[]> {
  const gapMs = fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: Math.ceil(sessionTimeoutMs / 4) }),
    fc.integer({ min: 0, max: sessionTimeoutMs }),
  );
  const upon = fc.constantFrom<Cue | undefined>(...([undefined, undefined, undefined] as const), ...cues);
  return fc.array(fc.record({ gapMs, upon, deed: deeds }), { maxLength: 12 });
}

const waitMs = fc.constantFrom(Infinity, Infinity, Infinity, 0, 1000, 20_000);

function planOf(
  chosen: Timing,
  work: Work | undefined,
  drawn: Pick<{ [Field in keyof Plan]: fc.Arbitrary<Plan[Field]> }, 'faults' | 'wallsFastMs' | 'waitMs'>,
): fc.Arbitrary<Plan> {
  return fc.record({
    seed: fc.integer(),
    timing: fc.constant(chosen),
    onLost: fc.constantFrom('rejoin', 'rejoin', 'exit'),
    syncLimit: fc.integer({ min: 2, max: 5 }),
    contenders: fc.integer({ min: 2, max: MOST_CONTENDERS }),
    drifts: fc.array(fc.constantFrom(-1, 0, 1, 0.5), { minLength: MACHINES, maxLength: MACHINES }),
    delayMs: fc
      .constantFrom({ least: 0.1, most: 1 }, { least: 0.1, most: 8 }, { least: 5, most: 20 })
      .map((delay) => withinHeartbeat(delay, chosen.heartbeatMs)),
    pingJitterMs: fc.constantFrom(0, 5, 20).map((ms) => Math.min(ms, chosen.marginMs / 5)),
    stubborn: fc.constantFrom(0, 0.5, 1),
    mortal: fc.constantFrom(0, 0, 0.3),
    // Counted in the wait; and a contender sends its first request no later than a standby would its next.
    watchdogStartMs: fc.constantFrom(50, 300).map((ms) => Math.min(ms, chosen.sessionTimeoutMs / 8)),
    calmMs: fc.constantFrom(0, chosen.sessionTimeoutMs / 2),
    hooks: fc.boolean(),
    work: fc.constant(work),
    ...drawn,
  });
}

/** Everything that may happen to a command that is run once a term. */
export const anyPlanWithoutJob: fc.Arbitrary<Plan> = timing().chain((chosen) =>
  planOf(chosen, undefined, {
    faults: faults(chosen.sessionTimeoutMs, anyCue, deed(chosen.sessionTimeoutMs)),
    wallsFastMs: fc.constant([]),
    waitMs,
  }),
);

/** Everything that may happen to a job of which a ledger is kept. */
export const anyPlanWithJob: fc.Arbitrary<Plan> = timing().chain((chosen) =>
  anyWork(chosen).chain((work) => {
    const { sessionTimeoutMs } = chosen;
    const deeds = fc.oneof(
      { weight: 3, arbitrary: deed(sessionTimeoutMs) },
      { weight: 1, arbitrary: jobDeed(sessionTimeoutMs) },
    );
    return planOf(chosen, work, {
      faults: faults(sessionTimeoutMs, [...anyCue, ...runCues], deeds),
      wallsFastMs: wallsFastMs(work.job.schedule?.next(0) ?? sessionTimeoutMs),
      // Whoever waits for less than its check needs to pass never stands in line.
      waitMs: work.job.check === undefined ? waitMs : fc.constant(Infinity),
    });
  }),
);

/** Everything that may happen within the premises of the guarantee. */
export const anyPlan: fc.Arbitrary<Plan> = fc.oneof(
  { weight: 4, arbitrary: anyPlanWithoutJob },
  { weight: 1, arbitrary: anyPlanWithJob },
);
