import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseArguments } from '../../../src/cli/arguments.js';
import type { RunOptions } from '../../../src/options/options.js';

const surroundings = () => ({ searchPath: '/bin:/usr/bin', cwd: '/', host: 'web1', pid: 4711 });

function run(argv: readonly string[]): RunOptions {
  const parsed = parseArguments(argv, {}, surroundings);
  assert.equal(parsed.kind, 'run');
  return parsed.options;
}

const USAGE = 'zk-leader-run [options] -- COMMAND [ARG...]; zk-leader-run --help tells more';
const UNKNOWN = 'expected an option of zk-leader-run, got an unknown one;';
const LISTED = 'options of the command come after --, and zk-leader-run --help lists ours';

test('needs nothing but a command', () => {
  const options = run(['--', 'ls']);
  assert.equal(options.electionPath, '/zk-leader-run/ls');
  assert.equal(options.id, 'web1:4711');
  assert.deepEqual(options, run(['run', '--', 'ls']));
});

test('takes a value behind a space or =, and short names', () => {
  for (const argv of [
    ['--zookeeper', 'zk1', '--election', '/e', '--wait', '5s'],
    ['--zookeeper=zk1', '--election=/e', '--wait=5s'],
    ['-z', 'zk1', '-e', '/e', '--wait', '5s'],
    ['-z=zk1', '-e=/e', '--wait', '5s'],
    ['run', '-z', 'zk1', '-e', '/e', '--wait', '5s'],
    ['-z', 'zk1', 'run', '-e', '/e', '--wait', '5s'],
  ]) {
    const { ensemble, electionPath, waitMs } = run([...argv, '--', 'ls']);
    assert.deepEqual([ensemble.text, electionPath, waitMs], ['zk1', '/e', 5000]);
  }
});

test('takes a value as it is typed', () => {
  for (const id of ['1e3', '0x10', '007', 'true', 'run', 'a=b=c', 'a.b', '"quoted"', "'q'", ' ', 'é']) {
    assert.equal(run([`--id=${id}`, '--', 'ls']).id, id);
    assert.equal(run(['--id', id, '--', 'ls']).id, id);
  }
  assert.equal(run(['--id=-5', '--', 'ls']).id, '-5');
  assert.equal(run(['--id=--wait', '--', 'ls']).id, '--wait');
});

test('takes --stdin with and without a value', () => {
  for (const [words, stdin] of [
    [[], false],
    [['--stdin'], true],
    [['--stdin', 'run'], true],
    [['--stdin=true'], true],
    [['--stdin=yes'], true],
    [['--stdin=0'], false],
    [['--stdin', 'false'], false],
  ] as const) {
    assert.equal(run([...words, '--', 'ls']).stdin, stdin, words.join(' '));
  }
});

test('takes --containment-required beside --containment, whose name begins alike', () => {
  const of = (...words: string[]) => {
    const { containment, containmentRequired } = run([...words, '--', 'ls']);
    return [containment, containmentRequired];
  };
  assert.deepEqual(of(), ['auto', false]);
  assert.deepEqual(of('--containment', 'cgroup'), ['cgroup', false]);
  assert.deepEqual(of('--containment-required'), ['auto', true]);
  assert.deepEqual(of('--containment-required', '--containment=group'), ['group', true]);
  assert.deepEqual(of('--containment-required=no', '--containment=group'), ['group', false]);
});

