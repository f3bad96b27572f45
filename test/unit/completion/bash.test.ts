// Completes in a real bash. Its words come as its readline takes them apart: at = and : too.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { optionsOf, shownOptions, subcommandNames } from '../../../src/cli/subcommands.js';
import { completionScript } from '../../../src/completion/script.js';
import { temporaryFolder } from '../../support/temporary.js';

// Outside of a completion compopt only complains; it tells here that names of files are left to readline.
const HARNESS = `
compopt() { echo "compopt $*"; }
eval "$SCRIPT"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_zk_leader_run
for word in "\${COMPREPLY[@]}"; do echo "$word"; done
`;

const folder = temporaryFolder();
writeFileSync(join(folder, 'my-job'), '#!/bin/sh\n', { mode: 0o755 });

/** Returns what is offered for the last of the words. */
function offered(...words: readonly string[]): string[] {
  const { stdout, stderr, status, error } = spawnSync(
    'bash',
    ['--norc', '--noprofile', '-c', HARNESS, 'bash', 'zk-leader-run', ...words],
    { encoding: 'utf8', env: { PATH: `${folder}:/bin:/usr/bin`, SCRIPT: completionScript('bash') } },
  );
  assert.deepEqual([stderr, status, error], ['', 0, undefined]);
  return stdout.split('\n').filter((line) => line !== '');
}

const skip = spawnSync('bash', ['--version']).status === 0 ? false : 'there is no bash here';

test('offers the subcommands, then the options of each', { skip }, () => {
  assert.deepEqual(offered(''), ['--', ...subcommandNames]);
  assert.deepEqual(offered('ver'), ['verify']);
  assert.deepEqual(offered('--stdin', 'ver'), ['verify']);
  for (const name of subcommandNames) {
    const options = shownOptions(Object.entries(optionsOf(name))).map((option) => `--${option}`);
    const found = offered(name, '--');
    for (const option of [...options, '--help', '--version']) assert.ok(found.includes(option), option);
  }
  assert.deepEqual(offered('--containment-r'), ['--containment-required']);
  assert.deepEqual(offered('verify', '--wa'), []);
  assert.deepEqual(offered('--znode'), []);
});

test('offers no option twice, and -- only where a command may follow', { skip }, () => {
  assert.deepEqual(offered('--wait', '5s', '--wa'), []);
  assert.deepEqual(offered('--wait', '=', '5s', '--wa'), []);
  assert.ok(offered('run', '').includes('--'));
  assert.ok(!offered('verify', '').includes('--'));
});

test('offers the values that there are, behind a space and behind =', { skip }, () => {
  const levels = ['auto', 'cgroup', 'subreaper', 'group'];
  assert.deepEqual(offered('--containment', ''), levels);
  assert.deepEqual(offered('--containment', '='), levels);
  assert.deepEqual(offered('--containment', '=', 'c'), ['cgroup']);
  assert.deepEqual(offered('run', '--log-format', 'j'), ['json']);
  assert.deepEqual(offered('--on-exit', 're'), ['restart', 'resign']);
  assert.deepEqual(offered('--cron', ''), []);
  assert.deepEqual(offered('--stop-signal', 'US'), ['USR1', 'USR2']);
  assert.deepEqual(offered('completion', 'z'), ['zsh']);
  assert.deepEqual(offered('--margin', ''), []);
  assert.deepEqual(offered('-z', ''), []);
});

test('leaves the names of files to readline', { skip }, () => {
  assert.deepEqual(offered('--config', 'x'), ['compopt -o default']);
  assert.deepEqual(offered('verify', '--config', '=', 'x'), ['compopt -o default']);
});

test('takes no value for a subcommand', { skip }, () => {
  const containment = ['--containment', '--containment-required'];
  assert.deepEqual(offered('--id', 'verify', '--conta'), containment);
  assert.deepEqual(offered('--id', '=', 'verify', '--conta'), containment);
  assert.deepEqual(offered('-z', 'zk1', ':', '2181,zk2', ':', '2181/jobs', '--conta'), containment);
  assert.deepEqual(offered('-z', '[', '::', '1]', ':', '2181', '--conta'), containment);
});

test('completes what stands behind -- as a command', { skip }, () => {
  assert.deepEqual(offered('--wait', '5s', '--', 'my-j'), ['my-job']);
  assert.deepEqual(offered('--', './my-j'), ['compopt -o default']);
  assert.deepEqual(offered('--', 'my-job', '--co'), ['compopt -o default']);
});
