import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../../src/cli/arguments.js';
import type { RunOptions } from '../../../src/options/options.js';

const surroundings = () => ({ searchPath: '/bin:/usr/bin', cwd: '/', host: 'web1', pid: 4711 });

function run(argv: readonly string[], env: Readonly<Record<string, string>>): RunOptions {
  const parsed = parseArguments(argv, env, surroundings);
  assert.equal(parsed.kind, 'run');
  return parsed.options;
}

test('takes from the environment what the command line leaves out', () => {
  const env = {
    ZK_LEADER_RUN_ZOOKEEPER: 'zk1',
    ZK_LEADER_RUN_SESSION_TIMEOUT: '20s',
    ZK_LEADER_RUN_STDIN: 'yes',
    ZK_LEADER_RUN_CONTAINMENT: 'cgroup',
    ZK_LEADER_RUN_CONTAINMENT_REQUIRED: '1',
    ZK_LEADER_RUN_ZNODE_PREFIX: 'p_',
    ZK_LEADER_ELECTION: '/of/the/outer/run',
    ZK_LEADER_RUNNER: 'another program',
  };
  const options = run(['--session-timeout', '10s', '--', 'ls'], env);
  assert.equal(options.ensemble.text, 'zk1');
  assert.equal(options.timing.sessionTimeoutMs, 10_000);
  assert.equal(options.stdin, true);
  assert.equal(options.containment, 'cgroup');
  assert.equal(options.containmentRequired, true);
  assert.equal(options.znodePrefix, 'p_');
  assert.equal(run(['--stdin=no', '--', 'ls'], env).stdin, false);
});

test('blames the variable for what it says', () => {
  for (const [variable, text, problem] of [
    ['MARGIN', '5', 'expected a duration such as 500ms, 10s or 2m, got "5"'],
    ['STDIN', 'on', 'expected 1, true, yes, 0, false or no, got "on"'],
    ['ID', '', 'expected a value, got an empty one; unset it, or set it'],
    [
      'SESION_TIMEOUT',
      '5s',
      'expected the variable of an option, got an unknown one; did you mean ZK_LEADER_RUN_SESSION_TIMEOUT?',
    ],
    [
      'DEBUG',
      '1',
      'expected the variable of an option, got an unknown one; unset it, or see zk-leader-run --help',
    ],
    [
      'HELP',
      '1',
      'expected the variable of an option, got an unknown one; unset it, or see zk-leader-run --help',
    ],
    [
      '',
      '1',
      'expected the variable of an option, got an unknown one; unset it, or see zk-leader-run --help',
    ],
  ] as const) {
    assert.throws(() => run(['--', 'ls'], { [`ZK_LEADER_RUN_${variable}`]: text }), {
      name: 'UsageError',
      exitCode: 125,
      message: `ZK_LEADER_RUN_${variable}: ${problem}`,
    });
  }
  assert.throws(() => run(['--', 'ls'], { ZK_LEADER_RUN_ZNODE_PREFIX: 'p2' }), {
    message:
      'ZK_LEADER_RUN_ZNODE_PREFIX: expected a prefix such as p_, got "p2", which ends like a number; ' +
      'end it with a letter or _',
  });
});

test('ignores the variables that Kubernetes makes of a Service called zk-leader-run', () => {
  const variables = [
    ...['SERVICE_HOST', 'SERVICE_PORT', 'SERVICE_PORT_HTTP', 'PORT', 'PORT_80_TCP', 'PORT_80_TCP_PROTO'],
    ...['PORT_80_TCP_PORT', 'PORT_80_TCP_ADDR', 'WEB_SERVICE_HOST', 'WEB_PORT_53_UDP_ADDR'],
  ];
  const env = Object.fromEntries(variables.map((name) => [`ZK_LEADER_RUN_${name}`, '10.0.0.1']));
  assert.deepEqual(run(['--', 'ls'], env), run(['--', 'ls'], {}));
});

test("takes no command's run id for the name of a contender that it starts", () => {
  const idIn = (env: Readonly<Record<string, string>>) => run(['--', 'ls'], env).id;
  assert.equal(idIn({ ZK_LEADER_EPOCH: '73', ZK_LEADER_RUN_ID: '73-1' }), 'web1:4711');
  for (const id of ['inner', '7-1', '73-1a', '73']) {
    assert.equal(idIn({ ZK_LEADER_EPOCH: '73', ZK_LEADER_RUN_ID: id }), id);
  }
  assert.equal(idIn({ ZK_LEADER_RUN_ID: '73-1' }), '73-1');
});