test('takes --on-lost twice, in either order and form, and anything else once', () => {
  for (const words of [
    ['--on-lost', 'exit', '--on-lost', "sh -c 'a b'"],
    ['--on-lost', "sh -c 'a b'", '--on-lost', 'exit'],
    ["--on-lost=sh -c 'a b'", '--on-lost=exit'],
    ["--on-lost=sh -c 'a b'", '--on-lost', 'exit'],
    ['--on-lost', 'exit', "--on-lost=sh -c 'a b'"],
  ]) {
    const { onLost, hooks } = run([...words, '--', 'ls']);
    assert.deepEqual([onLost, hooks.lost?.args], ['exit', ['-c', 'a b']], words.join(' '));
  }
  assert.deepEqual(run(["--on-elected='sh' -c 'x'", '--', 'ls']).hooks.elected?.args, ['-c', 'x']);
  for (const [words, message] of [
    [
      ['--on-lost', 'exit', '--on-lost', 'sh', '--on-lost', 'ls'],
      '--on-lost: expected at most twice, got it more often; keep two',
    ],
    [
      ['--on-elected', 'sh', '--on-elected', 'ls'],
      '--on-elected: expected once, got it twice; keep one of them',
    ],
    [['--on-lost', 'exit', '--on-lost='], '--on-lost: expected a value, got none; write --on-lost=VALUE'],
    [['--on-lost', 'exit', '--on-lost'], '--on-lost: expected a value, got none; write --on-lost=VALUE'],
  ] as const) {
    assert.throws(() => run([...words, '--', 'ls']), { message });
  }
});

test('hands what follows the first -- to the command byte for byte', () => {
  const words = [
    '1e3',
    '0x10',
    '--',
    '',
    '--wait=..',
    '--help',
    '-V',
    '--no-x',
    '-z',
    'a.b=c',
    '日本\n🚀',
    '-',
  ];
  assert.deepEqual(run(['--wait', '5s', '--', 'ls', ...words]).command.args, words);
  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('--', '-', '', '1e3', '--wait=..', '--help', '--version', 'run', '--zookeeper'),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), (args) => {
      assert.deepEqual(run(['--', 'ls', ...args]).command.args, args);
    }),
  );
});

test('refuses a mistake before -- in a sentence that shows the way out', () => {
  for (const [words, message] of [
    [
      ['./job.sh'],
      `"./job.sh": expected an option before --, got a word; the command comes after it: ${USAGE}`,
    ],
    [['run', 'run'], `"run": expected an option before --, got a word; the command comes after it: ${USAGE}`],
    [[''], `"": expected an option before --, got a word; the command comes after it: ${USAGE}`],
    [
      ['--wait', '5s', '6s'],
      `"6s": expected an option before --, got a word; the command comes after it: ${USAGE}`,
    ],
    [['--sesion-timeout', '10s'], `--sesion-timeout: ${UNKNOWN} did you mean --session-timeout?`],
    [['--sesion-timeout=10s'], `--sesion-timeout=10s: ${UNKNOWN} did you mean --session-timeout?`],
    [['--session', '10s'], `--session: ${UNKNOWN} did you mean --session-timeout?`],
    [['--logformat', 'json'], `--logformat: ${UNKNOWN} did you mean --log-format?`],
    [['--sessionTimeout', '10s'], `--sessionTimeout: ${UNKNOWN} did you mean --session-timeout?`],
    [['-wait', '5s'], `-wait: ${UNKNOWN} did you mean --wait?`],
    [['---wait', '5s'], `---wait: ${UNKNOWN} did you mean --wait?`],
    [['--z', 'a'], `--z: ${UNKNOWN} did you mean --zookeeper?`],
    [['--hlep'], `--hlep: ${UNKNOWN} did you mean --help?`],
    [['--help=no'], `--help=no: ${UNKNOWN} did you mean --help?`],
    [['--znode-prefi', 'p_'], `--znode-prefi: ${UNKNOWN} ${LISTED}`],
    [['--verbose'], `--verbose: ${UNKNOWN} ${LISTED}`],
    [['--no-stdin'], `--no-stdin: ${UNKNOWN} ${LISTED}`],
    [['-zhost'], `-zhost: ${UNKNOWN} ${LISTED}`],
    [['-x'], `-x: ${UNKNOWN} ${LISTED}`],
    [
      ['--id', '-5'],
      '--id: expected a value, got "-5", which begins as an option does; write --id=-5 if you mean it',
    ],
    [['--__proto__=1'], `--__proto__=1: ${UNKNOWN} ${LISTED}`],
    [['--constructor', 'x'], `--constructor: ${UNKNOWN} ${LISTED}`],
    [['--id='], '--id: expected a value, got none; write --id=VALUE'],
    [['--id', ''], '--id: expected a value, got none; write --id=VALUE'],
    [['--id'], '--id: expected a value, got none; write --id=VALUE'],
    [['--id', '--wait', '5s'], '--id: expected a value, got none; write --id=VALUE'],
    [
      ['--wait', '-5s'],
      '--wait: expected a value, got "-5s", which begins as an option does; write --wait=-5s if you mean it',
    ],
    [['--wait=-5s'], '--wait: expected a duration such as 500ms, 10s or 2m, or 0, or forever, got "-5s"'],
    [['--wait=5s', '-5'], `-5: ${UNKNOWN} ${LISTED}`],
    [['--stdin', '-5'], `-5: ${UNKNOWN} ${LISTED}`],
    [['--stdin='], '--stdin: expected a value, got none; write --stdin=VALUE'],
    [['--stdin=maybe'], '--stdin: expected 1, true, yes, 0, false or no, got "maybe"'],
    [['--wait', '5s', '--wait=6s'], '--wait: expected once, got it twice; keep one of them'],
    [['-z', 'a', '--zookeeper', 'a'], '--zookeeper: expected once, got it twice; keep one of them'],
    [['--stdin', '--stdin'], '--stdin: expected once, got it twice; keep one of them'],
    [
      ['--lease-grace', '10 sec'],
      '--lease-grace: expected a duration such as 500ms, 10s or 2m, got "10 sec"',
    ],
    [
      ['--znode-prefix', 'p2'],
      '--znode-prefix: expected a prefix such as p_, got "p2", which ends like a number; end it with a letter or _',
    ],
  ] as const) {
    assert.throws(() => run([...words, '--', 'ls']), { name: 'UsageError', exitCode: 125, message });
  }
});

