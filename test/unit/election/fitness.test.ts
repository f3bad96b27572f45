import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Fitness,
  checkDueAt,
  checked,
  initialFitness,
  startCheck,
} from '../../../src/election/fitness.js';
import type { Check } from '../../../src/election/job.js';

const check: Check = { intervalMs: 5000, rise: 2, fall: 3 };

/** Checks once for each letter, p for one that passes, a second each; returns what stands after each of them. */
function after(results: string, by = check): readonly string[] {
  let fitness = initialFitness(by, 0);
  return results.split('').map((result, place) => {
    const startedAt = place * by.intervalMs;
    const running = startCheck(by, fitness, startedAt);
    fitness = checked(by, running, result === 'p', `failure ${place}`, startedAt + 1000);
    return [fitness.status, fitness.streak, fitness.because].filter((part) => part !== undefined).join(' ');
  });
}

test('takes every server for fit where there is no check', () => {
  const fitness = initialFitness(undefined, 17);
  assert.equal(fitness.status, 'fit');
  assert.equal(checkDueAt(fitness), Infinity);
});

test('checks at once, and knows nothing before the first result', () => {
  const fitness = initialFitness(check, 17);
  assert.equal(fitness.status, 'unknown');
  assert.equal(checkDueAt(fitness), 17);
  assert.equal(startCheck(check, fitness, 17).status, 'unknown');
});

test('finds a server fit only when it has passed often enough in a row', () => {
  assert.deepEqual(after('pp'), ['unknown 1', 'fit 0']);
  assert.deepEqual(after('p', { ...check, rise: 1 }), ['fit 0']);
});

test('finds a server that is unknown unfit by its first failure', () => {
  assert.deepEqual(after('f'), ['unfit 0 failure 0']);
  assert.deepEqual(after('pfpp'), ['unknown 1', 'unfit 0 failure 1', 'unfit 1 failure 1', 'fit 0']);
});

test('forgets the failures of a server that passes again in time, and counts them anew', () => {
  assert.deepEqual(after('ppffpfff').slice(2), [
    'fit 1 failure 2',
    'fit 2 failure 3',
    'fit 0',
    'fit 1 failure 5',
    'fit 2 failure 6',
    'unfit 0 failure 7',
  ]);
});

test('tells the latest reason of a server that stays unfit', () => {
  assert.deepEqual(after('fpff'), [
    'unfit 0 failure 0',
    'unfit 1 failure 0',
    'unfit 0 failure 2',
    'unfit 0 failure 3',
  ]);
});

test('runs one check at a time, each an interval after the start of the last one', () => {
  const running = startCheck(check, initialFitness(check, 100), 130);
  assert.equal(checkDueAt(running), Infinity);
  assert.equal(checkDueAt(checked(check, running, true, '', 150)), 5130);
  assert.equal(checkDueAt(checked(check, running, false, 'late', 5140)), 5140);
  assert.equal(checkDueAt(checked(check, running, true, '', 90_000)), 90_000);
});

// What holds whatever the results are, and whenever they come.

const anyCheck = fc.record({
  intervalMs: fc.integer({ min: 1, max: 10_000 }),
  rise: fc.integer({ min: 1, max: 5 }),
  fall: fc.integer({ min: 1, max: 5 }),
});

interface Result {
  readonly passed: boolean;
  /** From the moment it was due to its start, and from there to its end. */
  readonly waitsMs: number;
  readonly takesMs: number;
}

// Runs of results, rather than results: alone they would rarely be alike often enough in a row.
const anyResults: fc.Arbitrary<readonly Result[]> = fc
  .array(
    fc.record({
      passed: fc.boolean(),
      times: fc.array(fc.tuple(fc.nat(20_000), fc.nat(20_000)), { minLength: 1, maxLength: 7 }),
    }),
    { maxLength: 10 },
  )
  .map((runs) =>
    runs.flatMap(({ passed, times }) => times.map(([waitsMs, takesMs]) => ({ passed, waitsMs, takesMs }))),
  );

interface Step {
  readonly passed: boolean;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly before: Fitness;
  readonly after: Fitness;
}

function play(by: Check, results: readonly Result[]): readonly Step[] {
  let before = initialFitness(by, 0);
  return results.map(({ passed, waitsMs, takesMs }) => {
    const startedAt = checkDueAt(before) + waitsMs;
    const endedAt = startedAt + takesMs;
    const next = checked(by, startCheck(by, before, startedAt), passed, 'because', endedAt);
    const step = { passed, startedAt, endedAt, before, after: next };
    before = next;
    return step;
  });
}

/** How many results up to there are like the last one. */
function inARow(steps: readonly Step[]): number {
  const last = steps.at(-1)?.passed;
  return steps.length - 1 - steps.findLastIndex(({ passed }) => passed !== last);
}

test('changes its verdict exactly when enough results in a row are against it', () => {
  fc.assert(
    fc.property(anyCheck, anyResults, (by, results) => {
      const steps = play(by, results);
      for (const [place, { passed, before, after: next }] of steps.entries()) {
        const alike = inARow(steps.slice(0, place + 1));
        const verdict = passed ? 'fit' : 'unfit';
        const enough = passed ? by.rise : before.status === 'unknown' ? 1 : by.fall;
        assert.equal(next.status, alike >= enough ? verdict : before.status);
      }
    }),
  );
});

test('is never unknown again, and has a reason exactly while something counts against it', () => {
  fc.assert(
    fc.property(anyCheck, anyResults, (by, results) => {
      for (const { before, after: next } of play(by, results)) {
        if (before.status !== 'unknown') assert.notEqual(next.status, 'unknown');
        const isDoubtful = next.status === 'unfit' || (next.status === 'fit' && next.streak > 0);
        assert.equal(next.because, isDoubtful ? 'because' : undefined);
      }
    }),
  );
});

test('starts no check before the last one has ended, nor sooner than an interval after its start', () => {
  fc.assert(
    fc.property(anyCheck, anyResults, (by, results) => {
      for (const { startedAt, endedAt, after: next } of play(by, results)) {
        assert.equal(checkDueAt(next), Math.max(startedAt + by.intervalMs, endedAt));
      }
    }),
  );
});
