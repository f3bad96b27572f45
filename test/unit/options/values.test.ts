import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  parseChoice,
  parseId,
  parseStopSignal,
  parseSwitch,
  parseZnodePrefix,
} from '../../../src/options/values.js';

test('takes one of the choices, to the letter', () => {
  assert.equal(parseChoice('--log-format', 'json', ['text', 'json']), 'json');
  for (const text of ['JSON', '', 'yaml', 'toString']) {
    assert.throws(() => parseChoice('--log-format', text, ['text', 'json']), {
      name: 'UsageError',
      exitCode: 125,
      message: `--log-format: expected text or json, got ${JSON.stringify(text)}`,
    });
  }
  assert.throws(() => parseChoice('--log-level', 'trace', ['error', 'warn', 'info']), {
    message: '--log-level: expected error, warn or info, got "trace"',
  });
});

test('reads a switch as people write it', () => {
  for (const text of ['1', 'true', 'yes', 'YES', 'True']) assert.equal(parseSwitch('--stdin', text), true);
  for (const text of ['0', 'false', 'no', 'No']) assert.equal(parseSwitch('--stdin', text), false);
  for (const text of ['', 'on', 'off', '2', ' 1', 'y']) {
    assert.throws(() => parseSwitch('ZK_LEADER_RUN_STDIN', text), {
      message: `ZK_LEADER_RUN_STDIN: expected 1, true, yes, 0, false or no, got ${JSON.stringify(text)}`,
    });
  }
});

test('reads the names of signals with and without SIG, in any case', () => {
  for (const [text, signal] of [
    ['TERM', 'SIGTERM'],
    ['SIGTERM', 'SIGTERM'],
    ['term', 'SIGTERM'],
    ['sigint', 'SIGINT'],
    ['Usr1', 'SIGUSR1'],
  ] as const) {
    assert.equal(parseStopSignal('--stop-signal', text), signal);
  }
});

test('refuses signals that do not ask a command to end', () => {
  for (const [text, sentence] of [
    ['FOO', 'expected a signal such as TERM, INT, QUIT, HUP, USR1 or USR2, got "FOO"'],
    ['15', 'expected a signal such as TERM, INT, QUIT, HUP, USR1 or USR2, got "15"'],
    ['', 'expected a signal such as TERM, INT, QUIT, HUP, USR1 or USR2, got ""'],
    ['SIGSIGTERM', 'expected a signal such as TERM, INT, QUIT, HUP, USR1 or USR2, got "SIGSIGTERM"'],
    [
      'Kill',
      'expected a signal that asks the command to end, got "Kill", which ends it unasked; ' +
        'SIGKILL follows by itself after --stop-timeout, and --stop-timeout 0s sends it soonest',
    ],
    [
      'SIGSTOP',
      'expected a signal that asks the command to end, got "SIGSTOP", which only freezes it; use TERM or INT',
    ],
  ] as const) {
    assert.throws(() => parseStopSignal('--stop-signal', text), {
      name: 'UsageError',
      exitCode: 125,
      message: `--stop-signal: ${sentence}`,
    });
  }
});

test('takes an id of one line and at most 255 bytes', () => {
  for (const id of ['web1:4711', 'Köln 1', '🚀', 'x'.repeat(255), 'é'.repeat(127)]) {
    assert.equal(parseId('--id', id), id);
  }
  for (const [id, problem] of [
    ['', 'which is empty'],
    ['a\nb', 'which has a control character in it'],
    ['a\u001b[31m', 'which has a control character in it'],
    ['a\u0085', 'which has a control character in it'],
    ['x'.repeat(256), 'which has 256 bytes; the limit is 255'],
    ['é'.repeat(128), 'which has 256 bytes; the limit is 255'],
  ] as const) {
    assert.throws(() => parseId('--id', id), {
      name: 'UsageError',
      exitCode: 125,
      message: `--id: expected a name such as web1:4711, got ${JSON.stringify(id)}, ${problem}`,
    });
  }
});

test('takes a znode prefix behind which a sequence number can be read', () => {
  for (const prefix of ['p_', 'lock-', 'v2_', 'lock', '~']) {
    assert.equal(parseZnodePrefix('--znode-prefix', prefix), prefix);
  }
  for (const [prefix, problem] of [
    ['', 'which is empty'],
    ['a/b', 'which has a / in it'],
    ['p2', 'which ends like a number; end it with a letter or _'],
    ['p _', 'which is not all printable ASCII without spaces'],
    ['é', 'which is not all printable ASCII without spaces'],
    ['p\n', 'which is not all printable ASCII without spaces'],
  ] as const) {
    assert.throws(() => parseZnodePrefix('--znode-prefix', prefix), {
      name: 'UsageError',
      exitCode: 125,
      message: `--znode-prefix: expected a prefix such as p_, got ${JSON.stringify(prefix)}, ${problem}`,
    });
  }
});
