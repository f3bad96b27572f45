// Compares every story with what the core really does. With REWRITE=1 in the environment the stories are
// written anew instead, to be read, and judged, as a change of behaviour.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { tell } from './story.js';

const FOLDER = new URL('../../../test/stories/', import.meta.url);

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))) {
  const text = read(file);
  const [first = ''] = text.split('\n');
  test(`${first.replace(/^# /, '')} (${file})`, () => {
    const told = tell(text, (name) => read(`${name}.txt`));
    if (process.env['REWRITE'] === '1') writeFileSync(new URL(file, FOLDER), told);
    else assertSame(file, text.split('\n'), told.split('\n'));
  });
}

/** Points at the first line that differs: the whole of both texts would be hard to read. */
function assertSame(file: string, written: readonly string[], told: readonly string[]): void {
  const index = told.findIndex((line, at) => line !== written[at]);
  if (index === -1 && written.length === told.length) return;
  const at = index === -1 ? told.length : index;
  assert.fail(
    `${file}, line ${at + 1}: the story says "${written[at] ?? ''}", and the core gives "${told[at] ?? ''}"; ` +
      'REWRITE=1 writes what the core gives',
  );
}

function read(file: string): string {
  return readFileSync(new URL(file, FOLDER), 'utf8');
}
