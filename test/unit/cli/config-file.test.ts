import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { namedConfigFile, parseArguments } from '../../../src/cli/arguments.js';
import { parseConfigFile, readConfigFile } from '../../../src/cli/config-file.js';
import { everyOption, optionsOf, subcommandNames } from '../../../src/cli/subcommands.js';
import type { RunOptions } from '../../../src/options/options.js';
import { fileSettings } from '../../../src/options/sources.js';
import { temporaryFolder } from '../../support/temporary.js';

const surroundings = () => ({ searchPath: '/bin:/usr/bin', cwd: '/', host: 'web1', pid: 4711 });

/** Parses arguments as if they had named a file of this text. */
function parse(text: string, argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return parseArguments(argv, env, surroundings, parseConfigFile('nightly.yaml', text));
}

function run(text: string, argv: readonly string[] = ['--', 'ls'], env = {}): RunOptions {
  const parsed = parse(text, argv, env);
  assert.equal(parsed.kind, 'run');
  return parsed.options;
}

const EVERY_KIND = `
# The same on every server.
zookeeper: zk1,zk2/jobs
id: 007          # a text, as it would be on the command line
wait: 0
stdin: true
'session-timeout': "20s"
`;

const AS_JSON = `{
\t"zookeeper": "zk1,zk2/jobs",
\t"id": "007", "wait": 0, "stdin": true,
\t"session-timeout": "20s"
}`;

test('takes from a file what neither the command line nor the environment says', () => {
  for (const text of [EVERY_KIND, AS_JSON, `\ufeff${EVERY_KIND.replaceAll('\n', '\r\n')}`]) {
    const { ensemble, id, waitMs, stdin, timing } = run(text);
    assert.deepEqual(
      [ensemble.text, id, waitMs, stdin, timing.sessionTimeoutMs],
      ['zk1,zk2/jobs', '007', 0, true, 20_000],
    );
  }
  const env = { ZK_LEADER_RUN_ID: 'environment', ZK_LEADER_RUN_WAIT: '1s' };
  const { id, waitMs, stdin } = run(EVERY_KIND, ['--id', 'command line', '--', 'ls'], env);
  assert.deepEqual([id, waitMs, stdin], ['command line', 1000, true]);
});

test('takes the command from a file unless there is one behind --', () => {
  const text = 'election: /e\ncommand: [echo, 1e3, "two words", ""]\n';
  assert.deepEqual(run(text, []).command, {
    file: '/bin/echo',
    argv0: 'echo',
    args: ['1e3', 'two words', ''],
  });
  assert.equal(run(text, ['--', 'ls']).command.argv0, 'ls');
  assert.throws(() => run(text, ['--']), { message: /^COMMAND: expected a command after --, got nothing/ });
  assert.throws(() => run('election: /e', []), { message: /^COMMAND: expected -- and a command, got no --/ });
});

test('has one file for all subcommands, each of which takes its own options', () => {
  const text = 'margin: soon\ntimeout: 2s\nepoch: 9223372036854775807\nelection: /e\ncommand: [no, such]\n';
  const parsed = parse(text, ['verify']);
  assert.equal(parsed.kind, 'verify');
  const { epoch, electionPath, timeoutMs } = parsed.options;
  assert.deepEqual([epoch, electionPath, timeoutMs], [2n ** 63n - 1n, '/e', 2000]);
  const settings = fileSettings(optionsOf('verify'), parseConfigFile('nightly.yaml', text));
  assert.deepEqual(Object.keys(settings), ['timeout', 'epoch', 'election']);
});

test('gives every subcommand its options from the file', () => {
  for (const name of subcommandNames) {
    const [duration] =
      Object.entries(optionsOf(name)).find(([, entry]) => /^\d+m?s$/.test(entry.default ?? '')) ?? [];
    if (duration === undefined) continue;
    const text = `${duration}: soon\nepoch: 17\nname: job\nelection: /e\ncommand: [ls]\n`;
    assert.throws(() => parse(text, [name]), {
      message: new RegExp(`^nightly\\.yaml:1 ${duration}: expected`),
    });
  }
});

test('counts a file no more than a variable in a command that a run has started', () => {
  const told = { ZK_LEADER_EPOCH: '17', ZK_LEADER_ELECTION: '/told', ZK_LEADER_ZOOKEEPER: 'told' };
  const parsed = parse('election: /file\nzookeeper: file\ntimeout: 2s', ['verify'], told);
  assert.equal(parsed.kind, 'verify');
  const { electionPath, ensemble, timeoutMs } = parsed.options;
  assert.deepEqual([electionPath, ensemble.text, timeoutMs], ['/told', 'told', 2000]);
});

test('takes an empty file for one that says nothing', () => {
  for (const text of ['', '\n', '# margin: 1s\n', '{}', '---\n']) {
    assert.deepEqual(run(text), run('', ['--', 'ls']), text);
  }
});

