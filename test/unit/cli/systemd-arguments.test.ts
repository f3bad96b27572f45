import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../../src/cli/arguments.js';
import { systemdFiles } from '../../../src/cli/systemd.js';

const SURROUNDINGS = { searchPath: '/bin', cwd: '/bin', host: 'web1', pid: 4711 };

function print(words: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const parsed = parseArguments(['systemd', ...words], env, () => SURROUNDINGS);
  assert.equal(parsed.kind, 'systemd');
  return systemdFiles(parsed.options);
}

/** The value of a line of the unit. */
function valueOf(unit: string, key: string): string | undefined {
  return new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1];
}

test('prints both files, or one of them', () => {
  const words = ['--name', 'list', '--', 'ls'];
  const unit = print(['--print=unit', ...words]);
  const environment = print(['--print=environment', ...words]);
  assert.equal(print(words), `${unit}\n${environment}`);
  assert.match(unit, /^# \/etc\/systemd\/system\/zk-leader-run@list\.service\n/);
  assert.match(environment, /^# \/etc\/zk-leader-run\/list\.env\n/);
});

test('writes the command as it was found, since systemd starts it elsewhere', () => {
  const unit = print(['--name', 'list', '--', './ls', '-l', '100%', '$HOME', 'a b', '']);
  assert.equal(
    valueOf(unit, 'ExecStart'),
    '/usr/bin/env zk-leader-run run -- /bin/ls -l 100%% $$HOME "a b" ""',
  );
});

test('writes what was given as variables, with the ensemble and the election always among them', () => {
  const settingsOf = (text: string) => text.split('\n').filter((line) => line.startsWith('ZK_'));
  const only = ['--print=environment', '--name', 'list'];
  assert.deepEqual(settingsOf(print([...only, '--', 'ls'])), [
    'ZK_LEADER_RUN_ZOOKEEPER=127.0.0.1:2181',
    'ZK_LEADER_RUN_ELECTION=/zk-leader-run/ls',
  ]);
  const words = [...only, '-z', 'zk1,zk2/jobs', '--id', 'a $b', '--stdin', '--', 'ls'];
  assert.deepEqual(settingsOf(print(words, { ZK_LEADER_RUN_ELECTION: '/e', ZK_LEADER_EPOCH: '1' })), [
    'ZK_LEADER_RUN_ZOOKEEPER=zk1,zk2/jobs',
    'ZK_LEADER_RUN_ELECTION=/e',
    'ZK_LEADER_RUN_ID="a \\$b"',
    'ZK_LEADER_RUN_STDIN=true',
  ]);
});

test('writes hooks and the check as they were found too, and a policy as it is', () => {
  const words = ['--print=environment', '--name', 'list'];
  const programs = ['--on-elected', './ls', '--on-standby', "./ls 'a b'  it\\'s '$HOME' ''", '--check=ls'];
  const linesOf = (onLost: string) =>
    print([...words, ...programs, '--on-lost', onLost, '--', 'ls'])
      .split('\n')
      .filter((line) => /_(ON|CHECK)/.test(line))
      .sort();
  assert.deepEqual(linesOf('./ls -x'), [
    'ZK_LEADER_RUN_CHECK=/bin/ls',
    'ZK_LEADER_RUN_ON_ELECTED=/bin/ls',
    'ZK_LEADER_RUN_ON_LOST="/bin/ls -x"',
    `ZK_LEADER_RUN_ON_STANDBY="/bin/ls 'a b' 'it'\\\\''s' '\\$HOME' ''"`,
  ]);
  assert.ok(linesOf('exit').includes('ZK_LEADER_RUN_ON_LOST=exit'));
});

test('computes the limits of the unit from the timings of the run', () => {
  const timings = ['--stop-timeout=2m', '--kill-budget=2s', '--session-timeout=30s'];
  const unit = print(['--name', 'list', ...timings, '--', 'ls']);
  // 120 s, 2 s, a third of a session to give the place back, and 3 s to leave.
  assert.equal(valueOf(unit, 'TimeoutStopSec'), '135s');
  assert.equal(valueOf(unit, 'WatchdogSec'), '60s');
  const quick = ['--session-timeout=2s', '--tick-time=500ms', '--heartbeat=200ms', '--margin=100ms'];
  const short = [...quick, '--kill-budget=200ms', '--lease-grace=300ms', '--stop-timeout=0s'];
  assert.equal(valueOf(print(['--name', 'list', ...short, '--', 'ls']), 'WatchdogSec'), '10s');
});

test('runs it as the user that is named, or as one that systemd makes up', () => {
  const anybody = print(['--name', 'list', '--', 'ls']);
  assert.deepEqual([valueOf(anybody, 'User'), valueOf(anybody, 'DynamicUser')], [undefined, 'yes']);
  const sync = print(['--name', 'list', '--user=sync', '--', 'ls']);
  assert.deepEqual([valueOf(sync, 'User'), valueOf(sync, 'DynamicUser')], ['sync', undefined]);
});

test('refuses what the run would refuse, and names that are none', () => {
  const name = 'expected letters, digits, and - _ . : behind the first, at most 200, got';
  for (const [words, message] of [
    [['--', 'ls'], '--name: expected the name of the job, got none; write --name sync-job'],
    [['--name=a/b', '--', 'ls'], `--name: ${name} "a/b"; they become part of a file name`],
    [['--name=-a', '--', 'ls'], `--name: ${name} "-a"; they become part of a file name`],
    [['--name=a\nb', '--', 'ls'], `--name: ${name} "a\\nb"; they become part of a file name`],
    [
      ['--name=a', '--user', 'x y', '--', 'ls'],
      '--user: expected the name of a user such as sync, or a number, got "x y"',
    ],
    [['--name=a', '--print=all', '--', 'ls'], '--print: expected both, unit or environment, got "all"'],
    [['--name=a', '--wait=5', '--', 'ls'], /^--wait: expected a duration/],
    [['--name=a', '--session-timeout=10s', '--', 'ls'], /^--session-timeout: the timings leave 2300ms/],
    [['--name=a', '--', './no-such-job'], /^COMMAND: expected the path of a program/],
    [
      ['--name=a'],
      'COMMAND: expected -- and a command, got no --; ' +
        'write zk-leader-run systemd --name JOB [options] -- COMMAND [ARG...]',
    ],
  ] as const) {
    assert.throws(() => print(words), { name: 'UsageError', message });
  }
});
