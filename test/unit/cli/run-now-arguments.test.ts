import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../../src/cli/arguments.js';
import { helpText } from '../../../src/cli/help.js';
import type { RunNowOptions } from '../../../src/options/run-now-options.js';

function runNow(words: readonly string[], env: Readonly<Record<string, string>> = {}): RunNowOptions {
  const parsed = parseArguments(['run-now', ...words], env);
  assert.equal(parsed.kind, 'run-now');
  return parsed.options;
}

test('asks for a run and waits a minute for it, unless told otherwise', () => {
  const { ensemble, ...options } = runNow(['-e', '/jobs/nightly']);
  assert.deepEqual([ensemble.text, ensemble.acl?.length], ['127.0.0.1:2181', undefined]);
  assert.deepEqual(options, {
    electionPath: '/jobs/nightly',
    znodePrefix: undefined,
    timeoutMs: 60_000,
    because: undefined,
    untilEnd: false,
  });
});

test('takes every option, on the command line and from variables', () => {
  const words = [
    '-e',
    '/e',
    '--because',
    'late input',
    '--timeout=2s',
    '--until-end',
    '--acl=world:anyone:r',
  ];
  const env = {
    ZK_LEADER_RUN_ELECTION: '/e',
    ZK_LEADER_RUN_BECAUSE: 'late input',
    ZK_LEADER_RUN_TIMEOUT: '2s',
    ZK_LEADER_RUN_UNTIL_END: 'true',
    ZK_LEADER_RUN_ACL: 'world:anyone:r',
  };
  const { ensemble, ...options } = runNow(words);
  assert.deepEqual(ensemble.acl, [{ scheme: 'world', id: 'anyone', permissions: 'r' }]);
  assert.deepEqual(options, {
    electionPath: '/e',
    znodePrefix: undefined,
    timeoutMs: 2000,
    because: 'late input',
    untilEnd: true,
  });
  assert.deepEqual(runNow([], env), runNow(words));
});

test('refuses each mistake in a sentence', () => {
  for (const [words, message] of [
    [[], '--election: expected a path such as /zk-leader-run/nightly-sync, got none; pass --election'],
    [
      ['-e', '/e', '--because', 'a\nb'],
      '--because: expected one line of at most 200 characters, got "a\\nb"; say it in fewer words',
    ],
    [['-e', '/e', '--until-end=soon'], '--until-end: expected 1, true, yes, 0, false or no, got "soon"'],
    [
      ['-e', '/e', '--wait', '5s'],
      '--wait: expected an option of zk-leader-run run-now, got one of zk-leader-run run; zk-leader-run run-now --help lists them',
    ],
  ] as const) {
    assert.throws(() => runNow(words), { name: 'UsageError', exitCode: 125, message });
  }
});

test('tells in its help what it exits with', () => {
  const help = helpText('run-now', undefined).replaceAll(/\s+/g, ' ');
  for (const line of [
    'Usage: zk-leader-run run-now [options]',
    "it is the command's own exit code, or 128+n",
  ]) {
    assert.ok(help.includes(line), line);
  }
});
