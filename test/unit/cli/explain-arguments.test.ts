import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../../src/cli/arguments.js';
import { helpText } from '../../../src/cli/help.js';
import type { ExplainOptions } from '../../../src/options/explain-options.js';
import { timingTable } from '../../../src/options/timing-options.js';
import { DEFAULTS } from '../explanation/timings.js';

function explain(words: readonly string[], env: Readonly<Record<string, string>> = {}): ExplainOptions {
  const parsed = parseArguments(['explain', ...words], env);
  assert.equal(parsed.kind, 'explain');
  return parsed.options;
}

test('explains the defaults where nothing is given', () => {
  const { ensemble, ...options } = explain([]);
  assert.deepEqual(options, { timing: DEFAULTS, timeoutMs: 5000, json: false });
  assert.equal(ensemble.text, '127.0.0.1:2181');
});

test('takes the timings of a run, by its options and by its variables', () => {
  const { timing, json } = explain(['--session-timeout=20s', '--json', '--tick-time', '1s'], {
    ZK_LEADER_RUN_SESSION_TIMEOUT: '30s',
    ZK_LEADER_RUN_LEASE_GRACE: '2s',
    ZK_LEADER_RUN_WAIT: 'not read',
  });
  assert.deepEqual(timing, { ...DEFAULTS, sessionTimeoutMs: 20_000, tickTimeMs: 1000, leaseGraceMs: 2000 });
  assert.equal(json, true);
});

test('refuses each mistake as run does', () => {
  for (const [words, message] of [
    [['--heartbeat', '5'], '--heartbeat: expected a duration such as 500ms, 10s or 2m, got "5"'],
    [
      ['--session-timeout', '3s'],
      '--session-timeout: expected at least 4s, two ticks, since ZooKeeper grants no shorter session by default, ' +
        'got "3s"; lengthen it, or correct --tick-time',
    ],
    [['--timeout', '0s'], '--timeout: expected a duration of at least 1ms, got "0s"'],
    [
      ['-e', '/jobs/nightly'],
      '--election: expected an option of zk-leader-run explain, got one of zk-leader-run run; ' +
        'zk-leader-run explain --help lists them',
    ],
    [
      ['--', './job'],
      'COMMAND: expected none, since zk-leader-run explain runs none, got "-- ./job"; leave it out',
    ],
  ] as const) {
    assert.throws(() => explain(words), { name: 'UsageError', exitCode: 125, message });
  }
});

test('tells every timing in its help', () => {
  const help = helpText('explain', undefined);
  for (const name of Object.keys(timingTable)) assert.ok(help.includes(`--${name} `), name);
  assert.ok(Math.max(...help.split('\n').map((line) => line.length)) <= 100);
});
