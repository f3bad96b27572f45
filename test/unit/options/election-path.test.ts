import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultElectionPath, parseElectionPath } from '../../../src/options/election-path.js';

test('takes absolute znode paths as they are', () => {
  for (const path of [
    '/a',
    '/zk-leader-run/nightly-sync',
    '/a b/c',
    '/é/日本',
    '/...',
    '/a.b',
    '/zookeeper2',
    '/a.controls',
    '/runs',
  ]) {
    assert.equal(parseElectionPath('--election', path), path);
  }
});

test('refuses paths where no election can be', () => {
  for (const [path, problem] of [
    ['', 'which does not begin with /'],
    ['jobs', 'which does not begin with /'],
    ['./jobs', 'which does not begin with /'],
    ['/', 'which is the root itself'],
    ['/a/', 'which ends with /'],
    ['/a//b', 'which has an empty segment (//)'],
    ['//a', 'which has an empty segment (//)'],
    ['/a/./b', 'which has a segment . or ..'],
    ['/..', 'which has a segment . or ..'],
    ['/a\0b', 'which has a character that ZooKeeper refuses'],
    ['/a\nb', 'which has a character that ZooKeeper refuses'],
    ['/a\u007f', 'which has a character that ZooKeeper refuses'],
    ['/a\u0085', 'which has a character that ZooKeeper refuses'],
    ['/🚀', 'which has a character that ZooKeeper refuses'],
    ['/\ufffd', 'which has a character that ZooKeeper refuses'],
    [
      '/a/remote.control',
      'in which "remote.control" ends in .control or .runs, as what belongs to an election does',
    ],
    [
      '/nightly.runs',
      'in which "nightly.runs" ends in .control or .runs, as what belongs to an election does',
    ],
    ['/a.runs/b', 'in which "a.runs" ends in .control or .runs, as what belongs to an election does'],
    ['/zookeeper', 'which is in /zookeeper, where ZooKeeper keeps its own'],
    ['/zookeeper/quota', 'which is in /zookeeper, where ZooKeeper keeps its own'],
  ] as const) {
    assert.throws(() => parseElectionPath('ZK_LEADER_RUN_ELECTION', path), {
      name: 'UsageError',
      exitCode: 125,
      message:
        'ZK_LEADER_RUN_ELECTION: expected a path such as /zk-leader-run/nightly-sync, ' +
        `got ${JSON.stringify(path)}, ${problem}`,
    });
  }
});

test('gives each command an election of its own', () => {
  for (const name of [
    'sync-job.sh',
    'sync',
    'nightly.py',
    'pythonic',
    'bash-job',
    'node-exporter',
    'envoy',
  ]) {
    assert.equal(defaultElectionPath(name), `/zk-leader-run/${name}`);
  }
});

test('has no default for what runs other programs, since two jobs must not share an election', () => {
  for (const name of [
    ...['sh', 'bash', 'dash', 'zsh', 'ksh', 'fish', 'csh', 'tcsh', 'ash', 'busybox', 'pwsh'],
    ...['node', 'nodejs', 'node20', 'bun', 'deno', 'tsx', 'npx', 'npm'],
    ...['python', 'python3', 'python3.11', 'python3.13t', 'pypy', 'pypy3', 'perl', 'perl5.36.0', 'ruby'],
    ...['ruby3.2', 'php', 'php8.2', 'lua', 'lua5.4', 'java', 'java-17', 'Rscript'],
    ...['env', 'nice', 'nohup', 'timeout', 'setsid', 'sudo', 'su', 'doas', 'xargs', 'chpst', 'flock'],
    ...['ionice', 'time', 'strace', 'systemd-run', 'docker', 'podman', 'tini', 'zk-leader-run'],
  ]) {
    assert.throws(() => defaultElectionPath(name), {
      name: 'UsageError',
      exitCode: 125,
      message:
        '--election: expected a path such as /zk-leader-run/nightly-sync, got none; the default, ' +
        `/zk-leader-run/${name}, would be shared by every job that ${name} runs, and only one of them ` +
        'would run: pass --election',
    });
  }
});

test('has no default for a command whose name cannot be a znode', () => {
  assert.throws(() => defaultElectionPath('job\n'), {
    message:
      '--election: expected a path such as /zk-leader-run/nightly-sync, got none; the default would be ' +
      '"/zk-leader-run/job\\n", which has a character that ZooKeeper refuses: pass --election',
  });
  assert.throws(() => defaultElectionPath('job.runs'), {
    message: /, in which "job\.runs" ends in .* does: pass --election$/,
  });
});
