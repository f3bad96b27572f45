import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeFrame } from '../../../src/status/frame.js';
import { drawElections } from '../../../src/status/picture.js';
import { paint } from '../../../src/status/screen.js';
import { textWidth } from '../../../src/status/text-width.js';
import { timeOfDay } from '../../../src/status/words.js';
import type { Election } from '../../../src/zookeeper/elections.js';
import { contender, election, NOON } from './made-up.js';

const web1 = contender(5, 'web1', 3 * 86_400 + 4 * 3600 + 59);
const web2 = contender(1621, 'web2', 61);
const PAIR = election([web1, web2]);

function drawn(elections: readonly Election[], columns = Infinity): string[] {
  return drawElections(elections, { path: '/jobs', at: NOON, columns }).map(({ text }) => text);
}

test('shows everybody in line, and whom each watches', () => {
  assert.deepEqual(drawn([PAIR]), [
    '/jobs/nightly: web1 leads, epoch 5',
    'place  id    host           pid  command   in line for  epoch  session             watches',
    '    1  web1  web1.example  4005  ./job.sh  3d 4h            5  0x0000000000000005  -',
    '    2  web2  web2.example  5621  ./job.sh  1m 1s         1621  0x0000000000000655  web1',
  ]);
});

test('shows elections apart, who has paused them, and strangers', () => {
  const pause = {
    by: 'ann\x07',
    host: 'admin1',
    zxid: 99n,
    first: 'nobody',
    since: '2026-11-22T12:00:00Z',
  } as const;
  const idle = election([], { path: '/jobs/weekly', pause, strangers: ['p_0000000001'] });
  assert.deepEqual(drawn([PAIR, idle]).slice(-4), [
    '',
    '/jobs/weekly: nobody leads',
    'paused by ann? on admin1 since 2026-11-22T12:00:00Z',
    'strangers, beside whom nobody new starts: p_0000000001',
  ]);
  assert.deepEqual(drawn([]), ['there is no election /jobs']);
});

test('shows in their places what foreign contenders tell, and nothing that a terminal would obey', () => {
  const { name, facts, ...rest } = contender(7, 'x');
  const lines = drawn([
    election([
      { ...rest, name, facts: {} },
      { ...rest, name, facts: { ...facts, id: '日本 🚀', host: 'a\x1b]0;b\x07' } },
    ]),
  ]);
  assert.deepEqual(lines.slice(1), [
    'place  id                    host      pid  command   in line for  epoch  session             watches',
    '    1  _c_7-lock-0000000007  -           -  -         0s               7  0x0000000000000007  -',
    '    2  日本 🚀               a?]0;b?  4007  ./job.sh  0s               7  0x0000000000000007  _c_7-lock-0000000007',
  ]);
});

test('fits into any terminal: texts are cut first, then columns go, and never who is who', () => {
  const long = { ...web2, facts: { ...web2.facts, id: 'a-rather-long-name-for-a-server.example:4711' } };
  const elections = [election([web1, long, web2])];
  for (let columns = 1; columns <= 140; columns += 1) {
    for (const text of drawn(elections, columns).slice(1)) assert.ok(textWidth(text) <= columns, text);
  }
  assert.deepEqual(drawn(elections, 100).slice(1), [
    'place  id           host          pid  command   in line for  epoch  session             watches',
    '    1  web1         web1.examp…  4005  ./job.sh  3d 4h            5  0x0000000000000005  -',
    '    2  a-rather-l…  web2.examp…  5621  ./job.sh  1m 1s         1621  0x0000000000000655  web1',
    '    3  web2         web2.examp…  5621  ./job.sh  1m 1s         1621  0x0000000000000655  a-rather-l…',
  ]);
  assert.deepEqual(drawn(elections, 60).slice(1), [
    'place  id               in line for  epoch  watches',
    '    1  web1             3d 4h            5  -',
    '    2  a-rather-long-…  1m 1s         1621  web1',
    '    3  web2             1m 1s         1621  a-rather-long-n…',
  ]);
});

test('counts an age below zero as none: clocks differ', () => {
  const early = contender(5, 'web1', -3600);
  assert.match(drawn([election([early])])[2] ?? '', / 0s /);
});

const FRAME = { path: '/jobs', zookeeper: 'zk1,zk2', elections: [PAIR], at: NOON, staleBecause: undefined };

test('composes a picture with what has changed of late, as far as there is room', () => {
  const entries = Array.from({ length: 20 }, (_, index) => `entry ${index}`);
  const frame = (rows: number, columns = 100) =>
    composeFrame({ ...FRAME, entries }, { columns, rows }).map(({ text }) => text);
  const time = timeOfDay(NOON);
  const header = 'zk-leader-run status: /jobs at zk1,zk2';
  assert.deepEqual(frame(9), [
    `${header}${time.padStart(100 - header.length)}`,
    '',
    ...drawn([PAIR], 100),
    '',
    'entry 18',
    'entry 19',
  ]);
  assert.equal(frame(40).length, 2 + 4 + 1 + 8);
  assert.deepEqual(frame(7).slice(2), drawn([PAIR], 100));
  assert.deepEqual(frame(5).slice(2), [...drawn([PAIR], 100).slice(0, 2), '… 2 lines more']);
  for (const rows of [3, 5, 9]) {
    for (const columns of [1, 10, 37, 80]) {
      assert.ok(frame(rows, columns).length <= rows);
      assert.ok(frame(rows, columns).every((text) => textWidth(text) <= columns));
    }
  }
});

test('marks a picture that may be out of date', () => {
  const stale = { ...FRAME, entries: [], staleBecause: 'no answer for 2000ms' };
  const [, warning] = composeFrame(stale, { columns: 100, rows: 24 });
  assert.deepEqual(warning, {
    text: 'NOT CONNECTED, this is how it was last seen: no answer for 2000ms',
    look: 'warning',
  });
});

test('shows the leader in colour unless asked for none, or where there can be none', () => {
  const leader = { text: 'web1', look: 'leader' } as const;
  assert.equal(paint(leader, {}), '\x1b[32mweb1\x1b[0m');
  assert.equal(paint(leader, { NO_COLOR: '' }), '\x1b[32mweb1\x1b[0m');
  assert.equal(paint(leader, { NO_COLOR: '1' }), 'web1');
  assert.equal(paint({ text: 'a', look: 'title' }, { TERM: 'dumb' }), 'a');
});
