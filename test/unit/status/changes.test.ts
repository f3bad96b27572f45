import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesBetween } from '../../../src/status/changes.js';
import { changeInWords } from '../../../src/status/words.js';
import { type Election, leaderOf } from '../../../src/zookeeper/elections.js';
import { contender, election } from './made-up.js';

const [web1, web2, web3] = [contender(5, 'web1'), contender(9, 'web2'), contender(14, 'web3')];

function said(before: readonly Election[], after: readonly Election[]): string[] {
  return changesBetween(before, after).map(changeInWords);
}

test('tells everybody in line at the first look', () => {
  assert.deepEqual(said([], [election([web1, web2, web3])]), [
    'web1 leads (epoch 5)',
    'web2 stands by at place 2, watches web1',
    'web3 stands by at place 3, watches web2',
  ]);
  assert.deepEqual(said([], [election([])]), ['nobody leads']);
  assert.deepEqual(said([], []), []);
});

test('calls nobody a leader whom a pause holds back, whenever they came', () => {
  const pause = { by: 'ann', host: 'admin1', zxid: 20n, since: 'noon', first: 5n };
  const led = election([web1, web2]);
  assert.deepEqual(said([led], [election([web1, web2], { pause })]), ['paused by ann on admin1 since noon']);
  assert.deepEqual(said([election([web1, web2], { pause })], [election([web2, web3], { pause })]), [
    'nobody leads, after web1 has gone',
    'web3 stands by at place 2, watches web2',
  ]);
  assert.deepEqual(said([election([], { pause })], [election([web2], { pause })]), [
    'web2 stands by at place 1, and waits for the end of the pause',
  ]);
  assert.deepEqual(said([election([web2], { pause })], [election([web2])]), [
    'web2 leads (epoch 9)',
    'the pause is over',
  ]);
});

test('calls one a leader in a pause that may have come just ahead of it, and nobody where it does not say', () => {
  const pause = { by: 'ann', host: 'admin1', zxid: 7n, since: 'noon' };
  for (const [first, line, leader] of [
    ['nobody', [web1, web2], web1],
    ['nobody', [web2], undefined],
    ['unknown', [web1], undefined],
    [9n, [web1], undefined],
    [9n, [web2], web2],
  ] as const) {
    assert.equal(leaderOf(election(line, { pause: { ...pause, first } })), leader);
  }
});

test('tells nothing of what is as it was', () => {
  const pause = { by: 'ann', host: 'admin1', zxid: 99n, since: 'noon', first: 5n };
  const before = election([web1, web2], { strangers: ['x'], pause });
  assert.deepEqual(said([before], [election([web1, web2], { strangers: ['x'], pause: { ...pause } })]), []);
});

test('tells a hand-over in one line, and the end of all leading', () => {
  assert.deepEqual(said([election([web1, web2, web3])], [election([web2, web3])]), [
    'web2 leads (epoch 9), after web1 has gone',
  ]);
  assert.deepEqual(said([election([web1])], [election([web3])]), [
    'web3 leads (epoch 14), after web1 has gone',
  ]);
  assert.deepEqual(said([election([web1])], [election([])]), ['nobody leads, after web1 has gone']);
  assert.deepEqual(said([election([])], [election([web1])]), ['web1 leads (epoch 5)']);
});

test('tells who comes and who goes behind the leader', () => {
  assert.deepEqual(said([election([web1, web2])], [election([web1, web3])]), [
    'web3 stands by at place 2, watches web1',
    'web2 has left place 2',
  ]);
  assert.deepEqual(said([election([web1, web2, web3])], [election([web3])]), [
    'web3 leads (epoch 14), after web1 has gone',
    'web2 has left place 2',
  ]);
});

test('tells one who comes back from the one that it was', () => {
  const again = contender(21, 'web1');
  assert.deepEqual(said([election([web1, web2])], [election([web2, again])]), [
    'web2 leads (epoch 9), after web1 has gone',
    'web1 stands by at place 2, watches web2',
  ]);
});

test('tells pauses and strangers', () => {
  const pause = {
    by: 'ann',
    host: 'admin1',
    zxid: 99n,
    first: 5n,
    since: '2026-11-22T12:00:00Z',
    because: 'new\x1b[2J disks',
  };
  const quiet = election([web1]);
  const loud = election([web1], { pause, strangers: ['p_0000000001', 'lock'] });
  assert.deepEqual(said([quiet], [loud]), [
    'strangers, beside whom nobody new starts: p_0000000001, lock',
    'paused by ann on admin1 since 2026-11-22T12:00:00Z: new?[2J disks',
  ]);
  assert.deepEqual(said([loud], [quiet]), ['no stranger is left', 'the pause is over']);
});

test('keeps elections apart, and tells one that is removed', () => {
  const other = { path: '/jobs/weekly' };
  const changes = changesBetween([election([web1]), election([web2], other)], [election([web3], other)]);
  assert.deepEqual(
    changes.map((change) => [change.election.path, changeInWords(change)]),
    [
      ['/jobs/nightly', 'the election has been removed'],
      ['/jobs/weekly', 'web3 leads (epoch 14), after web2 has gone'],
    ],
  );
});

test('calls a contender by its znode where it tells no name', () => {
  assert.deepEqual(said([], [election([contender(5), contender(6, '')])]), [
    '_c_5-lock-0000000005 leads (epoch 5)',
    '_c_6-lock-0000000006 stands by at place 2, watches _c_5-lock-0000000005',
  ]);
});
