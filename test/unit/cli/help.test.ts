import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../../src/cli/arguments.js';
import { helpText } from '../../../src/cli/help.js';

test('asks for help and version in spite of other mistakes', () => {
  for (const argv of [
    ['--help'],
    ['-h'],
    ['run', '-h'],
    ['--wait', '--help'],
    ['--bogus', '--help', '--', 'ls'],
  ]) {
    assert.deepEqual(parseArguments(argv, {}), { kind: 'help' });
  }
  assert.deepEqual(parseArguments(['--version'], {}), { kind: 'version' });
  assert.deepEqual(parseArguments(['-V', '--wait', '7'], {}), { kind: 'version' });
});

test('begins the help with the usage', () => {
  assert.match(helpText(undefined), /^Usage: zk-leader-run \[run\] \[options\] -- COMMAND \[ARG\.\.\.\]\n/);
});

test('tells every option and its default in the help, and nothing hidden', () => {
  const help = helpText(undefined).replaceAll(/\s+/g, ' ');
  for (const line of [
    '-z, --zookeeper Connect string: host[:port],...[/chroot], IPv6 addresses in brackets (default: 127.0.0.1:2181)',
    '--session-timeout Asked of the ensemble; the granted one counts (default: 15s)',
    '--stdin Let the command read our standard input (default: it reads end of file)',
    'Election: -z',
    'Lease and stopping: --session-timeout',
    'Command: --stdin',
    'Logging: --log-level',
    'Other: -h, --help Show this text -V, --version Show the version',
    'ZK_LEADER_RUN_SESSION_TIMEOUT=20s',
    '127 the command, or the interpreter it names, does not exist',
  ]) {
    assert.ok(help.includes(line), line);
  }
  assert.doesNotMatch(help, /znode-prefix|\[string\]|\[boolean\]|undefined/i);
});

test('wraps the help for the terminal, at 100 columns at most', () => {
  const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));
  assert.ok(widest(helpText(undefined)) <= 100);
  assert.ok(widest(helpText(300)) <= 100);
  assert.ok(widest(helpText(60)) <= 60);
});
