import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cronSchedule } from '../../../src/schedule/cron.js';
import { countedTicks, minutesAround, shownAt, ticksAmong, type Times, ZONES } from './wall-clock.js';

const DAY_MS = 86_400_000;
const SECOND_MS = 1000;

/** The next ticks behind a moment, with the offset of the zone at each: `03-29 03:00 +2`. */
function ticks(expression: string, zone: string, after: string, howMany: number): string[] {
  const schedule = cronSchedule(expression, zone);
  const show = shownAt(zone);
  const shown: string[] = [];
  for (let tick = schedule.next(Date.parse(after)); shown.length < howMany; tick = schedule.next(tick)) {
    const offset = (show(tick) - tick) / 3_600_000;
    shown.push(
      `${new Date(show(tick)).toISOString().slice(5, 16).replace('T', ' ')} +${offset}`.replace('+-', '-'),
    );
  }
  return shown;
}

test('keeps a time of day once a day where clocks are set forward over it', () => {
  for (const [expression, zone, after, expected] of [
    [
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T00:00Z',
      ['03-28 02:30 +1', '03-29 03:00 +2', '03-30 02:30 +2'],
    ],
    [
      '30 2 * * *',
      'America/New_York',
      '2026-03-07T00:00Z',
      ['03-07 02:30 -5', '03-08 03:00 -4', '03-09 02:30 -4'],
    ],
    [
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-02T15:00Z',
      ['10-03 02:15 +10.5', '10-04 02:30 +11', '10-05 02:15 +11'],
    ],
    [
      '30 0 * * *',
      'America/Santiago',
      '2026-09-05T00:00Z',
      ['09-05 00:30 -4', '09-06 01:00 -3', '09-07 00:30 -3'],
    ],
    // Those that are passed over come as one, with the one that is due then.
    ['0,20,40 2,3 * * *', 'Europe/Berlin', '2026-03-29T00:30Z', ['03-29 03:00 +2', '03-29 03:20 +2']],
    ['30 2,14 * * *', 'Europe/Berlin', '2026-03-29T00:00Z', ['03-29 03:00 +2', '03-29 14:30 +2']],
  ] as const) {
    assert.deepEqual(ticks(expression, zone, after, expected.length), expected, expression);
  }
});

test('keeps a time of day once a day where clocks are set back over it', () => {
  for (const [expression, zone, after, expected] of [
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', ['10-25 02:30 +2', '10-26 02:30 +1']],
    ['30 1 * * *', 'America/New_York', '2026-10-31T12:00Z', ['11-01 01:30 -4', '11-02 01:30 -5']],
    ['45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00Z', ['04-05 01:45 +11', '04-06 01:45 +10.5']],
    ['30 23 * * *', 'America/Santiago', '2026-04-04T12:00Z', ['04-04 23:30 -3', '04-05 23:30 -4']],
    ['30 2,14 * * *', 'Europe/Berlin', '2026-10-24T22:00Z', ['10-25 02:30 +2', '10-25 14:30 +1']],
  ] as const) {
    assert.deepEqual(ticks(expression, zone, after, expected.length), expected, expression);
  }
});

test('runs through where an expression names no times of day', () => {
  for (const [expression, zone, after, expected] of [
    ['0 * * * *', 'Europe/Berlin', '2026-03-29T00:00Z', ['03-29 03:00 +2', '03-29 04:00 +2']],
    [
      '0 * * * *',
      'Europe/Berlin',
      '2026-10-24T23:30Z',
      ['10-25 02:00 +2', '10-25 02:00 +1', '10-25 03:00 +1'],
    ],
    ['*/20 2 * * *', 'Europe/Berlin', '2026-03-28T01:30Z', ['03-28 02:40 +1', '03-30 02:00 +2']],
    ['*/30 * * * *', 'Australia/Lord_Howe', '2026-04-04T14:40Z', ['04-05 01:30 +10.5', '04-05 02:00 +10.5']],
    ['*/30 * * * *', 'Australia/Lord_Howe', '2026-04-04T14:20Z', ['04-05 01:30 +11', '04-05 01:30 +10.5']],
    ['*/30 * * * *', 'Australia/Lord_Howe', '2026-10-03T15:10Z', ['10-04 02:30 +11', '10-04 03:00 +11']],
  ] as const) {
    assert.deepEqual(ticks(expression, zone, after, expected.length), expected, expression);
  }
});

test('has one tick on each day of a year for a time of day, in every zone', () => {
  for (const zone of ZONES) {
    const show = shownAt(zone);
    for (const expression of ['30 2 * * *', '45 1 * * *', '30 0 * * *']) {
      const schedule = cronSchedule(expression, zone);
      const days: string[] = [];
      // The last day of 2025 and the first of 2027 may be cut off.
      for (
        let tick = schedule.next(Date.parse('2025-12-30'));
        tick < Date.parse('2027-01-02');
        tick = schedule.next(tick)
      ) {
        days.push(new Date(show(tick)).toISOString().slice(0, 10));
      }
      const year = days.filter((day) => day.startsWith('2026'));
      assert.deepEqual(
        year,
        Array.from({ length: 365 }, (_, day) =>
          new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10),
        ),
        `${expression} ${zone}`,
      );
    }
  }
});

const listOf = (size: number) =>
  fc.uniqueArray(fc.integer({ min: 0, max: size - 1 }), { minLength: 1, maxLength: 3 });

