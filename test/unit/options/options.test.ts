import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RUN_ONCE } from '../../../src/election/job.js';
import { resolveCommand } from '../../../src/options/command.js';
import { type Settings, variableName } from '../../../src/options/option.js';
import { optionTable } from '../../../src/options/option-table.js';
import { parseRunOptions, type RunOptions } from '../../../src/options/options.js';

const surroundings = { searchPath: '/bin:/usr/bin', cwd: '/', host: 'web1', pid: 4711 };

/** Parses options as if each text had been given on the command line. */
function parse(texts: Readonly<Record<string, string>>, words: readonly string[] = ['ls']): RunOptions {
  const settings: Settings = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, { text, from: `--${name}` }]),
  );
  return parseRunOptions(settings, words, surroundings);
}

test('has the defaults that the README promises', () => {
  const { command, job, ...options } = parse({}, ['ls', '-l', '']);
  assert.deepEqual({ ...job, seed: 0 }, { ...RUN_ONCE, jitterMs: 0 });
  assert.deepEqual(options, {
    ensemble: { servers: [{ host: '127.0.0.1', port: 2181 }], chroot: '', text: '127.0.0.1:2181' },
    electionPath: '/zk-leader-run/ls',
    id: 'web1:4711',
    znodePrefix: undefined,
    timing: {
      sessionTimeoutMs: 15_000,
      heartbeatMs: 1000,
      tickTimeMs: 2000,
      leaseGraceMs: 3000,
      killBudgetMs: 1000,
      marginMs: 500,
      stopTimeoutMs: 30_000,
    },
    stopSignal: 'SIGTERM',
    waitMs: Infinity,
    onLost: 'rejoin',
    hooks: {},
    stdin: false,
    containment: 'auto',
    containmentRequired: false,
    pidFile: undefined,
    logLevel: 'info',
    logFormat: 'text',
    http: undefined,
    skipCode: 0,
    checkCommand: undefined,
  });
  assert.match(command.file, /^\/(?:usr\/)?bin\/ls$/);
  assert.deepEqual([command.argv0, command.args], ['ls', ['-l', '']]);
});

test('takes every option', () => {
  const hook = resolveCommand('sh', surroundings.searchPath, '/');
  const { command, job, ...options } = parse({
    zookeeper: 'zk1,[::1]:2182/jobs',
    election: '/night/sync',
    id: 'web1',
    'znode-prefix': 'p_',
    'session-timeout': '2s',
    heartbeat: '200ms',
    'tick-time': '500ms',
    'lease-grace': '300ms',
    'kill-budget': '200ms',
    margin: '100ms',
    'stop-timeout': '1m',
    'stop-signal': 'int',
    wait: '1.5s',
    'on-lost': 'exit',
    'on-elected': 'sh -c \'echo "$ZK_LEADER_EPOCH"\'',
    'on-standby': 'sh',
    stdin: 'yes',
    containment: 'subreaper',
    'containment-required': 'yes',
    'log-level': 'debug',
    'log-format': 'json',
    http: '[::1]:8080',
    'pid-file': '/run/job.pid',
    'on-exit': 'restart',
    check: 'sh',
    'check-interval': '500ms',
  });
  // The other options of the job have a test of their own.
  assert.deepEqual([job.onExit, job.check?.rise], ['restart', 2]);
  assert.deepEqual(options, {
    ensemble: {
      servers: [
        { host: 'zk1', port: 2181 },
        { host: '::1', port: 2182 },
      ],
      chroot: '/jobs',
      text: 'zk1,[::1]:2182/jobs',
    },
    electionPath: '/night/sync',
    id: 'web1',
    znodePrefix: 'p_',
    timing: {
      sessionTimeoutMs: 2000,
      heartbeatMs: 200,
      tickTimeMs: 500,
      leaseGraceMs: 300,
      killBudgetMs: 200,
      marginMs: 100,
      stopTimeoutMs: 60_000,
    },
    stopSignal: 'SIGINT',
    waitMs: 1500,
    onLost: 'exit',
    hooks: {
      elected: { file: hook, argv0: 'sh', args: ['-c', 'echo "$ZK_LEADER_EPOCH"'] },
      standby: { file: hook, argv0: 'sh', args: [] },
    },
    stdin: true,
    containment: 'subreaper',
    containmentRequired: true,
    pidFile: '/run/job.pid',
    logLevel: 'debug',
    logFormat: 'json',
    http: { host: '::1', port: 8080, text: '[::1]:8080', from: '--http' },
    skipCode: 0,
    checkCommand: { file: hook, argv0: 'sh', args: [] },
  });
  assert.equal(command.argv0, 'ls');
});

