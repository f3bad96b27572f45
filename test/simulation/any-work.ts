// Owns the choice of a job: a schedule, a command that is kept running, or one run for all; each may be overdone.

import fc from 'fast-check';
import { type Job, RUN_ONCE } from '../../src/election/job.js';
import type { Timing } from '../../src/election/timing.js';
import { FIRST_WALL_MS } from './machine.js';
import { MOST_CONTENDERS, type Work } from './plan.js';
import { everyMs } from './ticks.js';

/** What a job of any kind may have; the times are parts of a unit that the kind chooses. */
function common(unitMs: number): fc.Arbitrary<Job> {
  return fc
    .record({
      restartDelayMs: part(unitMs, 0.02, 0.5),
      restartDelayMaxMs: part(unitMs, 0.5, 2),
      maxRestarts: fc.option(
        fc.record({ count: fc.integer({ min: 1, max: 4 }), periodMs: part(unitMs, 1, 8) }),
        {
          nil: undefined,
        },
      ),
      maxRuntimeMs: fc.oneof(fc.constant(Infinity), part(unitMs, 0.3, 1.5)),
      catchUpMs: fc.oneof(fc.constant(0), part(unitMs, 0.5, 2), part(unitMs, 5, 40)),
      rerunInterrupted: fc.boolean(),
      history: fc.constantFrom(1000, 1000, 3),
      check: fc.option(
        fc.record({
          intervalMs: part(unitMs, 0.1, 1),
          rise: fc.integer({ min: 1, max: 2 }),
          fall: fc.integer({ min: 1, max: 3 }),
        }),
        { nil: undefined, freq: 2 },
      ),
      seed: fc.integer({ min: 0, max: 1e6 }),
      overlap: fc.constantFrom<Job['overlap']>('skip', 'queue', 'replace'),
    })
    .map((drawn) => ({ ...RUN_ONCE, ...drawn }));
}

function part(unitMs: number, least: number, most: number): fc.Arbitrary<number> {
  return fc.integer({ min: Math.ceil(unitMs * least), max: Math.ceil(unitMs * most) });
}

function scheduled({ sessionTimeoutMs }: Timing): fc.Arbitrary<Job> {
  return part(sessionTimeoutMs, 0.3, 3).chain((intervalMs) =>
    fc
      .record({
        job: common(intervalMs),
        jitterMs: fc.constantFrom(0, 0, intervalMs / 2),
        onFailure: fc.constantFrom<Job['onFailure']>('stay', 'stay', 'restart', 'resign', 'exit'),
        onExit: fc.constantFrom<Job['onExit']>('stay', 'stay', 'stay', 'resign'),
      })
      .map(({ job, jitterMs, onFailure, onExit }) => ({
        ...job,
        onFailure,
        onExit,
        schedule: everyMs(intervalMs, jitterMs),
      })),
  );
}

function keptRunning({ sessionTimeoutMs }: Timing): fc.Arbitrary<Job> {
  return fc
    .record({
      job: common(sessionTimeoutMs),
      policies: fc.constantFrom<Pick<Job, 'onExit' | 'onFailure'>>(
        { onExit: 'restart', onFailure: 'restart' },
        { onExit: 'exit', onFailure: 'restart' },
        { onExit: 'restart', onFailure: 'resign' },
        { onExit: 'resign', onFailure: 'resign' },
      ),
    })
    .map(({ job, policies }) => ({ ...job, ...policies }));
}

function onceForAll({ sessionTimeoutMs }: Timing): fc.Arbitrary<Job> {
  return fc
    .record({
      job: common(sessionTimeoutMs),
      oncePer: fc.constantFrom<NonNullable<Job['oncePer']>>(
        { kind: 'tick', tick: FIRST_WALL_MS },
        { kind: 'name', name: 'build-7' },
      ),
      onFailure: fc.constantFrom<Job['onFailure']>('exit', 'exit', 'restart', 'resign'),
    })
    .map(({ job, oncePer, onFailure }) => ({ ...job, oncePer, onFailure }));
}

function workOf(job: fc.Arbitrary<Job>, unitMs: number): fc.Arbitrary<Work> {
  return fc.record({
    job,
    livesMs: fc
      .record({ least: part(unitMs, 0, 0.2), more: fc.oneof(part(unitMs, 0, 0.5), part(unitMs, 0, 2)) })
      .map(({ least, more }) => ({ least, most: least + more })),
    failing: fc.constantFrom(0, 0.3, 1),
    unfit: fc.constantFrom(0, 0.2, 0.5),
  });
}

/** Every kind of job. */
export function anyWork(timing: Timing): fc.Arbitrary<Work> {
  return fc.oneof(
    scheduledWork(timing),
    restartedWork(timing),
    workOf(onceForAll(timing), timing.sessionTimeoutMs),
  );
}

/** Runs by a schedule, some of which take longer than it is to the next tick. */
export function scheduledWork(timing: Timing): fc.Arbitrary<Work> {
  return scheduled(timing).chain((job) => {
    const intervalMs = job.schedule?.next(0) ?? 0;
    return workOf(fc.constant(job), intervalMs);
  });
}

export function restartedWork(timing: Timing): fc.Arbitrary<Work> {
  return workOf(keptRunning(timing), timing.sessionTimeoutMs);
}

/** Wall clocks that are wrong by up to a few ticks, and one plan in three in which they are right. */
export function wallsFastMs(unitMs: number): fc.Arbitrary<readonly number[]> {
  const some = fc.integer({ min: -3 * unitMs, max: 3 * unitMs });
  return fc.oneof(
    fc.constant(new Array<number>(MOST_CONTENDERS).fill(0)),
    fc.array(some, { minLength: MOST_CONTENDERS, maxLength: MOST_CONTENDERS }),
    fc.array(fc.integer({ min: -50, max: 50 }), { minLength: MOST_CONTENDERS, maxLength: MOST_CONTENDERS }),
  );
}
