import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordsInJson } from '../../../src/history/json.js';
import { contender, NOON } from '../status/made-up.js';
import { gap, going, kept, moment, run } from './made-up.js';

const OPTIONS = { path: '/jobs/nightly', at: NOON, last: Infinity, nextTick: () => moment('12:15') };

const RUN = {
  kind: 'run',
  id: '5-1',
  reason: 'tick',
  tick: '2026-11-22T11:00:00.000Z',
  name: null,
  attempt: 1,
  request: null,
  by: 'web1',
  host: 'web1.example',
  epoch: '5',
  claimedAt: '2026-11-22T11:00:00.007Z',
  startedAt: '2026-11-22T11:00:00.020Z',
  endedAt: '2026-11-22T11:01:30.020Z',
  durationMs: 90_000,
  result: 'succeeded',
  code: 0,
  signal: null,
  errno: null,
};

test('has every field, whatever is known', () => {
  const entries = [
    run(1, '11:00'),
    gap('skipped', '11:15', '11:30', 2),
    going(2, '11:45', { tick: undefined, startedAt: undefined, reason: 'request', request: '77' }),
  ];
  assert.deepEqual(recordsInJson(kept({ entries, tick: moment('11:45'), failures: 1 }), OPTIONS), {
    at: '2026-11-22T12:00:00.000Z',
    election: '/jobs/nightly',
    schedule: 'every 15m',
    tick: '2026-11-22T11:45:00.000Z',
    nextTick: '2026-11-22T12:15:00.000Z',
    failures: 1,
    leaderEpoch: '5',
    totals: {
      runs: 2,
      succeeded: 1,
      failed: 0,
      'timed-out': 0,
      replaced: 0,
      interrupted: 0,
      unfinished: 1,
      missed: 0,
      skipped: 2,
    },
    entries: [
      RUN,
      {
        kind: 'skipped',
        first: '2026-11-22T11:15:00.000Z',
        last: '2026-11-22T11:30:00.000Z',
        count: 2,
        atLeast: false,
        by: 'web1',
      },
      {
        ...RUN,
        id: '5-2',
        reason: 'request',
        tick: null,
        request: '77',
        claimedAt: '2026-11-22T11:45:00.007Z',
        startedAt: null,
        endedAt: null,
        durationMs: null,
        result: null,
        code: null,
      },
    ],
  });
});

test('has the same fields where there are no records', () => {
  const none = recordsInJson({ kind: 'none' }, OPTIONS);
  const some = recordsInJson(kept({}, [contender(5, 'web1')]), OPTIONS);
  assert.deepEqual(Object.keys(none), Object.keys(some));
  assert.deepEqual(none, {
    at: '2026-11-22T12:00:00.000Z',
    election: '/jobs/nightly',
    schedule: null,
    tick: null,
    nextTick: null,
    failures: 0,
    leaderEpoch: null,
    totals: null,
    entries: [],
  });
});

test('has the latest entries where not all are wanted, and the totals of all', () => {
  const records = kept({ schedule: undefined, entries: [run(1, '11:00'), run(2, '11:15')] }, []);
  const { entries, totals, nextTick, leaderEpoch } = recordsInJson(records, { ...OPTIONS, last: 1 }) as {
    entries: { id: string }[];
    totals: { runs: number };
    nextTick: unknown;
    leaderEpoch: unknown;
  };
  assert.deepEqual(
    entries.map(({ id }) => id),
    ['5-2'],
  );
  assert.deepEqual([totals.runs, nextTick, leaderEpoch], [2, null, null]);
});
