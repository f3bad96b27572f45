import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subcommandNames } from '../../../src/cli/subcommands.js';
import { describe, toldOptions } from '../../../src/cli/told-options.js';

test('names every choice in the meaning, where the help, the man page and zsh have it from', () => {
  for (const [name, entry] of subcommandNames.flatMap((subcommand) => toldOptions(subcommand))) {
    for (const choice of entry.choices ?? []) assert.ok(entry.meaning.includes(choice), `${name}: ${choice}`);
  }
});

test('has a default that is one of the choices', () => {
  for (const [name, entry] of subcommandNames.flatMap((subcommand) => toldOptions(subcommand))) {
    if (entry.choices === undefined || entry.default === undefined) continue;
    assert.ok(entry.choices.includes(entry.default), name);
  }
});

test('tells a default in words where there are any, and none where there is none', () => {
  const entry = { group: 'Other', meaning: 'Count', default: '1' } as const;
  assert.equal(describe(entry), 'Count (default: 1)');
  assert.equal(describe({ ...entry, defaultInWords: 'one' }), 'Count (default: one)');
  assert.equal(describe({ ...entry, default: undefined }), 'Count');
});
