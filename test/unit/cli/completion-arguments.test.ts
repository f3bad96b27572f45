import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../../src/cli/arguments.js';

test('completes for the shell that is named, or else for the one in use', () => {
  const shell = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const parsed = parseArguments(argv, env);
    assert.equal(parsed.kind, 'completion');
    return parsed.shell;
  };
  assert.equal(shell(['completion', 'bash'], { SHELL: '/bin/zsh' }), 'bash');
  assert.equal(shell(['completion', 'zsh']), 'zsh');
  assert.equal(shell(['completion'], { SHELL: '/bin/zsh' }), 'zsh');
  assert.equal(shell(['completion'], { SHELL: '/bin/bash', ZK_LEADER_RUN_CONFIG: '/no/such' }), 'bash');
});

test('refuses other shells, and more than one word', () => {
  for (const [words, env, message] of [
    [['fish'], {}, 'completion: expected bash or zsh, got "fish"'],
    [
      [],
      { SHELL: '/bin/fish' },
      'completion: expected bash or zsh, got none, and SHELL is "/bin/fish"; write zk-leader-run completion bash',
    ],
    [
      [],
      {},
      'completion: expected bash or zsh, got none, and SHELL is not set; write zk-leader-run completion bash',
    ],
    [
      ['bash', 'zsh'],
      {},
      '"zsh": expected an option of zk-leader-run completion, got a word; zk-leader-run completion --help lists them',
    ],
    [
      ['--wait', '5s'],
      {},
      '--wait: expected an option of zk-leader-run completion, got one of zk-leader-run run; ' +
        'zk-leader-run completion --help lists them',
    ],
    [
      ['bash', '--', 'ls'],
      {},
      'COMMAND: expected none, since zk-leader-run completion runs none, got "-- ls"; leave it out',
    ],
  ] as const) {
    assert.throws(() => parseArguments(['completion', ...words], env), {
      name: 'UsageError',
      exitCode: 125,
      message,
    });
  }
});
