import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Settings } from '../../../src/election/model.js';
import type { Term } from '../../../src/election/term.js';
import { lookAhead, type Prospect, unseenTicks } from '../../../src/election/occasions.js';
import {
  claim,
  conclude,
  EMPTY_LEDGER,
  type Ledger,
  type Occasion,
  pass,
} from '../../../src/ledger/ledger.js';
import { everySchedule } from '../../../src/schedule/every.js';
import { putOff } from '../../../src/schedule/jitter.js';
import type { Schedule } from '../../../src/schedule/schedule.js';
import { SETTINGS } from '../settings.js';

const NOON = Date.UTC(2026, 10, 22, 12);

interface Case {
  readonly schedule: Schedule;
  readonly settings: Settings;
}

/** Ticks of seconds to a day, put off by as much as half-way to the next one. */
const anyCase: fc.Arbitrary<Case> = fc
  .record({
    intervalMs: fc.integer({ min: 1000, max: 86_400_000 }),
    jitter: fc.double({ min: 0, max: 0.5, noNaN: true }),
    catchUpMs: fc.integer({ min: 0, max: 3_600_000 }),
    overlap: fc.constantFrom<Settings['job']['overlap']>('skip', 'queue'),
  })
  .map(({ intervalMs, jitter, catchUpMs, overlap }) => {
    const schedule = putOff(everySchedule(intervalMs), Math.floor(intervalMs * jitter), 'a test');
    return { schedule, settings: { ...SETTINGS, job: { ...SETTINGS.job, schedule, catchUpMs, overlap } } };
  });

/** Clocks are no whole numbers, and neither is how far one is ahead of another. */
const anyNow = fc.double({ min: 0, max: 1e9, noNaN: true });
const anyWall = fc.double({ min: NOON - 1e8, max: NOON + 1e8, noNaN: true });

const anyTerm: fc.Arbitrary<Term> = fc
  .record({
    planned: fc.option(fc.record({ notBefore: anyNow, reason: fc.constantFrom('restart', 'rerun') }), {
      nil: undefined,
    }),
    queued: fc.option(anyWall, { nil: undefined }),
  })
  .map(({ planned, queued }) => ({
    runs: 1,
    records: undefined,
    planned: planned && { ...planned, tick: NOON, attempt: 2 },
    queued: queued && Math.round(queued),
    request: undefined,
  }));

const NOTHING: Term = {
  runs: 0,
  records: undefined,
  planned: undefined,
  queued: undefined,
  request: undefined,
};

function ledgerAt(tick: number): Ledger {
  return { ...EMPTY_LEDGER, tick: Math.round(tick) };
}

function isTick({ reason }: Occasion): boolean {
  return reason === 'tick' || reason === 'late' || reason === 'queued';
}

test('lets no tick come twice, whatever the wall clock does', () => {
  fc.assert(
    fc.property(anyCase, anyTerm, anyWall, anyWall, anyNow, ({ settings }, term, seen, wall, now) => {
      const ledger = ledgerAt(seen);
      const { ledger: after, occasion } = lookAhead({ settings, term, ledger, now, offsetMs: wall - now });
      assert.ok((after.tick ?? -Infinity) >= (ledger.tick ?? -Infinity));
      if (occasion === undefined || !isTick(occasion)) return;
      assert.ok((occasion.tick ?? -Infinity) > (after.tick ?? -Infinity));
    }),
  );
});

test('runs no tick ahead of its time', () => {
  fc.assert(
    fc.property(
      anyCase,
      anyTerm,
      anyWall,
      anyWall,
      anyNow,
      ({ settings, schedule }, term, seen, wall, now) => {
        const present = { settings, term, ledger: ledgerAt(seen), now, offsetMs: wall - now };
        const { occasion } = lookAhead({ ...present, term: { ...term, queued: undefined } });
        if (occasion?.reason === 'tick' || occasion?.reason === 'late')
          assert.ok(schedule.dueAt(occasion.tick ?? NaN) <= wall);
      },
    ),
  );
});

test('sees of the ticks that have come due those behind the last one that it knows', () => {
  fc.assert(
    fc.property(
      anyCase,
      anyTerm,
      anyWall,
      anyWall,
      anyNow,
      ({ settings, schedule }, term, seen, wall, now) => {
        const ledger = ledgerAt(seen);
        const known = Math.max(Math.round(seen), term.queued ?? -Infinity);
        const ticks = unseenTicks(schedule, { settings, term, ledger, now, offsetMs: wall - now });
        if (ticks === undefined) assert.ok(schedule.dueAt(schedule.next(known)) > wall);
        else {
          assert.equal(ticks.first, schedule.next(known));
          assert.ok(schedule.dueAt(ticks.last) <= wall);
          assert.ok(schedule.dueAt(schedule.next(ticks.last)) > wall);
        }
      },
    ),
  );
});

