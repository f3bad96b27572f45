import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  failuresAfter,
  pauseOf,
  resultOf,
  sequelByPolicy,
  withRestart,
} from '../../../src/election/after-run.js';
import { type Job, RUN_ONCE } from '../../../src/election/job.js';
import type { StopCause } from '../../../src/election/endings.js';
import type { Settings, State } from '../../../src/election/model.js';
import type { StartedRun, Term } from '../../../src/election/term.js';
import { begin } from '../../../src/election/step.js';
import { EMPTY_LEDGER, type Result } from '../../../src/ledger/ledger.js';
import { SETTINGS } from '../settings.js';

const LONGEST_MS = 60_000;

/** A first pause of nothing to a minute, which is the longest one. */
const anyJob: fc.Arbitrary<Job> = fc
  .record({
    restartDelayMs: fc.integer({ min: 0, max: LONGEST_MS }),
    onExit: fc.constantFrom<Job['onExit']>('exit', 'restart', 'resign', 'stay'),
    onFailure: fc.constantFrom<Job['onFailure']>('exit', 'restart', 'resign', 'stay'),
    seed: fc.integer(),
  })
  .map((given) => ({ ...RUN_ONCE, ...given, restartDelayMaxMs: LONGEST_MS }));

const anyFailures = fc.oneof(fc.nat(40), fc.nat());
const anyCount = fc.nat(1000);

const RUN: StartedRun = { id: '5-1', reason: 'start', attempt: 1, startedAt: 1000 };

function termBehind(failures: number): Term {
  return {
    runs: 1,
    records: { ledger: { ...EMPTY_LEDGER, failures }, exists: true, revision: 0, sent: 0, confirmed: 0 },
    planned: undefined,
    queued: undefined,
    request: undefined,
  };
}

test('pauses for no longer than the longest pause, and for most of what is due', () => {
  fc.assert(
    fc.property(anyJob, anyFailures, anyCount, (job, failures, salt) => {
      const dueMs = Math.min(LONGEST_MS, job.restartDelayMs * 2 ** Math.min(40, Math.max(0, failures - 1)));
      const pauseMs = pauseOf(job, failures, salt);
      assert.ok(pauseMs <= dueMs && pauseMs >= 0.8 * dueMs, `${pauseMs} of ${dueMs}`);
    }),
  );
});

test('pauses for longer with each failure, until the longest pause is reached', () => {
  fc.assert(
    fc.property(anyJob, fc.integer({ min: 1, max: 40 }), anyCount, anyCount, (job, failures, one, other) => {
      const dueMs = job.restartDelayMs * 2 ** (failures - 1);
      fc.pre(dueMs > 0 && 2 * dueMs <= LONGEST_MS);
      assert.ok(pauseOf(job, failures + 1, one) > pauseOf(job, failures, other));
    }),
  );
});

test('lets contenders that have failed together start again apart from each other', () => {
  const pauses = Array.from({ length: 100 }, (_, seed) => pauseOf({ ...RUN_ONCE, seed }, 1, 1));
  assert.equal(new Set(pauses).size, pauses.length);
  assert.ok(Math.max(...pauses) - Math.min(...pauses) > 0.15 * RUN_ONCE.restartDelayMs);
});

test('counts failures in a row, and forgets them behind a success or a healthy run', () => {
  fc.assert(
    fc.property(anyJob, anyFailures, fc.nat(2 * LONGEST_MS), (job, before, lastedMs) => {
      const after = (result: Result): number =>
        failuresAfter(job, before, RUN, result, RUN.startedAt + lastedMs);
      const failed = lastedMs >= LONGEST_MS ? 1 : before + 1;
      assert.deepEqual(
        (['succeeded', 'failed', 'timed-out', 'replaced', 'interrupted'] as const).map(after),
        [0, failed, failed, before, before],
      );
    }),
  );
});

const anyCause: fc.Arbitrary<StopCause> = fc.oneof(
  fc.nat(255).map((code): StopCause => ({ kind: 'exited', exit: { kind: 'code', code } })),
  fc.constantFrom<StopCause>(
    { kind: 'exited', exit: { kind: 'signal', signal: 'SIGSEGV' } },
    { kind: 'exited', exit: { kind: 'not-started', errno: 'ENOENT' } },
    { kind: 'overran' },
    { kind: 'replaced' },
    { kind: 'asked', signal: 'SIGTERM' },
    { kind: 'resign', request: { by: 'root', host: 'there', since: '2026-11-22T12:00:00Z' } },
    { kind: 'unfit', because: 'the disk is full' },
    { kind: 'lease' },
    { kind: 'lost', reason: 'expired' },
    { kind: 'unwatched', reason: 'killed' },
  ),
);

test('lets the term go on only behind a run that has ended by itself, overran or was replaced', () => {
  fc.assert(
    fc.property(anyJob, anyCause, anyFailures, (job, cause, failures) => {
      const settings: Settings = { ...SETTINGS, job };
      const result = resultOf(cause);
      const { state } = begin(settings, 0);
      const sequel = sequelByPolicy(
        settings,
        state,
        { run: RUN, term: termBehind(failures), cause, result },
        2000,
      );
      const mayStay = cause.kind === 'exited' || cause.kind === 'overran' || cause.kind === 'replaced';
      if (!mayStay) assert.equal(sequel.kind, 'leave');
      if (sequel.kind === 'leave') assert.ok(sequel.awayMs >= 0 && sequel.awayMs <= LONGEST_MS);
      else if (sequel.planned !== undefined) assert.ok(sequel.planned.notBefore >= 2000);
    }),
  );
});

test('restarts no more often in any period than --max-restarts allows', () => {
  fc.assert(
    fc.property(
      fc.nat(5),
      fc.integer({ min: 1, max: 10_000 }),
      fc.array(fc.nat(5000), { maxLength: 50 }),
      (count, periodMs, gaps) => {
        const maxRestarts = { count, periodMs };
        const job: Job = { ...RUN_ONCE, onExit: 'restart', onFailure: 'restart', maxRestarts };
        const settings: Settings = { ...SETTINGS, job };
        let state: State = begin(settings, 0).state;
        const restarts: number[] = [];
        let now = 0;
        for (const gapMs of gaps) {
          now += gapMs;
          const end = {
            run: RUN,
            term: termBehind(0),
            cause: { kind: 'exited', exit: { kind: 'code', code: 1 } },
            result: 'failed',
          } as const;
          if (sequelByPolicy(settings, state, end, now).kind === 'leave') continue;
          state = withRestart(settings, state, now);
          restarts.push(now);
        }
        for (const at of restarts) {
          const within = restarts.filter((other) => other > at - periodMs && other <= at).length;
          assert.ok(within <= count, `${within} restarts in ${periodMs} ms`);
        }
      },
    ),
  );
});
