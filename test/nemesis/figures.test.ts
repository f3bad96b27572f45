import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causeOf, describeFigures, gapsOf, median, rowsOf, termsOf } from './figures.js';
import { SECOND, madeUpFault, madeUpRun } from './made-up.js';

const TERMS = [
  ['a', 1, 5],
  ['b', 7, 10],
] as const;

test('a gap is from the last beat of a term to the first of the next', () => {
  const [gap, ...others] = gapsOf(madeUpRun(TERMS, []));
  assert.deepEqual([gap?.us, others.length], [2 * SECOND, 0]);
});

for (const [what, faults, cause] of [
  ['caused by its one fault', [madeUpFault('kill-supervisor', 'a', 5, 5)], 'kill-supervisor'],
  [
    'caused by a fault that began long before',
    [madeUpFault('stop-supervisor', 'a', 3.5, 6)],
    'stop-supervisor',
  ],
  ['caused by a fault of a server', [madeUpFault('cut-server', 'server 2', 4, 6)], 'cut-server'],
  [
    'caused by nobody in particular, if there were several',
    [madeUpFault('cut-client', 'a', 4, 6), madeUpFault('reset-client', 'a', 4, 4)],
    'several at once',
  ],
  ['not caused by a fault of another contender', [madeUpFault('kill-supervisor', 'b', 5, 5)], 'unknown'],
  [
    'not caused by a fault that was over long before',
    [madeUpFault('reset-client', 'a', 1.5, 1.5)],
    'unknown',
  ],
  ['not caused by a fault that came later', [madeUpFault('kill-supervisor', 'a', 5.5, 5.5)], 'unknown'],
] as const) {
  test(`the end of a term: ${what}`, () => {
    const [first] = termsOf(madeUpRun(TERMS, []).history);
    assert.equal(causeOf(first!, faults), cause);
  });
}

test('the runs of one epoch are one term, which may have ended at any time up to the next', () => {
  const run = madeUpRun([], [madeUpFault('kill-supervisor', 'a', 7, 7)]);
  for (const [index, [id, contender]] of [
    ['5-1', 'a'] as const,
    ['5-2', 'a'] as const,
    ['8-1', 'b'] as const,
  ].entries()) {
    const occasion = `2026-11-22T15:00:0${index}Z 1`;
    run.history.add(
      `${(2 + 3 * index) * SECOND} start ${contender} ${id} main ${index + 100} brief ${occasion}`,
    );
    run.history.add(`${(3 + 3 * index) * SECOND} end ${contender} ${id} main ${index + 100}`);
  }
  assert.deepEqual(
    gapsOf(run).map(({ us, cause }) => [us, cause]),
    [[2 * SECOND, 'kill-supervisor']],
  );
});

test('a command that ends by itself is its own cause', () => {
  const [first] = termsOf(madeUpRun([['a', 1, 5, 'deaf+mortal']], []).history);
  assert.equal(causeOf(first!, []), 'the command itself');
});

test('the figures count by kind, with the median and the longest gap', () => {
  const run = madeUpRun(
    [
      ['a', 0, 2],
      ['b', 3, 5],
      ['a', 8, 10],
      ['b', 15, 16],
    ],
    [
      madeUpFault('kill-both', 'a', 2, 2),
      madeUpFault('kill-both', 'b', 5, 5, 2),
      madeUpFault('kill-both', 'a', 10, 10, 3),
    ],
  );
  const [row] = rowsOf(run);
  assert.deepEqual(row, { cause: 'kill-both', faults: 3, gaps: 3, medianMs: 3000, longestMs: 5000 });
  const words = describeFigures(run).join('\n');
  assert.match(words, /3 faults in 20 s, 4 terms, 4 processes of commands/);
  assert.match(words, /two at once: 0, rules broken: 0/);
  assert.match(words, /^kill-both +3 +3 +3000 ms +5000 ms$/m);
});

test('the median of an even number of values is between the middle two', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([3, 1, 2]), 2);
});
