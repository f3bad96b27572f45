import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { optionsOf, shownOptions, subcommandNames } from '../../../src/cli/subcommands.js';
import { completionScript } from '../../../src/completion/script.js';

const script = completionScript('zsh');

test('has every subcommand, every option that is told, and the values that there are', () => {
  for (const name of subcommandNames) {
    const branch = new RegExp(`\\n {4}\\(${name}\\)\\n([^]*?);;`).exec(script)?.[1];
    assert.ok(branch !== undefined, name);
    for (const option of shownOptions(Object.entries(optionsOf(name)))) {
      assert.match(branch, new RegExp(`--${option}(?:=?\\[|=)`), `${name} --${option}`);
    }
    assert.doesNotMatch(branch, /znode-prefix/);
  }
  for (const part of [
    "'--containment=[What holds its processes together\\: cgroup, ",
    ']:value:(auto cgroup subreaper group)',
    ']:value:(skip queue replace)',
    ']:DURATION|TICK: ',
    "'(-h --help)-h[Show this text]'",
    ']:FILE:_files',
    'host\\[\\:port\\]',
    "the run'\\''s own",
    '2:SHELL:(bash zsh)',
  ]) {
    assert.ok(script.includes(part), part);
  }
});

const noZsh = spawnSync('zsh', ['--version']).status === 0 ? false : 'there is no zsh here';

test('is a script that zsh can read', { skip: noZsh }, () => {
  const { stderr, status } = spawnSync('zsh', ['-f', '-n'], { input: script, encoding: 'utf8' });
  assert.deepEqual([stderr, status], ['', 0]);
});
