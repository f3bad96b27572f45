// The checkers, on histories that are made up: a sound one passes, and each way of spoiling it is caught.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Rule } from './history.js';
import { History } from './history.js';
import { parseLine } from './line.js';

interface MadeUp {
  readonly at: number;
  readonly text: string;
}

/** Of the first run of the epoch, or of the one with that id. */
function line(at: number, event: string, contender: string, run: number | string, rest = 'main 10'): MadeUp {
  const id = typeof run === 'number' ? `${run}-1` : run;
  return { at, text: `${at} ${event} ${contender} ${id} ${rest}` };
}

/** Beats every 2 ms from one moment to another, by two processes. */
function term(contender: string, epoch: number, from: number, to: number): MadeUp[] {
  const lines = [line(from, 'start', contender, epoch, `main ${epoch}1 polite`)];
  for (let at = from; at < to; at += 2000) lines.push(line(at, 'beat', contender, epoch, `main ${epoch}1`));
  for (let at = from + 700; at < to; at += 2000)
    lines.push(line(at, 'beat', contender, epoch, `daemon ${epoch}2`));
  lines.push(line(to, 'beat', contender, epoch, `daemon ${epoch}2`));
  return lines;
}

/** As the kernel has them in the file: in the order of the writes, here of the time stamps. */
function read(...lines: readonly MadeUp[]): History {
  const history = new History();
  for (const { text } of [...lines].sort((a, b) => a.at - b.at)) history.add(text);
  return history;
}

function rules(history: History): Rule[] {
  return history.violations.map(({ rule }) => rule);
}

test('a sound history breaks no rule', () => {
  const history = read(
    ...term('a', 5, 1000, 9000),
    ...term('b', 8, 9001, 20_000),
    ...term('a', 9, 30_000, 40_000),
  );
  assert.deepEqual(history.violations, []);
  assert.deepEqual(
    history.lives.map(({ contender, epoch, first, last, manner, processes }) => [
      contender,
      epoch,
      first,
      last,
      manner,
      processes.size,
    ]),
    [
      ['a', 5n, 1000, 9000, 'polite', 2],
      ['b', 8n, 9001, 20_000, 'polite', 2],
      ['a', 9n, 30_000, 40_000, 'polite', 2],
    ],
  );
});

test('catches one beat 1 ms after the next term has begun', () => {
  const history = read(
    ...term('a', 5, 1000, 9000),
    line(10_000, 'beat', 'a', 5, 'daemon 52'),
    ...term('b', 8, 9000 + 1, 20_000),
  );
  assert.deepEqual(rules(history), ['two at once']);
  assert.match(
    history.violations[0]?.message ?? '',
    /^process 52 \(daemon\) of run 5-1 of a beat 1\.0 ms after the start of run 8-1 of b$/,
  );
});

test('catches a write after the first of the next term, whatever its time stamp says', () => {
  const history = new History();
  for (const { text } of [
    ...term('a', 5, 1000, 3000),
    line(9001, 'start', 'b', 8, 'main 81 polite'),
    line(8999, 'beat', 'a', 5, 'main 51'),
  ])
    history.add(text);
  assert.deepEqual(rules(history), ['two at once']);
});

test('catches a time stamp before the last one of the term before, though written later', () => {
  const history = new History();
  for (const { text } of [...term('a', 5, 1000, 9000), line(8500, 'start', 'b', 8, 'main 81 polite')])
    history.add(text);
  assert.deepEqual(rules(history), ['two at once']);
});

test('catches every overlap, and its length, wherever it is', () => {
  const anyTerms = fc.array(
    fc.record({
      contender: fc.constantFrom('a', 'b', 'c'),
      forUs: fc.integer({ min: 2000, max: 30_000 }),
      gapUs: fc.integer({ min: 1, max: 30_000 }),
    }),
    { minLength: 2, maxLength: 8 },
  );
  fc.assert(
    fc.property(anyTerms, fc.nat(), fc.integer({ min: 1, max: 3000 }), (shapes, which, overlapUs) => {
      let at = 1000;
      const spans = shapes.map(({ contender, forUs, gapUs }, index) => {
        const span = { contender, epoch: index + 1, from: at, to: at + forUs };
        at += forUs + gapUs;
        return span;
      });
      const sound = spans.flatMap(({ contender, epoch, from, to }) => term(contender, epoch, from, to));
      assert.deepEqual(read(...sound).violations, []);

      const older = which % (spans.length - 1);
      const newer = spans[older + 1]!;
      const late = line(newer.from + overlapUs, 'beat', spans[older]!.contender, older + 1, 'daemon 1');
      const history = read(...sound, late);
      // More than one, if the term overlapped was itself shorter.
      assert.ok(history.overlaps.length > 0);
      assert.ok(
        history.overlaps.every(
          ({ older: life, until }) => life.epoch === BigInt(older + 1) && until === late.at,
        ),
      );
    }),
  );
});

