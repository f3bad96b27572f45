import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cronSchedule } from '../../../src/schedule/cron.js';
import { everySchedule } from '../../../src/schedule/every.js';
import { hashOf, putOff } from '../../../src/schedule/jitter.js';

const quarterly = everySchedule(900_000);

test('puts no tick off without a jitter', () => {
  assert.equal(putOff(quarterly, 0, '/jobs/nightly').dueAt(900_000), 900_000);
});

test('puts a tick off by the same on every server, and no further than half-way to the next', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(2_000_000), fc.string(), (place, jitterMs, salt) => {
      const tick = place * 900_000;
      const due = putOff(quarterly, jitterMs, salt).dueAt(tick);
      assert.equal(due, putOff(everySchedule(900_000), jitterMs, salt).dueAt(tick));
      assert.ok(Number.isInteger(due) && due >= tick);
      assert.ok(due - tick <= Math.min(jitterMs, 450_000));
    }),
  );
});

test('puts off a last tick, too', () => {
  const never = { ...quarterly, next: () => Infinity };
  const due = putOff(never, 60_000, '/jobs/nightly').dueAt(900_000);
  assert.ok(due >= 900_000 && due < 960_000);
});

test('spreads ticks, and jobs of the same tick, over all of the jitter', () => {
  const tenths = (dues: readonly number[]) => new Set(dues.map((ms) => Math.floor(ms / 6000))).size;
  const daily = cronSchedule('0 3 * * *', 'Europe/Berlin');
  const tick = daily.next(0);
  const jobs = Array.from(
    { length: 100 },
    (_, job) => putOff(daily, 60_000, `/jobs/${String(job)}`).dueAt(tick) - tick,
  );
  assert.equal(tenths(jobs), 10);
  const ticks = Array.from({ length: 100 }, (_, place) => place * 900_000);
  assert.equal(
    tenths(ticks.map((each) => putOff(quarterly, 60_000, '/jobs/nightly').dueAt(each) - each)),
    10,
  );
});

test('tells texts apart by 32 bits', () => {
  const hashes = ['web1:4711', 'web1:4712', 'web2:4711', ''].map(hashOf);
  assert.equal(new Set(hashes).size, 4);
  for (const hash of hashes) assert.ok(Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32);
});