test('waits forever, or tries once', () => {
  assert.equal(parse({ wait: 'forever' }).waitMs, Infinity);
  assert.equal(parse({ wait: '0' }).waitMs, 0);
  assert.equal(parse({ wait: '0s' }).waitMs, 0);
});

test('takes no grace, no margin and no stop timeout at their word', () => {
  const { timing } = parse({ 'lease-grace': '0s', margin: '0ms', 'stop-timeout': '0s' });
  assert.deepEqual([timing.leaseGraceMs, timing.marginMs, timing.stopTimeoutMs], [0, 0, 0]);
});

test('refuses each mistake in a sentence', () => {
  for (const [texts, message] of [
    [{ wait: '10' }, '--wait: expected a duration such as 500ms, 10s or 2m, or 0, or forever, got "10"'],
    [{ wait: '' }, '--wait: expected a duration such as 500ms, 10s or 2m, or 0, or forever, got ""'],
    [{ margin: '0' }, '--margin: expected a duration such as 500ms, 10s or 2m, got "0"'],
    [{ heartbeat: '0s' }, '--heartbeat: expected a duration of at least 1ms, got "0s"'],
    [{ heartbeat: '0.4ms' }, '--heartbeat: expected a duration of at least 1ms, got "0.4ms"'],
    [{ 'tick-time': '0ms' }, '--tick-time: expected a duration of at least 1ms, got "0ms"'],
    [{ 'kill-budget': '0s' }, '--kill-budget: expected a duration of at least 1ms, got "0s"'],
    [{ 'session-timeout': '0s' }, '--session-timeout: expected a duration of at least 1ms, got "0s"'],
    [
      { 'session-timeout': '3999ms' },
      '--session-timeout: expected at least 4s, two ticks, since ZooKeeper grants no shorter session by ' +
        'default, got "3999ms"; lengthen it, or correct --tick-time',
    ],
    [
      { 'tick-time': '8s' },
      '--session-timeout: expected at least 16s, two ticks, since ZooKeeper grants no shorter session by ' +
        'default, got "15s"; lengthen it, or correct --tick-time',
    ],
    [{ containment: 'docker' }, '--containment: expected auto, cgroup, subreaper or group, got "docker"'],
    [
      { 'containment-required': 'on' },
      '--containment-required: expected 1, true, yes, 0, false or no, got "on"',
    ],
    [{ 'log-level': 'trace' }, '--log-level: expected error, warn, info or debug, got "trace"'],
    [{ 'log-format': 'xml' }, '--log-format: expected text or json, got "xml"'],
    [
      { election: 'jobs' },
      '--election: expected a path such as /zk-leader-run/nightly-sync, got "jobs", which does not begin with /',
    ],
  ] as const) {
    assert.throws(() => parse(texts), { name: 'UsageError', exitCode: 125, message });
  }
});

test('names the variable where the text came from one', () => {
  const settings = { margin: { text: '5', from: variableName('margin') } };
  assert.throws(() => parseRunOptions(settings, ['ls'], surroundings), {
    message: 'ZK_LEADER_RUN_MARGIN: expected a duration such as 500ms, 10s or 2m, got "5"',
  });
});

test('asks for an election only where the command exists and has none of its own', () => {
  assert.throws(() => parse({}, ['/bin/sh', '-c', 'true']), {
    exitCode: 125,
    message:
      '--election: expected a path such as /zk-leader-run/nightly-sync, got none; the default, ' +
      '/zk-leader-run/sh, would be shared by every job that sh runs, and only one of them would run: ' +
      'pass --election',
  });
  assert.equal(parse({ election: '/e' }, ['/bin/sh', '-c', 'true']).electionPath, '/e');
  assert.throws(() => parse({}, ['./no/such/bash']), {
    exitCode: 127,
    message:
      'COMMAND: expected the path of a program, got "./no/such/bash", which does not exist; ' +
      'correct it, or write a name in PATH',
  });
});

test('refuses to run nothing', () => {
  assert.throws(() => parse({}, []), {
    exitCode: 125,
    message: 'COMMAND: expected a command after --, got nothing; write -- COMMAND [ARG...]',
  });
});

test('gives every option a variable of its own', () => {
  assert.equal(variableName('session-timeout'), 'ZK_LEADER_RUN_SESSION_TIMEOUT');
  const names = Object.keys(optionTable);
  assert.equal(new Set(names.map(variableName)).size, names.length);
});
