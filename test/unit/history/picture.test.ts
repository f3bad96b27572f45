import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeFrame } from '../../../src/history/frame.js';
import { drawRecords, type PartedLine, type Viewpoint } from '../../../src/history/picture.js';
import { textWidth } from '../../../src/status/text-width.js';
import type { Records } from '../../../src/zookeeper/records.js';
import { contender, NOON } from '../status/made-up.js';
import { gap, going, kept, moment, run } from './made-up.js';

const VIEWPOINT: Viewpoint = {
  path: '/jobs/nightly',
  at: NOON,
  columns: Infinity,
  style: 'letters',
  last: Infinity,
  nextTick: () => undefined,
};

const ENTRIES = [
  run(1, '2026-11-21 23:45'),
  run(2, '10:45', { result: 'failed', exit: { kind: 'code', code: 2 } }),
  run(3, '11:00', {
    reason: 'late',
    attempt: 2,
    result: 'timed-out',
    exit: { kind: 'signal', signal: 'SIGTERM' },
  }),
  gap('missed', '11:15', '11:30', 2),
  going(4, '11:58', { reason: 'request' }),
];

function textOf(line: PartedLine): string {
  return line.map(({ text }) => text).join('');
}

function drawn(records: Records, more: Partial<Viewpoint> = {}): string[] {
  const { head, table } = drawRecords(records, { ...VIEWPOINT, ...more });
  return [...head, ...table].map(textOf);
}

test('shows what comes next, what has been, and every run', () => {
  const nextTick = (schedule: string, after: number): number => {
    assert.deepEqual([schedule, after], ['every 15m', NOON.getTime()]);
    return moment('12:15');
  };
  const request = going(4, '11:58', { reason: 'request', tick: undefined });
  const entries = [...ENTRIES.slice(0, -1), request];
  assert.deepEqual(drawn(kept({ entries, tick: moment('11:30') }), { nextTick }), [
    '/jobs/nightly: every 15m, next tick 12:15:00, in 15m 0s',
    '4 runs kept: 1 succeeded, 1 failed, 1 timed-out, 1 not ended; 2 ticks missed',
    'runs  +FTm>  + succeeded, F failed, T timed-out, m missed, > running',
    'tick                  run  attempt  result               started                took  by    host          epoch',
    '2026-11-21 23:45:00   5-1        1  succeeded            2026-11-21 23:45:00  1m 30s  web1  web1.example      5',
    '10:45:00              5-2        1  failed (code 2)      10:45:00             1m 30s  web1  web1.example      5',
    '11:00:00 late         5-3        2  timed-out (SIGTERM)  11:00:00             1m 30s  web1  web1.example      5',
    '11:15:00 to 11:30:00                2 ticks missed                                    web1',
    'by request            5-4        1  running              11:58:00             1m 59s  web1  web1.example      5',
  ]);
});

test('looks for the next tick behind the last one that was claimed, though the clock is behind it', () => {
  const asked: number[] = [];
  const nextTick = (_: string, after: number): undefined => void asked.push(after);
  assert.equal(drawn(kept({ tick: moment('12:15') }), { nextTick })[0], '/jobs/nightly: every 15m');
  assert.deepEqual(asked, [moment('12:15')]);
});

test('warns of failures in a row, of a pause, and of nobody who leads', () => {
  const records = kept({ schedule: undefined, failures: 2 });
  const pause = {
    by: 'ann',
    host: 'admin1',
    since: '2026-11-22T11:00:00Z',
    zxid: 3n,
    first: 'nobody',
  } as const;
  assert.deepEqual(drawn({ ...records, roster: { ...records.roster, pause } }), [
    '/jobs/nightly: no schedule',
    '0 runs kept',
    '2 failures in a row',
    'nobody leads: nothing is run until somebody does',
    'paused by ann on admin1 since 2026-11-22T11:00:00Z',
  ]);
  assert.ok(drawn(kept({ failures: 1 })).includes('1 failure in a row'));
});

test('takes a run for over whose term is', () => {
  const rows = drawn(kept({ entries: [going(4, '11:58')] }, [contender(9, 'web2')]));
  assert.match(rows.at(-1) ?? '', / no result +11:58:00 +- /);
  assert.match(drawn(kept({ entries: [going(4, '11:58')] })).at(-1) ?? '', / running /);
});

