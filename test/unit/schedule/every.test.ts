import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { everySchedule } from '../../../src/schedule/every.js';
import { countedTicks } from './wall-clock.js';

const at = (text: string) => Date.parse(text);

test('ticks at the multiples of the interval since the epoch', () => {
  const schedule = everySchedule(900_000);
  assert.equal(schedule.text, 'every 15m');
  assert.equal(schedule.next(at('2026-11-22T12:00:00Z')), at('2026-11-22T12:15:00Z'));
  assert.equal(schedule.next(at('2026-11-22T12:14:59.999Z')), at('2026-11-22T12:15:00Z'));
  assert.equal(schedule.next(0), 900_000);
  assert.equal(schedule.next(-1), 0);
  assert.equal(schedule.next(Infinity), Infinity);
  // Whatever the clocks of any place do: a day is one of UTC, and a week begins on the weekday of the epoch.
  assert.equal(everySchedule(86_400_000).next(at('2026-03-29T12:00Z')), at('2026-03-30T00:00Z'));
  assert.equal(new Date(everySchedule(604_800_000).next(at('2026-03-29'))).getUTCDay(), 4);
});

test('tells the ticks that have come due', () => {
  const schedule = everySchedule(900_000);
  const noon = at('2026-11-22T12:00:00Z');
  const quarter = noon + 900_000;
  assert.equal(schedule.between(noon, quarter - 1), undefined);
  assert.deepEqual(schedule.between(noon, quarter), { first: quarter, last: quarter, count: 1 });
  assert.deepEqual(schedule.between(noon - 1, quarter), { first: noon, last: quarter, count: 2 });
  assert.equal(schedule.between(quarter, noon), undefined);
  const second = everySchedule(1000);
  assert.deepEqual(second.between(0, at('2026-11-22')), {
    first: 1000,
    last: at('2026-11-22'),
    count: at('2026-11-22') / 1000,
  });
});

test('agrees with itself, one tick after the other', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      fc.integer({ min: 0, max: 2 ** 42 }),
      fc.double({ min: 0, max: 50, noNaN: true }),
      (intervalMs, after, intervals) => {
        const schedule = everySchedule(intervalMs);
        const tick = schedule.next(after);
        assert.ok(tick > after && tick - after <= intervalMs);
        assert.equal(schedule.next(tick - 1), tick);
        const until = after + Math.floor(intervals * intervalMs);
        assert.deepEqual(schedule.between(after, until), countedTicks(schedule, after, until));
      },
    ),
  );
});
