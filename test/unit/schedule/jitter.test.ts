import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cronSchedule } from '../../../src/schedule/cron.js';
import { everySchedule } from '../../../src/schedule/every.js';
import { dueAt, hashOf } from '../../../src/schedule/jitter.js';

const quarterly = everySchedule(900_000);

test('puts no tick off without a jitter', () => {
  assert.equal(dueAt(quarterly, 900_000, 0, '/jobs/nightly'), 900_000);
});

test('puts a tick off by the same on every server, and no further than half-way to the next', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(2_000_000), fc.string(), (place, jitterMs, salt) => {
      const tick = place * 900_000;
      const due = dueAt(quarterly, tick, jitterMs, salt);
      assert.equal(due, dueAt(everySchedule(900_000), tick, jitterMs, salt));
      assert.ok(Number.isInteger(due) && due >= tick);
      assert.ok(due - tick <= Math.min(jitterMs, 450_000));
    }),
  );
});

test('puts off a last tick, too', () => {
  const never = { ...quarterly, next: () => Infinity };
  const due = dueAt(never, 900_000, 60_000, '/jobs/nightly');
  assert.ok(due >= 900_000 && due < 960_000);
});

test('spreads ticks, and jobs of the same tick, over all of the jitter', () => {
  const tenths = (dues: readonly number[]) => new Set(dues.map((ms) => Math.floor(ms / 6000))).size;
  const daily = cronSchedule('0 3 * * *', 'Europe/Berlin');
  const tick = daily.next(0);
  const jobs = Array.from(
    { length: 100 },
    (_, job) => dueAt(daily, tick, 60_000, `/jobs/${String(job)}`) - tick,
  );
  assert.equal(tenths(jobs), 10);
  const ticks = Array.from({ length: 100 }, (_, place) => place * 900_000);
  assert.equal(tenths(ticks.map((each) => dueAt(quarterly, each, 60_000, '/jobs/nightly') - each)), 10);
});

test('tells texts apart by 32 bits', () => {
  const hashes = ['web1:4711', 'web1:4712', 'web2:4711', ''].map(hashOf);
  assert.equal(new Set(hashes).size, 4);
  for (const hash of hashes) assert.ok(Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32);
});
