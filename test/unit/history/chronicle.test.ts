import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chronicle } from '../../../src/history/chronicle.js';
import type { Records } from '../../../src/zookeeper/records.js';
import { contender, NOON } from '../status/made-up.js';
import { gap, going, kept, run } from './made-up.js';

const PATH = '/jobs/nightly';
const NONE: Records = { kind: 'none' };

/** Shows it one look after the other, and returns what was said of the last. */
function told(...looks: readonly Records[]): string[] {
  const chronicle = new Chronicle(PATH, Infinity);
  let said: string[] = [];
  for (const records of looks)
    said = chronicle.seen(records).map((event) => chronicle.inWords(event, NOON).replace(/^12:00:00 /, ''));
  return said;
}

const CLAIMED = kept({ entries: [run(1, '11:00'), going(2, '11:15')] });
const ENDED = kept({
  entries: [run(1, '11:00'), run(2, '11:15', { result: 'failed', exit: { kind: 'code', code: 2 } })],
});

test('tells what there is at the first look, as much as is wanted', () => {
  assert.deepEqual(told(NONE), [
    `no runs are recorded at ${PATH}: records are kept with --every, --cron, --once-per, --on-exit or --on-failure`,
  ]);
  assert.deepEqual(told(CLAIMED), [
    'run 5-1 of web1 (11:00:00) succeeded after 1m 30s',
    'run 5-2 of web1 (11:15:00) begins',
  ]);
  const chronicle = new Chronicle(PATH, 1);
  assert.deepEqual(chronicle.seen(CLAIMED), [{ kind: 'claimed', entry: CLAIMED.ledger.entries[1] }]);
  assert.equal(chronicle.seen(kept({ entries: [...ENDED.ledger.entries, going(3, '11:30')] })).length, 2);
});

test('tells how runs begin and end, and of ticks that had none', () => {
  assert.deepEqual(told(CLAIMED, ENDED), ['run 5-2 of web1 (11:15:00) failed (code 2) after 1m 30s']);
  const missed = kept({ entries: [...ENDED.ledger.entries, gap('missed', '11:30', '11:30', 1)] });
  assert.deepEqual(told(ENDED, missed), ['1 tick missed: 11:30:00']);
  const more = kept({ entries: [...ENDED.ledger.entries, gap('missed', '11:30', '11:45', 2)] });
  assert.deepEqual(told(missed, more), ['2 ticks missed: 11:30:00 to 11:45:00']);
  const night = { ...gap('missed', '11:30', '11:45', 100), atLeast: true } as const;
  assert.deepEqual(told(missed, kept({ entries: [...ENDED.ledger.entries, night] })), [
    'at least 100 ticks missed: 11:30:00 to 11:45:00',
  ]);
  const lost = kept({ entries: [going(2, '11:15', { result: 'interrupted' })] });
  assert.deepEqual(told(CLAIMED, lost), ['run 5-2 of web1 (11:15:00) interrupted']);
});

test('tells nothing where nothing has changed but who stands in line, or what was forgotten', () => {
  assert.deepEqual(told(ENDED, ENDED), []);
  assert.deepEqual(told(ENDED, { ...ENDED, roster: { ...ENDED.roster, line: [contender(9, 'web2')] } }), []);
  assert.deepEqual(told(ENDED, kept({ entries: ENDED.ledger.entries.slice(1) })), []);
});

test('tells another schedule, and records that go or cannot be read', () => {
  assert.deepEqual(told(ENDED, kept({ ...ENDED.ledger, schedule: 'every 5m' })), ['schedule: every 5m']);
  assert.deepEqual(told(ENDED, kept({ ...ENDED.ledger, schedule: undefined })), ['no schedule any more']);
  assert.deepEqual(told(ENDED, NONE), ['the records have been removed']);
  assert.deepEqual(told(ENDED, NONE, NONE), []);
  assert.deepEqual(told(ENDED, { kind: 'unreadable', because: 'it is no ledger' }), [
    `the records beside ${PATH} cannot be read: it is no ledger`,
  ]);
  assert.equal(told(NONE, ENDED).length, 2);
});

test('tells once that the connection has gone, and that it is back', () => {
  const chronicle = new Chronicle(PATH, Infinity);
  assert.deepEqual(chronicle.suspended('it hangs up'), []);
  chronicle.seen(ENDED);
  const [gone] = chronicle.suspended('it hangs up');
  assert.ok(gone !== undefined);
  assert.deepEqual(chronicle.suspended('again'), []);
  assert.equal(chronicle.staleBecause, 'it hangs up');
  assert.equal(chronicle.inWords(gone, NOON), '12:00:00 not connected: it hangs up');
  const [back] = chronicle.seen(ENDED);
  assert.ok(back !== undefined);
  assert.deepEqual([chronicle.staleBecause], [undefined]);
  assert.equal(chronicle.inWords(back, NOON), '12:00:00 connected again');
  const none = { at: NOON.toISOString(), election: PATH, entry: null, schedule: null };
  assert.deepEqual(JSON.parse(chronicle.inJson(gone, NOON)), {
    ...none,
    change: 'disconnected',
    because: 'it hangs up',
  });
  assert.deepEqual(JSON.parse(chronicle.inJson(back, NOON)), {
    ...none,
    change: 'reconnected',
    because: null,
  });
});

test('gives programs the same changes', () => {
  const chronicle = new Chronicle(PATH, Infinity);
  const changes = (records: Records): unknown[] =>
    chronicle.seen(records).map((event) => JSON.parse(chronicle.inJson(event, NOON)) as unknown);
  const head = { at: NOON.toISOString(), election: PATH, entry: null, schedule: null, because: null };
  assert.deepEqual(changes(NONE), [{ ...head, change: 'absent' }]);
  assert.deepEqual(changes(kept({ entries: [gap('missed', '11:30', '11:45', 2)] })), [
    {
      ...head,
      change: 'missed',
      entry: {
        kind: 'missed',
        first: '2026-11-22T11:30:00.000Z',
        last: '2026-11-22T11:45:00.000Z',
        count: 2,
        atLeast: false,
        by: 'web1',
      },
    },
  ]);
  assert.deepEqual(changes({ kind: 'unreadable', because: 'x' }), [
    { ...head, change: 'unreadable', because: 'x' },
  ]);
  assert.deepEqual(changes(NONE), [{ ...head, change: 'removed' }]);
});
