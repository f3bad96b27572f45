import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SECOND, madeUpFault, madeUpRun } from './made-up.js';
import { drawSvg } from './svg.js';
import { drawTimeline } from './timeline.js';

const TERMS = [
  ['a', 1, 5],
  ['b', 7, 10],
] as const;

test('the timeline shows terms, faults and whoever is there, each in its lane', () => {
  const lines = drawTimeline(madeUpRun(TERMS, [madeUpFault('kill-supervisor', 'a', 5, 5)]));
  const lane = (name: string): string =>
    lines
      .filter((line) => line.trimStart().startsWith(`${name} `))
      .map((line) => line.slice(10))
      .join('');
  assert.match(lane('a'), /^·+█+K█?·+$/);
  assert.match(lane('b'), /^·+█+·+$/);
  assert.match(lane('server 1'), /^·+$/);
  assert.ok(lines.some((each) => each.includes('two at once')));
});

test('the timeline marks the ticks for which a command is run', () => {
  const run = madeUpRun([], []);
  for (const [index, tick] of ['2026-11-22T15:00:00Z', '2026-11-22T15:00:01Z'].entries()) {
    run.history.add(`${(2 + 2 * index) * SECOND} start a 5-${index + 1} main 100 brief ${tick} 1`);
    run.history.add(`${(3 + 2 * index) * SECOND} end a 5-${index + 1} main 100`);
  }
  assert.match(drawTimeline(run).join('\n'), /^ {7}a {2}·+▌█+·+▌█+$/m);
});

test('the timeline and the picture show two at once', () => {
  const run = madeUpRun([['a', 1, 5]], []);
  run.history.add(`${3 * SECOND} start b 9-1 main 900 polite`);
  assert.match(drawTimeline(run).join('\n'), /^ {7}b {2}.*!/m);
  assert.match(drawSvg({ ...run, violations: run.history.violations }), /TWO AT ONCE/);
});

test('the picture is one well-formed element with a bar for each term and a mark for each fault', () => {
  const picture = drawSvg(
    madeUpRun(TERMS, [madeUpFault('cut-client', 'a', 4, 6), madeUpFault('kill-server', 'server 1', 8, 9, 2)]),
  );
  const open: string[] = [];
  for (const [, closing, name = '', , selfClosing] of picture.matchAll(
    /<(\/)?([a-z]+)((?:"[^"]*"|[^>"])*?)(\/)?>/g,
  )) {
    if (closing !== undefined) assert.equal(open.pop(), name);
    else if (selfClosing === undefined) open.push(name);
  }
  assert.deepEqual(open, []);
  assert.match(picture, /<title>run 1-1: polite, 1 processes, 4000\.0 ms<\/title>/);
  assert.match(picture, /<title>fault 1: cut-client a/);
  assert.match(picture, /<title>fault 2: kill-server server 1/);
});
