import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseArguments } from '../../../src/cli/arguments.js';
import { parseConfigFile } from '../../../src/cli/config-file.js';
import type { Target } from '../../../src/options/steering-options.js';
import { temporaryFolder } from '../../support/temporary.js';

const pidFile = join(temporaryFolder(), 'run.pid');
writeFileSync(pidFile, '4711\n');

function targetOf(words: readonly string[], env: Readonly<Record<string, string>> = {}, file = ''): Target {
  const argv = ['resign', '-e', '/e', ...words];
  const parsed = parseArguments(argv, env, undefined, parseConfigFile('nightly.yaml', file));
  assert.equal(parsed.kind, 'resign');
  return parsed.options.target;
}

test('asks the leader, unless the command line names somebody else', () => {
  assert.deepEqual(targetOf([]), { kind: 'leader' });
  assert.deepEqual(targetOf(['--id', 'web2']), { kind: 'id', id: 'web2' });
  assert.deepEqual(targetOf(['--pid-file', pidFile]), { kind: 'local', pid: 4711 });
});

test('is not aimed by what a variable or a file says of the contender of this host', () => {
  const env = { ZK_LEADER_RUN_ID: 'web2', ZK_LEADER_RUN_PID_FILE: pidFile };
  const file = `id: web2\npid-file: ${pidFile}\n`;
  assert.deepEqual(targetOf([], env), { kind: 'leader' });
  assert.deepEqual(targetOf([], {}, file), { kind: 'leader' });
  assert.deepEqual(targetOf(['--id=web1'], env, file), { kind: 'id', id: 'web1' });
  assert.deepEqual(targetOf(['--pid-file', pidFile], env, file), { kind: 'local', pid: 4711 });
});