test('asks for -- and a command where they are missing', () => {
  for (const [argv, message] of [
    [[], `COMMAND: expected -- and a command, got no --; write ${USAGE}`],
    [['run', '--wait', '5s'], `COMMAND: expected -- and a command, got no --; write ${USAGE}`],
    [['--'], `COMMAND: expected a command after --, got nothing; write ${USAGE}`],
    [['--wait', '5s', '--'], `COMMAND: expected a command after --, got nothing; write ${USAGE}`],
    // The first mistake from the left is the one that was made.
    [
      ['./job.sh', '--verbose'],
      `"./job.sh": expected an option before --, got a word; the command comes after it: ${USAGE}`,
    ],
  ] as const) {
    assert.throws(() => run(argv), { name: 'UsageError', exitCode: 125, message });
  }
});

test('passes on that the command does not exist', () => {
  assert.throws(() => run(['--', './no/such/job']), {
    exitCode: 127,
    message:
      'COMMAND: expected the path of a program, got "./no/such/job", which does not exist; ' +
      'correct it, or write a name in PATH',
  });
});

test(
  'leaves the description of standard output blocking, which the command shares',
  { skip: noProc() },
  () => {
    const script = `
    import { readFileSync, writeSync } from 'node:fs';
    const flags = () => /flags:\\s*(\\d+)/.exec(readFileSync('/proc/self/fdinfo/1', 'utf8'))[1];
    const before = flags();
    const { parseArguments } = await import(${JSON.stringify(new URL('../../../src/cli/arguments.js', import.meta.url).href)});
    parseArguments(['--', 'ls'], { PATH: '/bin:/usr/bin' });
    writeSync(2, before + ' ' + flags());
    process.stdout.write('still there');`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    const [before, afterwards] = stderr.split(' ');
    assert.equal(afterwards, before);
    assert.match(stderr, /^\d+ \d+$/);
    assert.equal(stdout, 'still there');
  },
);

function noProc(): string | false {
  return process.platform === 'linux' ? false : 'reads /proc';
}
