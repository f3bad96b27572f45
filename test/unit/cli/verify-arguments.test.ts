import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../../src/cli/arguments.js';
import { everyOption, optionsOf, subcommandNames } from '../../../src/cli/subcommands.js';
import type { VerifyOptions } from '../../../src/options/verify-options.js';

type Environment = Readonly<Record<string, string>>;

function verify(words: readonly string[], env: Environment = {}): VerifyOptions {
  const parsed = parseArguments(['verify', ...words], env);
  assert.equal(parsed.kind, 'verify');
  return parsed.options;
}

/** What a run gives its command. */
const INSIDE = {
  ZK_LEADER_ZOOKEEPER: 'zk1,zk2/jobs',
  ZK_LEADER_ELECTION: '/nightly',
  ZK_LEADER_ZNODE: '/nightly/_c_89808b7c-a566-4bb7-9dfb-f16bea4ad2c4-lock-0000000000',
  ZK_LEADER_EPOCH: '1621',
  ZK_LEADER_ID: 'web1',
};

test('needs nothing inside a command', () => {
  const { ensemble, ...options } = verify([], INSIDE);
  assert.deepEqual(options, {
    electionPath: '/nightly',
    epoch: 1621n,
    znodePrefix: undefined,
    timeoutMs: 5000,
  });
  assert.deepEqual([ensemble.text, ensemble.chroot], ['zk1,zk2/jobs', '/jobs']);
});

test('needs the epoch and the election elsewhere', () => {
  const options = verify(['--epoch', '17', '-e', '/e']);
  assert.deepEqual(
    [options.epoch, options.electionPath, options.ensemble.text],
    [17n, '/e', '127.0.0.1:2181'],
  );
  const way = 'or run it from the command that zk-leader-run has started';
  for (const [words, message] of [
    [['-e', '/e'], `--epoch: expected the number of a term, got none; pass --epoch, ${way}`],
    [
      ['--epoch', '17'],
      `--election: expected a path such as /zk-leader-run/nightly-sync, got none; pass --election, ${way}`,
    ],
  ] as const) {
    assert.throws(() => verify(words), { name: 'UsageError', exitCode: 125, message });
  }
});

test('takes every option, which win over all variables', () => {
  const words = ['-z=zk9', '-e', '/e', '--epoch=9223372036854775807', '--znode-prefix', 'p_', '--timeout=2s'];
  const env = { ...INSIDE, ZK_LEADER_RUN_EPOCH: '5', ZK_LEADER_RUN_ELECTION: '/other' };
  for (const options of [verify(words, env), verify(words)]) {
    assert.equal(options.ensemble.text, 'zk9');
    assert.equal(options.electionPath, '/e');
    assert.equal(options.epoch, 2n ** 63n - 1n);
    assert.equal(options.znodePrefix, 'p_');
    assert.equal(options.timeoutMs, 2000);
  }
  assert.equal(verify(['-e', '/e'], INSIDE).electionPath, '/e');
  assert.equal(verify(['-e', '/e'], INSIDE).epoch, 1621n);
});

test("takes other variables than the run's own with another epoch, and never half of them", () => {
  const env = {
    ZK_LEADER_RUN_ZOOKEEPER: 'zk9',
    ZK_LEADER_RUN_ELECTION: '/inherited',
    ZK_LEADER_RUN_TIMEOUT: '1s',
  };
  const of = ({ epoch, electionPath, ensemble, timeoutMs }: VerifyOptions) => [
    epoch,
    electionPath,
    ensemble.text,
    timeoutMs,
  ];
  // The run was told otherwise on its command line than its environment said.
  assert.deepEqual(of(verify([], { ...INSIDE, ...env })), [1621n, '/nightly', 'zk1,zk2/jobs', 1000]);
  const asked = { ...INSIDE, ...env, ZK_LEADER_RUN_EPOCH: '17' };
  assert.deepEqual(of(verify([], asked)), [17n, '/inherited', 'zk9', 1000]);
  assert.deepEqual(of(verify(['--epoch', '18'], { ...INSIDE, ...env })), [18n, '/inherited', 'zk9', 1000]);
  assert.deepEqual(of(verify(['--epoch', '18'], env)), [18n, '/inherited', 'zk9', 1000]);
});

test('finds the prefix that the run was given in the znode it tells', () => {
  const prefixOf = (name: string) =>
    verify([], { ...INSIDE, ZK_LEADER_ZNODE: `/nightly/${name}` }).znodePrefix;
  assert.equal(prefixOf('p_0000000017'), 'p_');
  assert.equal(prefixOf('p-0000000017'), 'p-');
  assert.equal(prefixOf('p_-000000017'), 'p_');
  assert.equal(prefixOf('6f1c-lock-0000000017'), undefined);
  assert.equal(prefixOf('anything'), undefined);
  const given = { ...INSIDE, ZK_LEADER_ZNODE: '/nightly/p_0000000017' };
  assert.equal(verify(['--znode-prefix=q_'], given).znodePrefix, 'q_');
});

