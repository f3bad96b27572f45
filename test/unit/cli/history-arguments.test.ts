import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../../src/cli/arguments.js';
import { helpText } from '../../../src/cli/help.js';
import type { HistoryOptions } from '../../../src/options/history-options.js';

type Environment = Readonly<Record<string, string>>;

function history(words: readonly string[], env: Environment = {}): HistoryOptions {
  const parsed = parseArguments(['history', ...words], env);
  assert.equal(parsed.kind, 'history');
  return parsed.options;
}

const DEFAULTS = {
  path: '/jobs/nightly',
  znodePrefix: undefined,
  timeoutMs: 5000,
  last: Infinity,
  watch: false,
  json: false,
  remove: false,
};

test('shows all records of an election unless told otherwise', () => {
  const { ensemble, ...options } = history(['-e', '/jobs/nightly']);
  assert.deepEqual([ensemble.text, options], ['127.0.0.1:2181', DEFAULTS]);
});

test("shows the run's own records inside a command", () => {
  const inside = {
    ZK_LEADER_ZOOKEEPER: 'zk1,zk2/jobs',
    ZK_LEADER_ELECTION: '/nightly',
    ZK_LEADER_ZNODE: '/nightly/p_0000000017',
  };
  const { ensemble, path, znodePrefix } = history([], inside);
  assert.deepEqual([ensemble.text, path, znodePrefix], ['zk1,zk2/jobs', '/nightly', 'p_']);
});

test('takes every option, on the command line and from variables', () => {
  const words = ['-e', '/e', '-n', '10', '--timeout=2s', '--watch', '--json', '--znode-prefix', 'p_'];
  const env = {
    ZK_LEADER_RUN_ELECTION: '/e',
    ZK_LEADER_RUN_LAST: '10',
    ZK_LEADER_RUN_TIMEOUT: '2s',
    ZK_LEADER_RUN_WATCH: 'yes',
    ZK_LEADER_RUN_JSON: '1',
    ZK_LEADER_RUN_ZNODE_PREFIX: 'p_',
  };
  const { ensemble, ...options } = history(words);
  assert.equal(ensemble.text, '127.0.0.1:2181');
  const expected = { path: '/e', znodePrefix: 'p_', timeoutMs: 2000, last: 10, watch: true, json: true };
  assert.deepEqual(options, { ...DEFAULTS, ...expected });
  assert.deepEqual(history([], env), history(words));
  assert.ok(history(['-e', '/e', '--remove', '--watch=no']).remove);
});

test('refuses each mistake in a sentence', () => {
  const entries = 'expected a number from 1 to 500, got';
  const beside = (name: string): string =>
    `--remove: expected no --${name} beside it, since it shows nothing; leave one of them out`;
  for (const [words, message] of [
    [[], '--election: expected a path such as /zk-leader-run/nightly-sync, got none; pass --election'],
    [['-e', '/e', '-n', '0'], `--last: ${entries} "0"`],
    [['-e', '/e', '--last=1.5'], `--last: ${entries} "1.5"`],
    [['-e', '/e', '--remove', '--watch'], beside('watch')],
    [['-e', '/e', '--remove', '--json'], beside('json')],
    [['-e', '/e', '--remove', '--last', '3'], beside('last')],
    [
      ['--', 'ls'],
      'COMMAND: expected none, since zk-leader-run history runs none, got "-- ls"; leave it out',
    ],
  ] as const) {
    assert.throws(() => history(words), { name: 'UsageError', exitCode: 125, message });
  }
});

test('tells in its help what it exits with', () => {
  const help = helpText('history', undefined).replaceAll(/\s+/g, ' ');
  for (const line of ['Usage: zk-leader-run history [options]', '-n, --last', '1 there are no records']) {
    assert.ok(help.includes(line), line);
  }
});
