import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../../src/cli/arguments.js';
import { parseConfigFile } from '../../../src/cli/config-file.js';
import { configText } from '../../../src/cli/config.js';
import { masked, maskedWords } from '../../../src/cli/secrets.js';
import { optionsOf, shownOptions } from '../../../src/cli/subcommands.js';

const surroundings = () => ({ searchPath: '/bin:/usr/bin', cwd: '/', host: 'web1', pid: 4711 });

function config(argv: readonly string[], env: Readonly<Record<string, string>> = {}, file = ''): string {
  const parsed = parseArguments(
    ['config', ...argv],
    env,
    surroundings,
    parseConfigFile('nightly.yaml', file),
  );
  assert.equal(parsed.kind, 'config');
  return configText(parsed.options);
}

/** The rows of the table by their first column, spaces within them made one. */
function rowsOf(table: string): Map<string, string> {
  const rows = table.trimEnd().split('\n');
  return new Map(rows.map((row) => [row.split(' ')[0] ?? '', row.replaceAll(/ +/g, ' ')]));
}

test('tells every option of run, what counts for it, and where that comes from', () => {
  const file =
    'zookeeper: zk1\nid: a\n\nsession-timeout: 20s\ntimeout: 1s\nevery: 1h\ncommand: [ls, -l, "a b"]';
  const env = { ZK_LEADER_RUN_SESSION_TIMEOUT: '30s', ZK_LEADER_RUN_ZOOKEEPER: 'zk2' };
  const rows = rowsOf(config(['-z', 'zk3', '--containment-required'], env, file));
  assert.deepEqual(
    [...rows.keys()],
    ['OPTION', ...shownOptions(Object.entries(optionsOf('run'))), 'COMMAND'],
  );
  for (const row of [
    'OPTION VALUE FROM',
    'zookeeper zk3 command line',
    'session-timeout 30s ZK_LEADER_RUN_SESSION_TIMEOUT',
    'id a nightly.yaml:2',
    'election /zk-leader-run/ls default',
    'wait forever default',
    'stdin false default',
    'containment-required true command line',
    'every 1h nightly.yaml:6',
    'on-exit (exit; with a schedule, wait for the next tick) default',
    'COMMAND ls -l "a b" nightly.yaml:7',
  ]) {
    assert.equal(rows.get(row.split(' ')[0] ?? ''), row);
  }
});

test('tells what depends on the command in words where there is none', () => {
  const rows = rowsOf(config([]));
  assert.equal(rows.get('election'), 'election (/zk-leader-run/NAME of the command) default');
  assert.equal(rows.get('id'), 'id (HOST:PID) default');
  assert.equal(rows.get('COMMAND'), 'COMMAND (none) default');
  assert.equal(rowsOf(config(['--', 'true'])).get('COMMAND'), 'COMMAND true command line');
});

test('tells a hidden option where it is set, and a strange value in quotes', () => {
  const rows = rowsOf(config(['--znode-prefix', 'p_', '--id', 'a b']));
  assert.equal(rows.get('znode-prefix'), 'znode-prefix p_ command line');
  assert.equal(rows.get('id'), 'id "a b" command line');
});

test('tells the same in one JSON object', () => {
  const file = 'margin: 600ms\ncommand: [ls]';
  const told = JSON.parse(config(['--json', '--wait=1s'], { ZK_LEADER_RUN_ID: 'web1' }, file)) as {
    settings: Record<string, unknown>;
    command: unknown;
  };
  const { settings, command } = told;
  assert.deepEqual(settings['wait'], { value: '1s', from: 'command line', where: null });
  assert.deepEqual(settings['id'], { value: 'web1', from: 'environment', where: 'ZK_LEADER_RUN_ID' });
  assert.deepEqual(settings['margin'], { value: '600ms', from: 'file', where: 'nightly.yaml:1' });
  assert.deepEqual(settings['config'], { value: null, from: 'default', where: null });
  assert.deepEqual(command, { value: ['ls'], from: 'file', where: 'nightly.yaml:2' });
  assert.equal((JSON.parse(config(['--json'])) as typeof told).command, null);
});

test('refuses what run would refuse, in the same sentence', () => {
  for (const [words, exitCode, message] of [
    [['--margin', '5'], 125, /^--margin: expected a duration/],
    [['--session-timeout', '5s'], 125, /^--session-timeout: the timings leave -2600ms/],
    [['--election', 'x', '--', 'ls'], 125, /^--election: expected a path/],
    [['--', 'sh'], 125, /^--election: expected a path such as/],
    [['--', './no/such'], 127, /^COMMAND: expected the path of a program/],
    [['--'], 125, /^COMMAND: expected a command after --/],
    [
      ['--epoch', '5'],
      125,
      /^--epoch: expected an option of zk-leader-run config, got one of zk-leader-run verify/,
    ],
  ] as const) {
    assert.throws(() => config(words), { name: 'UsageError', exitCode, message });
  }
});

test('masks what looks like a secret, and not the path of the file it is in', () => {
  for (const [text, shown] of [
    ['postgres://me:secret@db:5432/x', 'postgres://me:***@db:5432/x'],
    ['digest:me:aGFzaA==:cdrwa', 'digest:me:***:cdrwa'],
    ['./notify --api-key abc DB_PASSWORD="a b" on', './notify --api-key *** DB_PASSWORD=*** on'],
    ['[::1]:2181,zk2:2181/jobs', '[::1]:2181,zk2:2181/jobs'],
    ['--token-file=/run/token', '--token-file=/run/token'],
  ] as const) {
    assert.equal(masked(text), shown);
  }
  const words = ['./job', '--password', 'a b', '--token=x', '--token-file', '/run/token', 'password', 'x'];
  assert.deepEqual(maskedWords(words), [
    ...['./job', '--password', '***', '--token=***', '--token-file', '/run/token', 'password', 'x'],
  ]);
  const printed = config(['--id', 'http://me:pass@x', '--', 'ls', '--secret', 'pass'], {}, '');
  assert.doesNotMatch(printed, /pass/);
  const json = config(['--json', '--id', 'http://me:pass@x', '--', 'ls', '--secret', 'pass'], {}, '');
  assert.doesNotMatch(json, /pass/);
});