const field = (size: number) =>
  fc.oneof(
    listOf(size).map((values) => ({ text: values.join(','), values: new Set(values), isNamed: true })),
    fc.tuple(listOf(size), listOf(size)).map(([[one = 0], [other = 0]]) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      const values = Array.from({ length: to - from + 1 }, (_, place) => from + place);
      return { text: `${String(from)}-${String(to)}`, values: new Set(values), isNamed: true };
    }),
    fc.integer({ min: 1, max: size - 1 }).map((step) => {
      const values = Array.from({ length: size }, (_, value) => value).filter((value) => value % step === 0);
      return { text: step === 1 ? '*' : `*/${String(step)}`, values: new Set(values), isNamed: false };
    }),
  );

/** Hours near a change of the clocks, since it is there that anything could go wrong. */
const hourField = fc.oneof(
  field(24),
  fc.constantFrom('0', '1', '2', '3', '1,2', '2,3', '1-3', '23').map((text) => {
    const hours = text === '1-3' ? [1, 2, 3] : text.split(',').map(Number);
    return { text, values: new Set(hours), isNamed: true };
  }),
);

const around = new Map(ZONES.map((zone) => [zone, minutesAround(zone)]));

test('has the ticks that a wall clock shows, around every change of the clocks', () => {
  fc.assert(
    fc.property(field(60), hourField, fc.constantFrom(...ZONES), (minute, hour, zone) => {
      const times: Times = {
        minutes: minute.values,
        hours: hour.values,
        areNamed: minute.isNamed && hour.isNamed,
      };
      const schedule = cronSchedule(`${minute.text} ${hour.text} * * *`, zone);
      for (const minutes of around.get(zone) ?? []) {
        // A day on which one of them came before the minutes begin would be another day's.
        const expected = ticksAmong(minutes, times).slice(0, 60);
        let tick = minutes[0]?.at ?? 0;
        for (const each of expected) assert.equal((tick = schedule.next(tick)), each);
      }
    }),
    { numRuns: 60 },
  );
});

const anyExpression = fc.constantFrom(
  '* * * * *',
  '*/5 * * * *',
  '30 2 * * *',
  '0 0-4 * * *',
  '30 1,2,3 * * *',
  '0 0 1 * *',
  '*/7 1-3 * * SUN',
  '15 */2 * * * *',
  '* * * * * *',
  '30 30 2 L * *',
  '@daily',
);

/** Moments of 2026 to the millisecond, many of them at a change of the clocks. */
const anyMoment = fc.oneof(
  fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2026-12-31') }),
  fc
    .tuple(
      fc.constantFrom('2026-03-29T01:00Z', '2026-10-25T01:00Z', '2026-04-04T15:00Z', '2026-10-03T15:30Z'),
      fc.integer({ min: -2 * 3_600_000, max: 2 * 3_600_000 }),
    )
    .map(([change, offset]) => Date.parse(change) + offset),
);

test('agrees with itself, one tick after the other', () => {
  fc.assert(
    fc.property(anyExpression, fc.constantFrom(...ZONES), anyMoment, (expression, zone, after) => {
      const schedule = cronSchedule(expression, zone);
      const tick = schedule.next(after);
      assert.ok(tick > after && tick % SECOND_MS === 0);
      assert.equal(schedule.next(tick - 1), tick);
      assert.equal(schedule.between(after, tick - 1), undefined);
      const until = schedule.next(schedule.next(schedule.next(tick)));
      assert.deepEqual(schedule.between(after, until), countedTicks(schedule, after, until));
      assert.deepEqual(schedule.between(after, until - 1), countedTicks(schedule, after, until - 1));
    }),
  );
});

test('finds the last of very many ticks without counting them all', () => {
  fc.assert(
    fc.property(anyExpression, fc.constantFrom(...ZONES), anyMoment, (expression, zone, until) => {
      const schedule = cronSchedule(expression, zone);
      const found = schedule.between(until - 3650 * DAY_MS, until);
      assert.ok(found !== undefined);
      assert.ok(found.first < found.last && found.last <= until && schedule.next(found.last) > until);
      assert.deepEqual([found.count, found.atLeast], [100, true]);
      assert.equal(schedule.between(found.first, found.last)?.last, found.last);
    }),
    { numRuns: 30 },
  );
});

test('says that there are more ticks than it has counted, and only then', () => {
  const minutely = cronSchedule('* * * * *', 'UTC');
  const minutes = (ticks: number) => minutely.between(0, ticks * 60_000);
  assert.deepEqual(minutes(99), { first: 60_000, last: 99 * 60_000, count: 99 });
  assert.deepEqual(minutes(100), { first: 60_000, last: 100 * 60_000, count: 100 });
  assert.deepEqual(minutes(101), { first: 60_000, last: 101 * 60_000, count: 100, atLeast: true });
});

test('has no tick behind the last one, and none where no day is one', () => {
  assert.equal(cronSchedule('0 0 30 2 *', 'UTC').next(0), Infinity);
  assert.equal(cronSchedule('0 0 30 2 *', 'UTC').between(0, Date.parse('2026-01-01')), undefined);
  assert.equal(cronSchedule('* * * * *', 'UTC').next(Infinity), Infinity);
  assert.equal(cronSchedule('* * * * *', 'UTC').next(8.64e15 - 1), Infinity);
});

test('is called by what the operator wrote, and by the time zone', () => {
  assert.equal(cronSchedule('0 3 * * *', 'Europe/Berlin').text, 'cron "0 3 * * *" Europe/Berlin');
});
