import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseArguments } from '../../../src/cli/arguments.js';
import { helpText } from '../../../src/cli/help.js';

function shown(...argv: string[]): string {
  const parsed = parseArguments(argv, {});
  assert.equal(parsed.kind, 'shown');
  return parsed.text;
}

test('shows help and version in spite of other mistakes', () => {
  for (const argv of [
    ['--help'],
    ['-h'],
    ['run', '-h'],
    ['--wait', '--help'],
    ['--bogus', '--help', '--', 'ls'],
  ]) {
    assert.match(shown(...argv), /^Usage: zk-leader-run \[run\] \[options\] -- COMMAND \[ARG\.\.\.\]\n/);
  }
  const manifest = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  assert.equal(shown('--version'), `${manifest.version}\n`);
  assert.equal(shown('-V', '--wait', '7'), `${manifest.version}\n`);
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