test('refuses each mistake in a sentence that names whoever made it', () => {
  const epoch = 'expected the number of a term, from 1 to 9223372036854775807, as in ZK_LEADER_EPOCH, got';
  for (const [words, env, message] of [
    [['--epoch', 'x'], {}, `--epoch: ${epoch} "x"`],
    [['--epoch', '0x11'], {}, `--epoch: ${epoch} "0x11"`],
    [['--epoch=-1'], {}, `--epoch: ${epoch} "-1"`],
    [['--epoch', '0'], {}, `--epoch: ${epoch} "0"`],
    [['--epoch', '1.0'], {}, `--epoch: ${epoch} "1.0"`],
    [['--epoch', '9223372036854775808'], {}, `--epoch: ${epoch} "9223372036854775808"`],
    [[], { ZK_LEADER_EPOCH: '' }, `ZK_LEADER_EPOCH: ${epoch} ""`],
    [[], { ZK_LEADER_RUN_EPOCH: 'soon' }, `ZK_LEADER_RUN_EPOCH: ${epoch} "soon"`],
    [
      [],
      { ZK_LEADER_ELECTION: 'nightly' },
      'ZK_LEADER_ELECTION: expected a path such as /zk-leader-run/nightly-sync, got "nightly", which does not begin with /',
    ],
    [
      [],
      { ZK_LEADER_ZOOKEEPER: 'zk1,' },
      'ZK_LEADER_ZOOKEEPER: expected host[:port][,host[:port]...][/chroot], got "zk1,", where a server is missing',
    ],
    [['--timeout', '5'], {}, '--timeout: expected a duration such as 500ms, 10s or 2m, got "5"'],
    [['--timeout', '0s'], {}, '--timeout: expected a duration of at least 1ms, got "0s"'],
    [['--epoch'], {}, '--epoch: expected a value, got none; write --epoch=VALUE'],
    [['--epoch', '1', '--epoch', '2'], {}, '--epoch: expected once, got it twice; keep one of them'],
  ] as const) {
    assert.throws(() => verify(words, { ...INSIDE, ...env }), { name: 'UsageError', exitCode: 125, message });
  }
});

test('tells the subcommands from each other, and their options', () => {
  const listed = 'zk-leader-run verify --help lists them';
  const usage =
    'the command comes after it: zk-leader-run [options] -- COMMAND [ARG...]; zk-leader-run --help tells more';
  for (const [argv, message] of [
    [
      ['verify', '--wait', '5s'],
      `--wait: expected an option of zk-leader-run verify, got one of zk-leader-run run; ${listed}`,
    ],
    [
      ['--stdin', 'verify'],
      `--stdin: expected an option of zk-leader-run verify, got one of zk-leader-run run; ${listed}`,
    ],
    [
      ['--epoch', '17', '--', 'ls'],
      '--epoch: expected an option of zk-leader-run run, got one of zk-leader-run verify; ' +
        'did you mean zk-leader-run verify --epoch?',
    ],
    [
      ['verify', '--epohc', '17'],
      '--epohc: expected an option of zk-leader-run verify, got an unknown one; did you mean --epoch?',
    ],
    [
      ['verify', '--verbose'],
      `--verbose: expected an option of zk-leader-run verify, got an unknown one; ${listed}`,
    ],
    [['verify', '17'], `"17": expected an option of zk-leader-run verify, got a word; ${listed}`],
    [['verify', 'run'], `"run": expected an option of zk-leader-run verify, got a word; ${listed}`],
    [
      ['verify', '--', './job', '-x'],
      'COMMAND: expected none, since zk-leader-run verify runs none, got "-- ./job -x"; leave it out',
    ],
    [
      ['verfy'],
      `"verfy": expected an option before --, got a word; did you mean zk-leader-run verify? If not, ${usage}`,
    ],
    [
      ['runn', '--', 'ls'],
      `"runn": expected an option before --, got a word; did you mean zk-leader-run run? If not, ${usage}`,
    ],
    [['run', 'verify', '--', 'ls'], `"verify": expected an option before --, got a word; ${usage}`],
  ] as const) {
    assert.throws(() => parseArguments(argv, INSIDE), { name: 'UsageError', exitCode: 125, message });
  }
  // What stands behind -- is a command, whatever its name.
  assert.throws(() => parseArguments(['--', 'verify'], { PATH: '/nowhere' }), { exitCode: 127 });
});

test('leaves to each subcommand the variables of the others', () => {
  const env = { ZK_LEADER_RUN_WAIT: 'soon', ZK_LEADER_RUN_STDIN: '', ...INSIDE };
  assert.equal(verify([], env).epoch, 1621n);
  assert.throws(() => verify([], { ...INSIDE, ZK_LEADER_RUN_EPOCHE: '1' }), {
    message:
      'ZK_LEADER_RUN_EPOCHE: expected the variable of an option, got an unknown one; ' +
      'did you mean ZK_LEADER_RUN_EPOCH?',
  });
});

test('gives an option the same shape in every subcommand', () => {
  for (const name of subcommandNames) {
    for (const [option, { alias, isSwitch, hidden }] of Object.entries(optionsOf(name))) {
      const other = everyOption.get(option);
      assert.deepEqual([alias, isSwitch, hidden], [other?.alias, other?.isSwitch, other?.hidden], option);
    }
  }
});
