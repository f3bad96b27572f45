// The program itself, as a shell starts it: that what the unit tests try out is what it does.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { completionScript } from '../../src/completion/script.js';
import { PROGRAM } from '../support/contender.js';
import { temporaryFolder } from '../support/temporary.js';

const cwd = temporaryFolder();
writeFileSync(join(cwd, 'nightly.yaml'), 'election: /nightly\nmargin: 600ms\ncommand: [sh, -c, exit 7]\n');

function run(words: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [PROGRAM, ...words], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  });
  return { stdout, stderr, status };
}

test('reads the file that the command line or the environment names', () => {
  const typed = run(['config', '--config', 'nightly.yaml']);
  assert.deepEqual([typed.stderr, typed.status], ['', 0]);
  assert.match(typed.stdout, /^margin +600ms +nightly\.yaml:2$/m);
  assert.match(typed.stdout, /^COMMAND +sh -c "exit 7" +nightly\.yaml:3$/m);
  assert.deepEqual(run(['--stop-signal', 'KILL'], { ZK_LEADER_RUN_CONFIG: 'none.yaml' }), {
    stdout: '',
    stderr:
      'zk-leader-run: ZK_LEADER_RUN_CONFIG: expected a YAML or JSON file, got "none.yaml", which does not exist\n',
    status: 125,
  });
});

test('prints the completion of the shell that is named, or else of the one in use', () => {
  assert.deepEqual(run(['completion'], { SHELL: '/usr/bin/zsh' }), {
    stdout: completionScript('zsh'),
    stderr: '',
    status: 0,
  });
});
