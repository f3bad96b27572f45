import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeLedger, encodeLedger, LedgerFormatError } from '../../../src/ledger/format.js';
import { EMPTY_LEDGER, type Ledger } from '../../../src/ledger/ledger.js';
import { anyLedger } from './any-ledger.js';

const LEDGER: Ledger = {
  schedule: 'every 15m',
  tick: Date.UTC(2026, 10, 22, 12, 15),
  failures: 1,
  entries: [
    {
      kind: 'missed',
      first: Date.UTC(2026, 10, 22, 11, 30),
      last: Date.UTC(2026, 10, 22, 12),
      count: 3,
      by: 'web1',
    },
    {
      kind: 'run',
      id: '4294967298-1',
      reason: 'tick',
      tick: Date.UTC(2026, 10, 22, 12, 15),
      attempt: 1,
      by: 'web1',
      host: 'host1',
      epoch: 4294967298n,
      claimedAt: Date.UTC(2026, 10, 22, 12, 15, 0, 7),
      startedAt: Date.UTC(2026, 10, 22, 12, 15, 0, 20),
      endedAt: Date.UTC(2026, 10, 22, 12, 16, 1, 500),
      result: 'failed',
      exit: { kind: 'code', code: 2 },
    },
  ],
};

/** What people find in the znode. */
const TEXT = {
  version: 1,
  schedule: 'every 15m',
  tick: '2026-11-22T12:15:00.000Z',
  failures: 1,
  entries: [
    {
      kind: 'missed',
      first: '2026-11-22T11:30:00.000Z',
      last: '2026-11-22T12:00:00.000Z',
      count: 3,
      by: 'web1',
    },
    {
      kind: 'run',
      id: '4294967298-1',
      reason: 'tick',
      tick: '2026-11-22T12:15:00.000Z',
      attempt: 1,
      by: 'web1',
      host: 'host1',
      epoch: '4294967298',
      claimedAt: '2026-11-22T12:15:00.007Z',
      startedAt: '2026-11-22T12:15:00.020Z',
      endedAt: '2026-11-22T12:16:01.500Z',
      result: 'failed',
      exit: { kind: 'code', code: 2 },
    },
  ],
};

function decode(value: unknown): Ledger {
  return decodeLedger(Buffer.from(JSON.stringify(value)));
}

function problemOf(value: unknown): LedgerFormatError {
  try {
    decode(value);
  } catch (error) {
    assert.ok(error instanceof LedgerFormatError);
    return error;
  }
  assert.fail('it was read');
}

test('writes moments and epochs as texts, for people with zkCli', () => {
  assert.deepEqual(JSON.parse(encodeLedger(LEDGER).toString()), TEXT);
  assert.deepEqual(decode(TEXT), LEDGER);
  assert.equal(encodeLedger(EMPTY_LEDGER).toString(), '{"version":1,"failures":0,"entries":[]}');
});

test('reads what it has written', () => {
  fc.assert(
    fc.property(anyLedger, (ledger) => {
      assert.deepEqual(decodeLedger(encodeLedger(ledger)), ledger);
    }),
  );
});

test('reads past fields that it does not know', () => {
  const [missed, run] = TEXT.entries;
  const more = { colour: 'blue' };
  const entries = [
    { ...missed, ...more },
    { ...run, ...more, exit: { kind: 'code', code: 2, ...more } },
  ];
  assert.deepEqual(decode({ ...TEXT, ...more, entries }), LEDGER);
});

test('says of a newer format that it is newer, whatever else is in it', () => {
  const error = problemOf({ version: 2, runs: 'elsewhere' });
  assert.ok(error.isNewer);
  assert.equal(error.message, 'its format is 2, and this zk-leader-run reads none newer than 1; update it');
});

test('says where a ledger is malformed', () => {
  const [missed, run] = TEXT.entries;
  const at = (value: object, place: string): void => {
    const { isNewer, message } = problemOf({ ...TEXT, ...value });
    assert.ok(!isNewer && message.startsWith(`it is malformed at ${place}: Invalid `), message);
  };
  at({ tick: 'yesterday' }, 'tick');
  at({ tick: '2026-13-22T12:15:00.000Z' }, 'tick');
  at({ tick: 1764000000000 }, 'tick');
  at({ failures: -1 }, 'failures');
  at({ entries: undefined }, 'entries');
  at({ entries: [missed, { ...run, epoch: 4294967298 }] }, 'entries.1.epoch');
  at({ entries: [{ ...run, epoch: '-1' }] }, 'entries.0.epoch');
  at({ entries: [{ ...run, result: 'fine' }] }, 'entries.0.result');
  at({ entries: [{ ...run, kind: 'pause' }] }, 'entries.0.kind');
  for (const other of [[], 'ledger', null, {}, { version: 0 }, { version: '1' }])
    assert.equal(problemOf(other).message, 'it is no ledger of zk-leader-run');
  assert.throws(() => decodeLedger(Buffer.from('{"version":1')), LedgerFormatError);
  assert.throws(() => decodeLedger(Buffer.alloc(0)), LedgerFormatError);
});
