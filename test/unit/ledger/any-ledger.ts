// Ledgers at random, as a job of any kind may have left them.
import fc from 'fast-check';
import type { ChildExit } from '../../../src/election/endings.js';
import type { Ticks } from '../../../src/schedule/schedule.js';
import type { GapEntry, Ledger, Occasion, RunEntry } from '../../../src/ledger/ledger.js';

/** Any moment that RFC 3339 can write. */
const moment = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
const count = fc.integer({ min: 1, max: 1_000_000 });

export const anyEpoch = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n });

export const anyOccasion: fc.Arbitrary<Occasion> = fc.record(
  {
    reason: fc.constantFrom('tick', 'late', 'queued', 'restart', 'rerun', 'request'),
    attempt: count,
    tick: moment,
    name: fc.string({ unit: 'grapheme' }),
    request: fc.nat().map(String),
  },
  { requiredKeys: ['reason', 'attempt'], noNullPrototype: true },
);

const anyExit: fc.Arbitrary<ChildExit> = fc.oneof(
  fc.nat(255).map((code) => ({ kind: 'code' as const, code })),
  fc.constantFrom('SIGTERM', 'SIGKILL').map((signal) => ({ kind: 'signal' as const, signal })),
  fc.constant({ kind: 'not-started' as const, errno: 'ENOENT' }),
);

const anyRun: fc.Arbitrary<RunEntry> = fc
  .tuple(
    anyOccasion,
    fc.record(
      {
        kind: fc.constant('run'),
        id: fc.string(),
        by: fc.string({ unit: 'grapheme' }),
        host: fc.string(),
        epoch: anyEpoch,
        claimedAt: moment,
        startedAt: moment,
        endedAt: moment,
        result: fc.constantFrom('succeeded', 'failed', 'timed-out', 'replaced', 'interrupted'),
        exit: anyExit,
      },
      { requiredKeys: ['kind', 'id', 'by', 'host', 'epoch', 'claimedAt'], noNullPrototype: true },
    ),
  )
  .map(([occasion, run]) => ({ ...occasion, ...run }));

/** Ticks that come due after that moment. */
export const anyTicks = fc
  .record({ first: moment, more: fc.nat(1_000_000), count, isCounted: fc.boolean() })
  .map(({ first, more, count: ticks, isCounted }): Ticks => ({
    first,
    last: first + more,
    count: ticks,
    ...(!isCounted && { atLeast: true }),
  }));

export const anyGapKind = fc.constantFrom<GapEntry['kind']>('missed', 'skipped');

const anyGap: fc.Arbitrary<GapEntry> = fc
  .record({ kind: anyGapKind, ticks: anyTicks, by: fc.string() })
  .map(({ kind, ticks, by }) => ({ kind, ...ticks, by }));

export const anyLedger: fc.Arbitrary<Ledger> = fc.record(
  {
    tick: fc.option(moment, { nil: undefined }),
    schedule: fc.option(fc.string({ unit: 'grapheme' }), { nil: undefined }),
    failures: fc.nat(),
    entries: fc.array(fc.oneof(anyRun, anyGap)),
  },
  { noNullPrototype: true },
);