test('blames the line for what it says', () => {
  for (const [text, message] of [
    ['id: a\nmargin: 5', ':2 margin: expected a duration such as 500ms, 10s or 2m, got "5"'],
    ['{"id": "a",\n"stdin": 2}', ':2 stdin: expected 1, true, yes, 0, false or no, got "2"'],
    ['margin: [5s]', ':1 margin: expected one text, number, true or false, got a list'],
    ['margin: {s: 5}', ':1 margin: expected one text, number, true or false, got a group of keys'],
    ['margin:', ':1 margin: expected one text, number, true or false, got nothing'],
    ['id: ~', ':1 id: expected one text, number, true or false, got nothing'],
    ['id: &a 1\nelection: *a', ':2 election: expected one text, number, true or false, got an alias'],
    ['id: ""', ':1 id: expected a value, got an empty one; leave it out, or set it'],
    ['id: "a\\0b"', ':1 id: expected text, got "a\\u0000b", which has a NUL or half a character in it'],
    [
      'command: ["\\ud800"]',
      ':1 command: expected text, got "\\ud800", which has a NUL or half a character in it',
    ],
    ['command: ls -l', ':1 command: expected a list of words, got "ls -l"; write command: [./job.sh, --all]'],
    ['command: []', ':1 command: expected a command, got an empty list; write command: [./job.sh, --all]'],
    [
      'command: [ls, [a]]',
      ':1 command: expected words, got a list among them; write command: [./job.sh, --all]',
    ],
    [
      'margin: 1s\n\nmargin: 1s',
      ':3 margin: expected once, got it twice, the first at nightly.yaml:1; keep one of them',
    ],
    [
      'session_timeout: 5s',
      ':1 session_timeout: expected the name of an option, got an unknown one; did you mean session-timeout?',
    ],
    ['--wait: 5s', ':1 --wait: expected the name of an option, got an unknown one; did you mean wait?'],
    ['comand: [ls]', ':1 comand: expected the name of an option, got an unknown one; did you mean command?'],
    [
      'help: true',
      ':1 help: expected the name of an option, got an unknown one; leave it out, or see zk-leader-run --help',
    ],
    ['config: other.yaml', ':1 config: expected an option that a file can hold, got one that names it'],
    ['1: x', ':1: expected the name of an option, got "1"; write session-timeout: 20s'],
    ['[a]: x', ':1: expected the name of an option, got a list; write session-timeout: 20s'],
    ['- id: a', ':1: expected options, such as session-timeout: 20s, got a list'],
    ['\nwait=5s', ':2: expected options, such as session-timeout: 20s, got "wait=5s"'],
    ['id: a\n---\nid: b', ':2: expected one document, got a second one; keep one of them'],
  ] as const) {
    assert.throws(() => run(text), { name: 'UsageError', exitCode: 125, message: `nightly.yaml${message}` });
  }
});

test('tells where a file is not what its beginning promises', () => {
  for (const [text, begins] of [
    ['id: a\nwait 5s\nstdin: true', ':2: expected YAML, such as session-timeout: 20s, got a mistake in it: '],
    ['id: a: b', ':1: expected YAML, such as session-timeout: 20s, got a mistake in it: '],
    ['\tid: a', ':1: expected YAML, such as session-timeout: 20s, got a mistake in it: tabs are not allowed'],
    ['id: !secret a', ':1: expected YAML, such as session-timeout: 20s, got a mistake in it: unresolved tag'],
    ['{"id": "a",\n"wait": "5s"', ':2: expected JSON, got a mistake in it: object must end with a }'],
    ['{"id" "a"}', ':1: expected JSON, got a mistake in it: missing , or : between object items'],
  ] as const) {
    assert.throws(
      () => run(text),
      (error: Error) => {
        assert.equal(error.name, 'UsageError');
        assert.ok(error.message.startsWith(`nightly.yaml${begins}`), error.message);
        return true;
      },
    );
  }
});

test('is named by the option, or else by its variable', () => {
  const env = { ZK_LEADER_RUN_CONFIG: '/etc/nightly.yaml' };
  assert.equal(namedConfigFile(['--', 'ls', '--config', 'x'], {}), undefined);
  assert.deepEqual(namedConfigFile(['--', 'ls'], env), {
    text: '/etc/nightly.yaml',
    from: 'ZK_LEADER_RUN_CONFIG',
  });
  assert.deepEqual(namedConfigFile(['verify', '--config', 'x.yaml'], env), {
    text: 'x.yaml',
    from: '--config',
  });
  assert.equal(namedConfigFile(['--config', 'x.yaml', '--help'], {}), undefined);
  assert.throws(() => namedConfigFile(['--confg', 'x', '--', 'ls'], {}), {
    message: '--confg: expected an option of zk-leader-run, got an unknown one; did you mean --config?',
  });
});

test('blames whoever named a file that cannot be read', () => {
  const folder = temporaryFolder();
  const latin1 = join(folder, 'latin1.yaml');
  writeFileSync(latin1, Buffer.from('id: caf\xe9', 'latin1'));
  for (const [path, problem] of [
    [join(folder, 'none.yaml'), 'which does not exist'],
    [folder, 'which is a directory; name a file in it'],
    [latin1, 'which is not text in UTF-8'],
    [join(latin1, 'x'), 'which cannot be read (ENOTDIR)'],
  ] as const) {
    assert.throws(() => readConfigFile({ text: path, from: '--config' }), {
      name: 'UsageError',
      exitCode: 125,
      message: `--config: expected a YAML or JSON file, got ${JSON.stringify(path)}, ${problem}`,
    });
  }
  writeFileSync(latin1, 'id: café');
  const { options } = readConfigFile({ text: latin1, from: '--config' });
  assert.deepEqual([...options], [['id', { value: 'café', place: `${latin1}:1` }]]);
});

test('has no option that the key of the command would hide', () => {
  assert.ok(!everyOption.has('command'));
});
