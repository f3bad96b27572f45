import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NamePattern } from '../../../src/election/contenders.js';
import {
  describePattern,
  namePrefix,
  sequenceOf,
  standing,
  strangers,
} from '../../../src/election/contenders.js';

const ours: NamePattern = { prefix: undefined };

const GUID = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';

function named(sequence: number, guid = GUID): string {
  // As ZooKeeper does it: "%010d" of a signed 32-bit counter.
  return `_c_${guid}-lock-${sequence < 0 ? '-' : ''}${String(Math.abs(sequence)).padStart(sequence < 0 ? 9 : 10, '0')}`;
}

test('gives its znodes a guid, or the prefix of another election', () => {
  assert.equal(namePrefix(ours, GUID), `_c_${GUID}-lock-`);
  assert.equal(namePrefix({ prefix: 'n_' }, GUID), 'n_');
  assert.equal(describePattern(ours), '_c_<guid>-lock-NNNNNNNNNN');
  assert.equal(describePattern({ prefix: 'n_' }), 'n_NNNNNNNNNN');
});

test('takes the names of Curator, go-zookeeper and kazoo with an option for contenders', () => {
  for (const name of [
    // Curator's InterProcessMutex and LeaderSelector.
    '_c_0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-lock-0000000007',
    // go-zookeeper's Lock: no hyphens in its guid.
    '_c_0f1e2d3c4b5a69788796a5b4c3d2e1f0-lock-0000000007',
    // kazoo's Lock with _NODE_NAME set to "-lock-".
    '0f1e2d3c4b5a69788796a5b4c3d2e1f0-lock-0000000007',
  ]) {
    assert.equal(sequenceOf(ours, name), 7, name);
  }
});

test('takes every other name for a stranger', () => {
  const others = [
    '0f1e2d3c4b5a69788796a5b4c3d2e1f0__lock__0000000007', // kazoo as it comes
    '_c_0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-latch-0000000007', // Curator's LeaderLatch
    'latch-0000000007',
    'lock-0000000007',
    '-lock-0000000007',
    'n_0000000007',
    'leases',
    '',
    `_c_${GUID}-lock-`,
    `_c_${GUID}-lock-7`,
    `_c_${GUID}-lock-00000000007`,
    `_c_${GUID}-lock-0000000007x`,
    `_c_${GUID}-lock-0000000007\n`,
    `_c_${GUID}-lock-+000000007`,
    `_c_${GUID}-lock-00000000a7`,
  ];
  assert.deepEqual(strangers(ours, [named(1), ...others, named(2)]), others);
});

test('takes, with a prefix, what bears it and a number, and nothing else', () => {
  const pattern = { prefix: 'n_' };
  assert.equal(sequenceOf(pattern, 'n_0000000007'), 7);
  assert.equal(sequenceOf(pattern, 'n_-2147483648'), -2147483648);
  assert.deepEqual(strangers(pattern, ['n_7', 'n_x0000000007', 'm_0000000007', named(7), 'n_0000000007']), [
    'n_7',
    'n_x0000000007',
    'm_0000000007',
    named(7),
  ]);
});

test('leads with the lowest number, whatever the letters before it', () => {
  const names = [named(12, 'aaaa'), named(9, 'ffff'), named(10, '0000')];
  assert.deepEqual(standing(ours, names, named(9, 'ffff')), { kind: 'leads' });
  assert.deepEqual(standing(ours, names, named(10, '0000')), {
    kind: 'behind',
    predecessor: named(9, 'ffff'),
    leader: named(9, 'ffff'),
    place: 2,
  });
  assert.deepEqual(standing(ours, names, named(12, 'aaaa')), {
    kind: 'behind',
    predecessor: named(10, '0000'),
    leader: named(9, 'ffff'),
    place: 3,
  });
});

test('has no place where its own znode is missing, or is a stranger', () => {
  assert.deepEqual(standing(ours, [named(1)], named(2)), { kind: 'absent' });
  assert.deepEqual(standing(ours, [], named(2)), { kind: 'absent' });
  assert.deepEqual(standing(ours, ['n_0000000001'], 'n_0000000001'), { kind: 'absent' });
});

test('gives strangers no place in the line', () => {
  assert.deepEqual(standing(ours, ['n_0000000000', named(5), 'latch-0000000001'], named(5)), {
    kind: 'leads',
  });
});

test('stands behind what was made before the counter passed 2147483647 (kazoo#730)', () => {
  const names = [
    named(2147483646, 'a'),
    named(2147483647, 'b'),
    named(-2147483648, 'c'),
    named(-2147483647, 'd'),
  ];
  const [a, b, c, d] = names as [string, string, string, string];
  assert.deepEqual(standing(ours, names, a), { kind: 'leads' });
  assert.deepEqual(standing(ours, names, b), { kind: 'behind', predecessor: a, leader: a, place: 2 });
  assert.deepEqual(standing(ours, names, c), { kind: 'behind', predecessor: b, leader: a, place: 3 });
  assert.deepEqual(standing(ours, names, d), { kind: 'behind', predecessor: c, leader: a, place: 4 });
  assert.deepEqual(standing(ours, [d, c], c), { kind: 'leads' });
});

test('passes zero again without a gap, as ZooKeeper pads a negative number to ten characters', () => {
  assert.equal(named(-1), `_c_${GUID}-lock--000000001`);
  assert.deepEqual(standing(ours, [named(-1, 'a'), named(0, 'b')], named(0, 'b')), {
    kind: 'behind',
    predecessor: named(-1, 'a'),
    leader: named(-1, 'a'),
    place: 2,
  });
});

test('lets exactly one lead, and everybody else watch another, in any line and any order of reading', () => {
  const lines = fc.record({
    first: fc.integer({ min: -2147483648, max: 2147483647 }),
    gaps: fc.array(fc.integer({ min: 1, max: 1_000_000 }), { maxLength: 30 }),
    keys: fc.array(fc.nat(), { minLength: 32, maxLength: 32 }),
  });
  fc.assert(
    fc.property(lines, ({ first, gaps, keys }) => {
      const line = [named(first, '0')];
      let sequence = first;
      for (const [index, gap] of gaps.entries()) {
        sequence = (sequence + gap) | 0;
        line.push(named(sequence, `${index + 1}`));
      }
      const read = [...line, 'a stranger']
        .map((name, index) => ({ name, key: keys[index] ?? 0 }))
        .sort((one, other) => one.key - other.key)
        .map(({ name }) => name);
      for (const [index, name] of line.entries()) {
        assert.deepEqual(
          standing(ours, read, name),
          index === 0
            ? { kind: 'leads' }
            : { kind: 'behind', predecessor: line[index - 1], leader: line[0], place: index + 1 },
        );
      }
    }),
  );
});
