// Owns families of plans that lead straight to trouble with a job: at a point of a run, or with the wall clocks.

import fc from 'fast-check';
import { RUN_ONCE } from '../../src/election/job.js';
import { runCues } from './any-plan.js';
import { restartedWork, scheduledWork, wallsFastMs } from './any-work.js';
import type { Deed, Fault, Work } from './plan.js';
import { short, withinHeartbeat } from './plan.js';
import { at, cut, planned } from './planned.js';
import { everyMs } from './ticks.js';

const seed = fc.integer();
const forMs = fc.integer({ min: 1, max: 5000 });

/** What may become of a leader, and what may not be what it seems. */
const anyBlow: fc.Arbitrary<Deed> = fc.oneof(
  forMs.map((ms): Deed => ({ kind: 'crash-contender', who: 'first', forMs: ms })),
  forMs.map((ms): Deed => ({ kind: 'kill-supervisor', who: 'first', forMs: ms })),
  forMs.map((ms): Deed => ({ kind: 'signal', who: 'first', twice: false, forMs: ms })),
  forMs.map((ms): Deed => cut('first', 'servers', 'both', ms)),
  forMs.map((ms): Deed => cut('first', 'servers', 'there', ms)),
  forMs.map((ms): Deed => cut('servers', 'first', 'there', ms)),
  forMs.map((ms): Deed => cut('serving', 'not-serving', 'both', ms)),
  fc.constant<Deed>({ kind: 'reset', who: 'first' }),
  fc.constant<Deed>({ kind: 'ask-to-resign', who: 'first' }),
);

const setClock: fc.Arbitrary<Deed> = fc
  .record({ byMs: fc.integer({ min: -6000, max: 6000 }), who: fc.constantFrom('first', 'contenders') })
  .map((drawn) => ({ kind: 'set-clock', ...drawn }));

/** At a point of a run, or a little later. */
function atPoints(deed: fc.Arbitrary<Deed>): fc.Arbitrary<readonly Fault[]> {
  const blow = fc
    .record({
      beforeMs: fc.integer({ min: 0, max: 3000 }),
      upon: fc.constantFrom(...runCues, 'start' as const),
      behindMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 1000 })),
      deed,
    })
    .map((drawn) => [at(drawn.beforeMs, { kind: 'none' }, drawn.upon), at(drawn.behindMs, drawn.deed)]);
  return fc.array(blow, { minLength: 1, maxLength: 5 }).map((blows) => blows.flat());
}

/** Short runs that succeed. */
const calmWork: Work = {
  job: {
    ...RUN_ONCE,
    onExit: 'stay',
    onFailure: 'stay',
    restartDelayMaxMs: 1000,
    history: 1000,
    schedule: everyMs(2000, 0),
  },
  livesMs: { least: 1, most: 100 },
  failing: 0,
  unfit: 0,
};

/** A leader is lost at each point of a run by a schedule. */
export const leaderLostInRun = fc
  .record({ seed, work: scheduledWork(short), faults: atPoints(anyBlow) })
  .map(planned);

/** And the next one's wall clock tells another time, or is set meanwhile. */
export const wallClocksWrong = fc
  .record({
    seed,
    work: scheduledWork(short),
    faults: atPoints(fc.oneof(anyBlow, setClock)),
    wallsFastMs: wallsFastMs(2000),
  })
  .map(planned);

/** A leader is lost at each point of a run of a command that is kept running. */
export const leaderLostBetweenRestarts = fc
  .record({ seed, work: restartedWork(short), faults: atPoints(anyBlow) })
  .map(planned);

/**
 * Each run is another leader's; and what a standby has sent at once is held between its read of the ledger and its
 * read of the line, now and then until the leader has claimed its run, and gone.
 */
export const readsHeldOverHandOver = fc
  .record({
    seed,
    holds: fc.array(
      fc.record({
        gapMs: fc.integer({ min: 0, max: 500 }),
        who: fc.constantFrom('c0', 'c1'),
        forMs: fc.integer({ min: 120, max: 260 }),
      }),
      { minLength: 40, maxLength: 40 },
    ),
  })
  .map(({ holds, ...drawn }) =>
    planned({
      ...drawn,
      // A lease that a standby's heartbeats alone leave room in.
      timing: { ...short, sessionTimeoutMs: 5000 },
      delayMs: withinHeartbeat({ least: 0.1, most: 10 }, short.heartbeatMs),
      stubborn: 0,
      work: {
        ...calmWork,
        job: {
          ...calmWork.job,
          onExit: 'resign',
          restartDelayMs: 1,
          restartDelayMaxMs: 1,
          schedule: everyMs(1000, 0),
        },
        livesMs: { least: 1, most: 10 },
      },
      faults: holds.map(({ gapMs, who, forMs: ms }) => at(gapMs, cut(who, 'servers', 'there', ms), 'look')),
    }),
  );

/** Somebody removes the znode of a leader between two runs; it does not hear of that, and the next tick comes. */
export const znodeRemovedBetweenRuns = fc
  .record({
    seed,
    intervalMs: fc.integer({ min: 600, max: 1200 }),
    forMs: fc.integer({ min: 100, max: 2000 }),
  })
  .map((drawn) =>
    planned({
      seed: drawn.seed,
      work: {
        ...calmWork,
        job: { ...calmWork.job, schedule: everyMs(drawn.intervalMs, 0) },
      },
      faults: [
        at(0, { kind: 'none' }, 'concluded'),
        at(200, cut('servers', 'first', 'there', drawn.forMs)),
        at(0, { kind: 'remove-znode', who: 'first' }),
      ],
    }),
  );
