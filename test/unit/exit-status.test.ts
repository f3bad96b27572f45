import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExitStatus } from '../../src/cli/exit-status.js';
import { exitStatusOf } from '../../src/cli/exit-status.js';
import type { ChildExit, Ending } from '../../src/election/endings.js';

const ORDINARY_PID = 4711;

function statusOf(ending: Ending, pid = ORDINARY_PID): ExitStatus {
  return exitStatusOf(ending, { pid });
}

function afterChild(exit: ChildExit, pid = ORDINARY_PID): ExitStatus {
  return statusOf({ kind: 'child-exited', exit }, pid);
}

test('ends with the code of the command', () => {
  for (const code of [0, 1, 7, 125, 143, 255]) {
    assert.deepEqual(afterChild({ kind: 'code', code }), { kind: 'code', code });
  }
});

test('dies of the signal that the command died of, where a shell or systemd looks for it', () => {
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGPIPE']) {
    assert.deepEqual(afterChild({ kind: 'signal', signal }), { kind: 'signal', signal });
  }
});

test('tells of any other signal by a code, since dying of it would dump core or say too much', () => {
  for (const [signal, code] of [
    ['SIGKILL', 137],
    ['SIGSEGV', 139],
    ['SIGQUIT', 131],
    ['SIGABRT', 134],
  ] as const) {
    assert.deepEqual(afterChild({ kind: 'signal', signal }), { kind: 'code', code });
  }
});

test('tells a command that could not be started as env does', () => {
  for (const [errno, code] of [
    ['ENOENT', 127],
    ['EACCES', 126],
    ['ENOEXEC', 126],
    ['E2BIG', 125],
    ['EAGAIN', 125],
    ['Error: something else', 125],
  ] as const) {
    assert.deepEqual(afterChild({ kind: 'not-started', errno }), { kind: 'code', code });
  }
});

test('dies of the signal that asked it to stop', () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    assert.deepEqual(statusOf({ kind: 'asked', signal }), { kind: 'signal', signal });
  }
  assert.deepEqual(statusOf({ kind: 'asked', signal: 'SIGQUIT' }), { kind: 'code', code: 131 });
});

test('tells the other endings apart', () => {
  assert.deepEqual(statusOf({ kind: 'not-elected' }), { kind: 'code', code: 75 });
  assert.deepEqual(statusOf({ kind: 'no-ensemble' }), { kind: 'code', code: 69 });
  // consul lock ends with 0 there, and nobody notices.
  assert.deepEqual(statusOf({ kind: 'leadership-lost' }), { kind: 'code', code: 69 });
  assert.deepEqual(statusOf({ kind: 'refused', message: 'a stranger' }), { kind: 'code', code: 125 });
  assert.deepEqual(statusOf({ kind: 'denied', message: 'no access' }), { kind: 'code', code: 69 });
});

test('ends with 128 and the number as PID 1, where no signal to oneself works', () => {
  assert.deepEqual(afterChild({ kind: 'signal', signal: 'SIGTERM' }, 1), { kind: 'code', code: 143 });
  assert.deepEqual(statusOf({ kind: 'asked', signal: 'SIGINT' }, 1), { kind: 'code', code: 130 });
  assert.deepEqual(afterChild({ kind: 'code', code: 3 }, 1), { kind: 'code', code: 3 });
});
