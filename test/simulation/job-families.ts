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

/** Each run is another leader's, and what is sent at once arrives at different times. */
export const handedOverOften = fc.record({ seed, work: restartedWork(short) }).map(({ seed: drawn, work }) =>
  planned({
    seed: drawn,
    contenders: 3,
    delayMs: withinHeartbeat({ least: 0.1, most: 20 }, short.heartbeatMs),
    stubborn: 0,
    work: {
      ...work,
      livesMs: { least: 1, most: 50 },
      job: {
        ...work.job,
        onExit: 'resign',
        onFailure: 'resign',
        restartDelayMs: 1,
        restartDelayMaxMs: 20,
        check: undefined,
      },
    },
    faults: [],
    calmMs: 20_000,
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