test('catches a process that does not beat, but was seen by the next term', () => {
  const history = read(
    ...term('a', 5, 1000, 9000),
    ...term('b', 8, 12_000, 20_000),
    line(12_400, 'saw', 'b', 8, 'main 81 5-1:52'),
  );
  assert.deepEqual(rules(history), ['two at once']);
  assert.match(
    history.violations[0]?.message ?? '',
    /^process 52 \(daemon\) of run 5-1 of a was seen 0\.4 ms after the start of run 8-1 of b$/,
  );
  const unheard = read(...term('b', 8, 12_000, 20_000), line(12_400, 'saw', 'b', 8, 'main 81 7-1:99'));
  assert.match(unheard.violations[0]?.message ?? '', /saw process 99 of run 7-1, which never beat/);
});

test('catches an epoch that goes back', () => {
  const history = read(...term('a', 8, 1000, 9000), ...term('b', 5, 12_000, 12_001));
  assert.equal(rules(history)[0], 'two at once');
  assert.ok(rules(history).includes('epoch went back'));
});

test('catches a command that is started twice in one term', () => {
  const twice = read(...term('a', 5, 1000, 9000), line(9500, 'start', 'a', 5, 'main 99 polite'));
  assert.deepEqual(rules(twice), ['started twice']);
  const byTwo = read(...term('a', 5, 1000, 9000), line(9500, 'start', 'b', 5, 'main 99 polite'));
  assert.deepEqual(rules(byTwo), ['started twice']);
});

test('runs of one term that follow upon one another break no rule', () => {
  const history = read(
    line(1000, 'start', 'a', '5-1', 'main 51 polite 2026-11-22T15:00:00.000Z 1'),
    line(2000, 'end', 'a', '5-1', 'main 51'),
    line(2001, 'start', 'a', '5-2', 'main 52 deaf 2026-11-22T15:00:00.000Z 2'),
    line(3000, 'beat', 'a', '5-2', 'main 52'),
    line(3001, 'start', 'b', '8-1', 'main 81 deaf 2026-11-22T15:00:01.000Z 1'),
  );
  assert.deepEqual(history.violations, []);
  assert.deepEqual(
    history.lives.map(({ manner, occasion, ended }) => [manner, occasion?.attempt, ended]),
    [
      ['polite', 1, true],
      ['deaf', 2, false],
      ['deaf', 1, false],
    ],
  );
  assert.equal(history.lives[2]?.occasion?.tick, Date.parse('2026-11-22T15:00:01Z'));
});

test('catches what is left of one run in the next of the same term', () => {
  const runs = [
    line(1000, 'start', 'a', '5-1', 'main 51 polite 2026-11-22T15:00:00.000Z 1'),
    line(2000, 'start', 'a', '5-2', 'main 52 polite 2026-11-22T15:00:01.000Z 1'),
  ];
  assert.deepEqual(rules(read(...runs, line(2500, 'beat', 'a', '5-1', 'daemon 53'))), ['two at once']);
  assert.deepEqual(rules(read(...runs, line(2500, 'saw', 'a', '5-2', 'main 52 5-1:53'))), ['two at once']);
  assert.ok(rules(read(...runs, line(2500, 'beat', 'a', '4-9'))).includes('epoch went back'));
});

test('catches an attempt at a tick that two servers make', () => {
  const history = read(
    line(1000, 'start', 'a', '5-3', 'main 51 polite 2026-11-22T15:00:00.000Z 1'),
    line(2000, 'start', 'b', '8-1', 'main 81 polite 2026-11-22T15:00:00.000Z 1'),
  );
  assert.deepEqual(rules(history), ['started twice']);
  assert.equal(
    history.violations[0]?.message,
    'attempt 1 at tick 2026-11-22T15:00:00.000Z was made by run 5-3 of a and by run 8-1 of b',
  );
});

test('catches a line that no command has written', () => {
  for (const text of [
    '',
    'x beat a 5 main 10',
    '1000 bite a 5-1 main 10',
    '1000 beat a 5 main 10',
    '1000 beat a 5-1 main',
  ]) {
    assert.equal(parseLine(text), undefined);
    const history = new History();
    history.add(text);
    assert.deepEqual(rules(history), ['unreadable line']);
  }
});