test('says in the place of a tick what else a run was for', () => {
  const untimed = run(1, '11:00', { tick: undefined });
  const entries = [
    { ...untimed, reason: 'restart' as const },
    { ...untimed, reason: 'tick' as const, name: 'release-7' },
    run(2, '11:00', { reason: 'rerun' }),
    gap('skipped', '2026-11-21 23:45', '2026-11-21 23:45', 1),
    gap('missed', '2026-11-21 23:45', '00:15', 3),
    run(3, '11:30', { result: 'failed', exit: { kind: 'not-started', errno: 'ENOENT' } }),
    run(4, '11:45', { endedAt: moment('11:45') + 320 }),
    run(5, '11:46', { endedAt: moment('11:46') + 3279 }),
  ];
  const rows = drawn(kept({ entries })).slice(-entries.length);
  const cells = rows.map((row) => row.split(/ {2,}/));
  assert.deepEqual(
    cells.map(([tickCell]) => tickCell),
    [
      'restart',
      'release-7',
      '11:00:00 rerun',
      '2026-11-21 23:45:00',
      '2026-11-21 23:45:00 to 00:15:00',
      '11:30:00',
      '11:45:00',
      '11:46:00',
    ],
  );
  assert.ok(rows[3]?.includes(' 1 tick skipped ') && rows[4]?.includes(' 3 ticks missed '), rows.join('\n'));
  assert.ok(rows[5]?.includes(' failed (not started: ENOENT) '), rows[5]);
  assert.ok(rows[6]?.includes(' 300ms ') && rows[7]?.includes(' 3.2s '), rows.join('\n'));
});

test('shows the latest entries alone, and counts them all', () => {
  const rows = drawn(kept({ entries: ENTRIES }), { last: 2 });
  assert.equal(rows[1], '4 runs kept: 1 succeeded, 1 failed, 1 timed-out, 1 not ended; 2 ticks missed');
  assert.match(rows[2] ?? '', /^runs {2}m> /);
  assert.equal(rows.length, 6);
});

test('shows nothing that a terminal would obey', () => {
  const nasty = 'a\x1b]0;b\x07';
  const entries = [
    run(1, '11:00', {
      id: nasty,
      by: nasty,
      host: nasty,
      name: nasty,
      exit: { kind: 'signal', signal: nasty },
    }),
  ];
  const rows = drawn(kept({ schedule: nasty, entries })).concat(
    drawn({ kind: 'unreadable', because: nasty }, { path: nasty }),
    drawn({ kind: 'none' }, { path: nasty }),
  );
  // eslint-disable-next-line no-control-regex -- none may reach a terminal
  assert.doesNotMatch(rows.join(''), /[\x00-\x1f\x7f-\x9f]/);
});

test('says where there are no records, or none that can be read', () => {
  assert.deepEqual(drawn({ kind: 'none' }), [
    'no runs are recorded at /jobs/nightly: records are kept with --every, --cron, --once-per, --on-exit or --on-failure',
  ]);
  assert.deepEqual(drawn({ kind: 'unreadable', because: 'it is no ledger' }), [
    'the records beside /jobs/nightly cannot be read: it is no ledger',
  ]);
});

test('fits into any terminal, and never loses what became of which run', () => {
  for (let columns = 30; columns <= 130; columns += 1) {
    const rows = drawn(kept({ entries: ENTRIES }), { columns });
    for (const row of rows) assert.ok(textWidth(row) <= columns, `${columns}: ${row}`);
  }
  assert.deepEqual(drawn(kept({ entries: ENTRIES }), { columns: 50 }).slice(3), [
    'tick             result                 took  by',
    '2026-11-21 23:…  succeeded            1m 30s  web1',
    '10:45:00         failed (code 2)      1m 30s  web1',
    '11:00:00 late    timed-out (SIGTERM)  1m 30s  web1',
    '11:15:00 to 11…  2 ticks missed               web1',
    '11:58:00 by re…  running              1m 59s  web1',
  ]);
});

test('keeps the latest runs where a terminal has no room for all', () => {
  const drawing = drawRecords(kept({ entries: ENTRIES }), { ...VIEWPOINT, columns: 80 });
  const frame = (rows: number, staleBecause?: string): string[] =>
    composeFrame(
      { path: '/jobs/nightly', zookeeper: 'zk1', drawing, staleBecause, at: NOON },
      { columns: 80, rows },
    ).map(textOf);
  const all = frame(24);
  assert.deepEqual(all.slice(0, 2), [
    `zk-leader-run history: /jobs/nightly at zk1${'12:00:00'.padStart(37)}`,
    '',
  ]);
  assert.deepEqual(all.slice(2), [...drawing.head, ...drawing.table].map(textOf));
  const table = drawing.table.map(textOf);
  assert.deepEqual(frame(8), [...all.slice(0, 5), table[0], ...table.slice(-2)]);
  assert.deepEqual(frame(5), all.slice(0, 5));
  assert.deepEqual(frame(3), all.slice(0, 3));
  const stale = frame(24, 'the server closed the connection');
  assert.equal(stale[1], 'NOT CONNECTED, this is how it was last seen: the server closed the connection');
});
