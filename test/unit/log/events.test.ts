// Proves that docs/EVENTS.md tells every event, with its levels, its fields and their types, and nothing else.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Ending, StopCause } from '../../../src/election/endings.js';
import type { Reason, Result } from '../../../src/ledger/ledger.js';
import { events } from '../../../src/log/events.js';

interface Described {
  readonly levels: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
  readonly codes?: Readonly<Record<string, string>>;
}

const described: readonly (readonly [string, Described])[] = Object.entries(events);
const document = readFileSync(new URL('../../../../docs/EVENTS.md', import.meta.url), 'utf8');

/** The cells of each row below the heading, but for the names of the columns. */
function tableUnder(heading: string): string[][] {
  const [, section = ''] = document.split(`## ${heading}\n`);
  return (section.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

function fieldsOf({ fields, codes }: Described): [string, string][] {
  return Object.entries({ ...fields, ...codes });
}

test('the table has a row for each event, with its levels and its fields', () => {
  const rows = new Map(tableUnder('What happens').map(([event = '', ...rest]) => [event, rest]));
  const expected = described.map(([event, entry]) => {
    const fields = fieldsOf(entry).map(([name, type]) =>
      type.endsWith('?') ? `(\`${name}\`)` : `\`${name}\``,
    );
    return [`\`${event}\``, entry.levels.join(', '), fields.join(', ')];
  });
  for (const [event = '', levels, fields] of expected) {
    assert.deepEqual(rows.get(event)?.slice(0, 2), [levels, fields], `${event} in docs/EVENTS.md`);
    assert.notEqual(rows.get(event)?.[2], '', `${event} in docs/EVENTS.md has no meaning`);
  }
  assert.deepEqual(
    [...rows.keys()],
    expected.map(([event]) => event),
  );
});

test('the table of fields has each one once, with the type that it has in every event', () => {
  const expected = new Set(
    described.flatMap(([, entry]) =>
      fieldsOf(entry).map(([name, type]) => `\`${name}\` ${type.replace('?', '')}`),
    ),
  );
  const rows = tableUnder('Their fields');
  assert.deepEqual(rows.map(([name = '', type = '']) => `${name} ${type}`).sort(), [...expected].sort());
  for (const [name, , meaning] of rows) assert.notEqual(meaning, '', name);
});

test('no field of an event hides one that every line has', () => {
  for (const [event, entry] of described) {
    for (const [name] of fieldsOf(entry)) {
      assert.ok(!['time', 'level', 'event', 'message', 'id'].includes(name), `${name} of ${event}`);
      assert.match(name, /^[a-z]+(_[a-z]+)*$/);
    }
    assert.match(event, /^[a-z]+(-[a-z]+)*$/);
  }
});

test('no two events are said in the same words', () => {
  const messages = Object.values(events).map(({ message }) => message);
  assert.equal(new Set(messages).size, messages.length);
});

/** Each kind and the name that the log gives it: a kind that is missing here does not compile. */
const STOPS: Record<StopCause['kind'], string> = {
  asked: 'asked',
  resign: 'resign',
  exited: 'exited',
  lease: 'lease',
  lost: 'lost',
  unwatched: 'unwatched',
  overran: 'overran',
  replaced: 'replaced',
  unfit: 'unfit',
};
const ENDINGS: Record<Exclude<Ending['kind'], 'refused' | 'denied'>, string> = {
  asked: 'asked',
  'child-exited': 'exited',
  overran: 'overran',
  'already-run': 'already-run',
  'leadership-lost': 'leadership-lost',
  'not-elected': 'not-elected',
  'no-ensemble': 'no-ensemble',
};

const REASONS: Record<Reason, true> = {
  tick: true,
  late: true,
  queued: true,
  start: true,
  restart: true,
  rerun: true,
  request: true,
};
const RESULTS: Record<Result, true> = {
  succeeded: true,
  failed: true,
  'timed-out': true,
  replaced: true,
  interrupted: true,
};

test('the tables of runs have each reason and each result', () => {
  for (const [heading, names] of [
    ['Reasons of runs', REASONS],
    ['Results of runs', RESULTS],
  ] as const) {
    assert.deepEqual(
      tableUnder(heading).map(([name]) => name),
      Object.keys(names).map((name) => `\`${name}\``),
    );
  }
});

test('the table of causes has each one', () => {
  const rows = tableUnder('Causes');
  for (const [event, causes] of [
    ['ending-command', STOPS],
    ['ended', ENDINGS],
  ] as const) {
    assert.deepEqual(
      rows.flatMap(([cause = '', of = '']) => (of.includes(`\`${event}\``) ? [cause] : [])),
      Object.values(causes).map((cause) => `\`${cause}\``),
    );
  }
});
