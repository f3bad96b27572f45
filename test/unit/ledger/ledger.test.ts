import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  claim,
  conclude,
  EMPTY_LEDGER,
  type Entry,
  forget,
  keep,
  type Ledger,
  pass,
  runsOf,
  unfinished,
} from '../../../src/ledger/ledger.js';
import { anyEpoch, anyGapKind, anyLedger, anyOccasion, anyTicks } from './any-ledger.js';

const TICK = { reason: 'tick', attempt: 1 } as const;

function claimed(ledger: Ledger, tick: number, runs = 1): Ledger {
  const claimant = { by: 'web1', host: 'host1', epoch: 7n };
  return claim(ledger, { occasion: { ...TICK, tick }, runs, claimant, at: tick }).ledger;
}

function ticksIn(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + (entry.kind === 'run' ? 0 : entry.count), 0);
}

test('names a run by its term and its number in it', () => {
  const { run, ledger } = claim(EMPTY_LEDGER, {
    occasion: { ...TICK, tick: 60_000 },
    runs: 3,
    claimant: { by: 'web1', host: 'host1', epoch: 4294967298n },
    at: 60_005,
  });
  assert.deepEqual(run, {
    kind: 'run',
    id: '4294967298-3',
    reason: 'tick',
    attempt: 1,
    tick: 60_000,
    by: 'web1',
    host: 'host1',
    epoch: 4294967298n,
    claimedAt: 60_005,
  });
  assert.deepEqual(ledger, { ...EMPTY_LEDGER, tick: 60_000, entries: [run] });
});

test('writes a claim behind all that is there, and leaves that as it was', () => {
  fc.assert(
    fc.property(anyLedger, anyOccasion, anyEpoch, (before, occasion, epoch) => {
      const claimant = { by: 'web1', host: 'host1', epoch };
      const { ledger, run } = claim(before, { occasion, runs: 1, claimant, at: 0 });
      assert.deepEqual(ledger.entries, [...before.entries, run]);
      assert.ok(unfinished(ledger).includes(run));
      const { tick, entries, ...rest } = ledger;
      assert.deepEqual({ ...rest, tick: before.tick, entries: before.entries }, before);
      assert.equal(
        tick,
        occasion.tick === undefined ? before.tick : Math.max(occasion.tick, before.tick ?? 0),
      );
      assert.ok(entries.length > 0);
    }),
  );
});

test('never goes back behind a tick that was claimed, missed or skipped', () => {
  fc.assert(
    fc.property(anyLedger, anyTicks, anyOccasion, anyGapKind, (before, ticks, occasion, kind) => {
      const claimant = { by: 'web1', host: 'host1', epoch: 7n };
      const afterClaim = claim(before, { occasion, runs: 1, claimant, at: 0 }).ledger;
      const afterPass = pass(before, kind, ticks, 'web1');
      for (const after of [afterClaim, afterPass, keep(before, 0), forget(before)])
        assert.ok((after.tick ?? -1) >= (before.tick ?? -1));
      assert.ok((afterPass.tick ?? -1) >= ticks.last);
    }),
  );
});

test('counts every tick that passes, and joins those that follow upon one another', () => {
  fc.assert(
    fc.property(anyLedger, fc.array(fc.tuple(anyGapKind, anyTicks)), (before, passing) => {
      const after = passing.reduce((ledger, [kind, ticks]) => pass(ledger, kind, ticks, 'web1'), before);
      const more = passing.reduce((sum, [, { count }]) => sum + count, 0);
      assert.equal(ticksIn(after.entries), ticksIn(before.entries) + more);
      assert.deepEqual(runsOf(after), runsOf(before));
    }),
  );
  const missed = pass(EMPTY_LEDGER, 'missed', { first: 1, last: 3, count: 3 }, 'web1');
  const both = pass(missed, 'missed', { first: 4, last: 4, count: 1 }, 'web2');
  assert.deepEqual(both.entries, [{ kind: 'missed', first: 1, last: 4, count: 4, by: 'web2' }]);
  const uncounted = pass(missed, 'missed', { first: 4, last: 400, count: 100, atLeast: true }, 'web2');
  const night = { kind: 'missed', first: 1, last: 401, count: 104, atLeast: true, by: 'web2' };
  assert.deepEqual(pass(uncounted, 'missed', { first: 401, last: 401, count: 1 }, 'web2').entries, [night]);
  const then = pass(claimed(both, 5), 'missed', { first: 6, last: 6, count: 1 }, 'web2');
  assert.deepEqual(
    then.entries.map(({ kind }) => kind),
    ['missed', 'run', 'missed'],
  );
});

test('concludes the run of that name and no other', () => {
  const both = claimed(claimed(EMPTY_LEDGER, 1, 1), 2, 2);
  const end = { startedAt: 1, endedAt: 5, result: 'succeeded', exit: { kind: 'code', code: 0 } } as const;
  const after = conclude(both, '7-1', end);
  assert.deepEqual(after, { ...both, entries: [{ ...both.entries[0], ...end }, both.entries[1]] });
  assert.deepEqual(
    unfinished(after).map(({ id }) => id),
    ['7-2'],
  );
  assert.deepEqual(conclude(both, '7-3', end), both);
});

test('keeps the latest entries, whatever is going, and the last run that was asked for', () => {
  fc.assert(
    fc.property(anyLedger, fc.nat(10), (before, history) => {
      const after = keep(before, history);
      assert.deepEqual(unfinished(after), unfinished(before));
      const latest = history === 0 ? [] : before.entries.slice(-history);
      const granted = runsOf(before).findLast(({ request }) => request !== undefined);
      assert.deepEqual(
        after.entries,
        before.entries.filter(
          (entry) =>
            latest.includes(entry) || entry === granted || unfinished(before).some((run) => run === entry),
        ),
      );
      assert.deepEqual({ ...after, entries: [] }, { ...before, entries: [] });
    }),
  );
});

test('forgets everything but what keeps a tick from being run twice', () => {
  fc.assert(
    fc.property(anyLedger, (before) => {
      assert.deepEqual(forget(before), { ...before, entries: unfinished(before) });
    }),
  );
});
