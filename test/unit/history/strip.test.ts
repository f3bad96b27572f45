import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawStrip, type StripStyle, stripStyle } from '../../../src/history/strip.js';
import type { Entry } from '../../../src/ledger/ledger.js';
import { gap, going, moment, run } from './made-up.js';

function lasting(seconds: number): Entry {
  return run(1, '11:00', { startedAt: moment('11:00'), endedAt: moment('11:00') + seconds * 1000 });
}

const ALL: readonly Entry[] = [
  lasting(80),
  run(2, '11:00', { result: 'failed' }),
  run(3, '11:00', { result: 'timed-out' }),
  run(4, '11:00', { result: 'replaced' }),
  run(5, '11:00', { result: 'interrupted' }),
  gap('missed', '11:15', '11:30', 2),
  gap('skipped', '11:15', '11:30', 2),
  going(6, '11:00', { epoch: 4n }),
  going(7, '11:00'),
];

function strip(entries: readonly Entry[], style: StripStyle, columns = Infinity): string {
  return drawStrip(entries, { style, leading: 5n, columns })
    .map(({ text }) => text)
    .join('');
}

test('draws a bar for each run, as high as it was long', () => {
  const seconds = [80, 70, 69, 40, 10, 9, 0];
  assert.equal(strip(seconds.map(lasting), 'bars'), 'runs up to 1m 20s  ██▇▅▂▁▁');
  assert.equal(strip([lasting(0)], 'bars'), 'runs  ▁');
  assert.equal(strip([going(1, '11:00'), gap('missed', '11:00', '11:00', 1)], 'bars'), 'runs  ▸·');
});

test('draws each result in letters, with a key to those that there are', () => {
  assert.equal(
    strip(ALL, 'letters'),
    'runs  +FTRIms?>  + succeeded, F failed, T timed-out, R replaced, I interrupted, m missed, s skipped, ' +
      '? no result, > running',
  );
  assert.equal(strip([lasting(1), lasting(1)], 'letters'), 'runs  ++  + succeeded');
});

test('colours each result', () => {
  const looks = drawStrip(ALL, { style: 'bars', leading: 5n, columns: Infinity }).map(({ look }) => look);
  assert.deepEqual(looks.slice(1, -1), [
    ...['success', 'failure', 'warning', 'warning', 'warning', 'warning', 'heading', 'warning', 'plain'],
  ]);
});

test('shows the latest where there is no room for all, and no key then', () => {
  const many = [...Array.from({ length: 50 }, () => lasting(1)), run(2, '11:00', { result: 'failed' })];
  assert.equal(strip(many, 'letters', 20), `runs  ${'+'.repeat(13)}F`);
  assert.equal(strip(many, 'letters', 60), `runs  ${'+'.repeat(50)}F`);
  assert.equal(strip(many, 'letters', 1), 'runs  F');
});

test('draws bars where a terminal shows them and their colours', () => {
  const env = { LANG: 'de_DE.UTF-8', TERM: 'xterm' };
  assert.equal(stripStyle(true, env), 'bars');
  assert.equal(stripStyle(true, { LC_ALL: 'C.utf8', LANG: 'C' }), 'bars');
  for (const other of [
    {},
    { ...env, LC_ALL: 'C' },
    { ...env, LC_CTYPE: 'POSIX' },
    { ...env, NO_COLOR: '1' },
    { ...env, TERM: 'dumb' },
  ]) {
    assert.equal(stripStyle(true, other), 'letters', JSON.stringify(other));
  }
  assert.equal(stripStyle(false, env), 'letters');
});
