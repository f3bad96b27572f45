import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../../src/cli/arguments.js';
import { EPILOGUES, helpText } from '../../../src/cli/help.js';
import { subcommandNames } from '../../../src/cli/subcommands.js';

test('asks for help and version in spite of other mistakes', () => {
  for (const argv of [
    ['--help'],
    ['-h'],
    ['run', '-h'],
    ['--wait', '--help'],
    ['--bogus', '--help', '--', 'ls'],
  ]) {
    assert.deepEqual(parseArguments(argv, {}), { kind: 'help', subcommand: 'run' });
  }
  for (const argv of [
    ['verify', '--help'],
    ['-h', 'verify', '--wait'],
  ]) {
    assert.deepEqual(parseArguments(argv, {}), { kind: 'help', subcommand: 'verify' });
  }
  assert.deepEqual(parseArguments(['--version'], {}), { kind: 'version' });
  assert.deepEqual(parseArguments(['-V', '--wait', '7'], {}), { kind: 'version' });
});

test('begins the help with the usage', () => {
  assert.match(
    helpText('run', undefined),
    /^Usage: zk-leader-run \[run\] \[options\] -- COMMAND \[ARG\.\.\.\]\n/,
  );
});

test('lists the subcommands, each of which has a help of its own', () => {
  const [help, own] = (['run', 'verify'] as const).map((name) =>
    helpText(name, undefined).replaceAll(/\s+/g, ' '),
  );
  assert.ok(help !== undefined && own !== undefined);
  assert.ok(help.includes('Subcommands: zk-leader-run [run] [options] -- COMMAND [ARG...] Runs COMMAND'));
  assert.ok(help.includes('zk-leader-run verify [options] Asks the ensemble whether a term still leads'));
  assert.ok(own.startsWith('Usage: zk-leader-run verify [options] '));
  for (const line of [
    "-z, --zookeeper SERVERS Connect string: host[:port],...[/chroot], IPv6 addresses in brackets (default: the run's own, or",
    "--epoch VALUE The term in question, as its command finds it in ZK_LEADER_EPOCH (default: the run's own)",
    '--timeout DURATION Give up when there is no answer in this time (default: 5s)',
    '69 it cannot be told',
  ]) {
    assert.ok(own.includes(line), line);
  }
  assert.doesNotMatch(own, /Subcommands|--wait|znode-prefix/);
});

test('tells every option and its default in the help, and nothing hidden', () => {
  const help = helpText('run', undefined).replaceAll(/\s+/g, ' ');
  for (const line of [
    '-z, --zookeeper SERVERS Connect string: host[:port],...[/chroot], IPv6 addresses in brackets (default: 127.0.0.1:2181)',
    '--session-timeout DURATION Asked of the ensemble; the granted one counts (default: 15s)',
    '--stdin Let the command read our standard input (default: it reads end of file)',
    'Election: -z',
    'Lease and stopping: --session-timeout',
    'Command: --stdin',
    'When the command ends: --on-exit',
    'exit; with a schedule, wait for the next tick',
    'Schedule: --every',
    'Fitness: --check',
    'Logging: --log-level',
    'Other: -h, --help Show this text -V, --version Show the version',
    'ZK_LEADER_RUN_SESSION_TIMEOUT=20s',
    '--max-restarts N/PERIOD',
    '--overlap CHOICE',
    '124 it ran for longer than --max-runtime, where nothing else is to follow',
    '127 the command, a hook, the check, or the interpreter it names, does not exist',
  ]) {
    assert.ok(help.includes(line), line);
  }
  assert.doesNotMatch(help, /znode-prefix|\[string\]|\[boolean\]|undefined/i);
});

test('wraps the help for the terminal, at 100 columns at most', () => {
  const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));
  assert.ok(widest(helpText('run', undefined)) <= 100);
  assert.ok(widest(helpText('run', 300)) <= 100);
  assert.ok(widest(helpText('run', 60)) <= 60);
  assert.ok(widest(helpText('verify', undefined)) <= 100);
});

test('breaks no line of prose by hand, and keeps what an exit code means in a column of its own', () => {
  for (const subcommand of subcommandNames) {
    const lines = EPILOGUES[subcommand].split('\n');
    for (const [index, line] of lines.entries()) {
      const isFree = /^[^ ]/.test(line) && !line.endsWith(':');
      assert.ok(!isFree || !/^[^ ]/.test(lines[index + 1] ?? ''), `${subcommand}: ${line}`);
    }
  }
  assert.ok(
    helpText('run', 60).includes(
      '\n  69   leadership lost with --on-lost exit, no ensemble in\n       time, or one',
    ),
  );
});
