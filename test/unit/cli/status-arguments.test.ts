import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../../src/cli/arguments.js';
import { helpText } from '../../../src/cli/help.js';
import type { StatusOptions } from '../../../src/options/status-options.js';

type Environment = Readonly<Record<string, string>>;

function status(words: readonly string[], env: Environment = {}): StatusOptions {
  const parsed = parseArguments(['status', ...words], env);
  assert.equal(parsed.kind, 'status');
  return parsed.options;
}

/** What a run gives its command. */
const INSIDE = {
  ZK_LEADER_ZOOKEEPER: 'zk1,zk2/jobs',
  ZK_LEADER_ELECTION: '/nightly',
  ZK_LEADER_ZNODE: '/nightly/p_0000000017',
  ZK_LEADER_EPOCH: '1621',
  ZK_LEADER_ID: 'web1',
};

test('shows all elections of the default parent unless told otherwise', () => {
  const { ensemble, ...options } = status([]);
  assert.equal(ensemble.text, '127.0.0.1:2181');
  assert.deepEqual(options, {
    path: '/zk-leader-run',
    znodePrefix: undefined,
    timeoutMs: 5000,
    watch: false,
    json: false,
  });
});

test("shows the run's own election inside a command, and takes its naming for no other", () => {
  const { ensemble, path, znodePrefix } = status([], INSIDE);
  assert.deepEqual([ensemble.text, path, znodePrefix], ['zk1,zk2/jobs', '/nightly', 'p_']);
  const other = status(['-e', '/zk-leader-run'], INSIDE);
  assert.deepEqual([other.path, other.znodePrefix], ['/zk-leader-run', undefined]);
  assert.equal(status(['-e', '/zk-leader-run', '--znode-prefix=p_'], INSIDE).znodePrefix, 'p_');
});

test('takes every option, on the command line and from variables', () => {
  const words = ['-z=zk9', '-e', '/jobs', '--timeout=2s', '--watch', '--json', '--znode-prefix', 'p_'];
  const env = {
    ZK_LEADER_RUN_ZOOKEEPER: 'zk9',
    ZK_LEADER_RUN_ELECTION: '/jobs',
    ZK_LEADER_RUN_TIMEOUT: '2s',
    ZK_LEADER_RUN_WATCH: 'yes',
    ZK_LEADER_RUN_JSON: '1',
    ZK_LEADER_RUN_ZNODE_PREFIX: 'p_',
  };
  const { ensemble, ...options } = status(words);
  assert.equal(ensemble.text, 'zk9');
  assert.deepEqual(options, { path: '/jobs', znodePrefix: 'p_', timeoutMs: 2000, watch: true, json: true });
  assert.deepEqual(status([], env), status(words));
});

test('refuses each mistake in a sentence', () => {
  for (const [words, message] of [
    [
      ['-e', 'jobs'],
      '--election: expected a path such as /zk-leader-run/nightly-sync, got "jobs", which does not begin with /',
    ],
    [['--timeout', '0s'], '--timeout: expected a duration of at least 1ms, got "0s"'],
    [['--json=maybe'], '--json: expected 1, true, yes, 0, false or no, got "maybe"'],
    [['--', 'ls'], 'COMMAND: expected none, since zk-leader-run status runs none, got "-- ls"; leave it out'],
    [
      ['--wait', '5s'],
      '--wait: expected an option of zk-leader-run status, got one of zk-leader-run run; zk-leader-run status --help lists them',
    ],
  ] as const) {
    assert.throws(() => status(words), { name: 'UsageError', exitCode: 125, message });
  }
});

test('tells in its help what it exits with', () => {
  const help = helpText('status', undefined).replaceAll(/\s+/g, ' ');
  for (const line of [
    'Usage: zk-leader-run status [options]',
    "(default: the run's own, or /zk-leader-run)",
    '1 there is none, or no such election',
    '69 it cannot be told',
  ]) {
    assert.ok(help.includes(line), line);
  }
});