test('runs of the ticks that have waited for a run to end the last one that is due by then', () => {
  fc.assert(
    fc.property(
      anyCase,
      anyWall,
      fc.nat(20),
      anyWall,
      anyNow,
      ({ settings, schedule }, seen, more, wall, now) => {
        const ledger = ledgerAt(seen);
        const queued = schedule.next(seen + more);
        const present = { settings, term: { ...NOTHING, queued }, ledger, now, offsetMs: wall - now };
        const { occasion } = lookAhead(present);
        const last = unseenTicks(schedule, present)?.last ?? queued;
        assert.deepEqual(occasion, { reason: 'queued', tick: last, attempt: 1 });
      },
    ),
  );
});

test('wakes later than now when nothing is due, and finds something to do then', () => {
  fc.assert(
    fc.property(anyCase, anyTerm, anyWall, anyWall, anyNow, ({ settings }, term, seen, wall, now) => {
      const present = { settings, term, now, offsetMs: wall - now };
      const first = lookAhead({ ...present, ledger: ledgerAt(seen) });
      if (isDue(first, now)) return;
      assert.ok(first.at > now);
      assert.deepEqual(lookAhead({ ...present, ledger: first.ledger }), first, 'it left something undone');
      const then = lookAhead({ ...present, ledger: first.ledger, now: first.at });
      assert.ok(isDue(then, first.at), 'it woke for nothing');
    }),
  );
});

function isDue({ occasion, at }: Prospect, now: number): boolean {
  return occasion !== undefined && at <= now;
}

/** What happens to a leader: time passes, the wall clock is set, a run takes so long. */
const anyTurn = fc.record({
  passesMs: fc.double({ min: 0, max: 1e8, noNaN: true }),
  setsClockBy: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -1e7, max: 1e7 })),
  runsForMs: fc.integer({ min: 0, max: 1e7 }),
});

test('accounts for every tick exactly once: run, missed or skipped', () => {
  fc.assert(
    fc.property(
      anyCase,
      fc.array(anyTurn, { maxLength: 20 }),
      fc.nat(1000),
      ({ settings, schedule }, turns, fraction) => {
        let now = fraction / 7;
        let offsetMs = NOON - now;
        let ledger = ledgerAt(NOON);
        let term = NOTHING;
        for (const { passesMs, setsClockBy, runsForMs } of turns) {
          now += passesMs;
          offsetMs += setsClockBy;
          const prospect = lookAhead({ settings, term, ledger, now, offsetMs });
          ledger = prospect.ledger;
          if (prospect.occasion === undefined || !isDue(prospect, now)) continue;
          const runs = term.runs + 1;
          const claimed = claim(ledger, {
            occasion: prospect.occasion,
            runs,
            claimant: { by: 'us', host: 'here', epoch: 5n },
            at: 0,
          });
          ({ ledger } = claimed);
          term = { ...NOTHING, runs };
          now += runsForMs;
          const ticks = unseenTicks(schedule, { settings, term, ledger, now, offsetMs });
          if (ticks !== undefined && settings.job.overlap === 'skip')
            ledger = pass(ledger, 'skipped', ticks, 'us');
          if (ticks !== undefined && settings.job.overlap === 'queue') term = { ...term, queued: ticks.last };
          ledger = conclude(ledger, claimed.run.id, { result: 'succeeded' });
        }
        assert.deepEqual(accountedFor(schedule, ledger), {
          ticks: ticksUpTo(schedule, ledger.tick ?? NOON),
          twice: [],
        });
      },
    ),
  );
});

function ticksUpTo(schedule: Schedule, until: number): number {
  return schedule.between(NOON, until)?.count ?? 0;
}

/** How many ticks the entries stand for, and which of them more than one does. */
function accountedFor(schedule: Schedule, { entries }: Ledger) {
  const spans = entries
    .map((entry) =>
      entry.kind === 'run'
        ? { first: entry.tick ?? NaN, last: entry.tick ?? NaN, count: 1 }
        : { first: entry.first, last: entry.last, count: entry.count },
    )
    .sort((one, other) => one.first - other.first);
  for (const { first, last, count } of spans) assert.equal(schedule.between(first - 1, last)?.count, count);
  return {
    ticks: spans.reduce((sum, { count }) => sum + count, 0),
    twice: spans.filter(({ first }, index) => index > 0 && first <= (spans[index - 1]?.last ?? -Infinity)),
  };
}
