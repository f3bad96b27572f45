import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCodes, signalExitCode } from '../../src/exit-codes.js';

test('keeps the numbers that scripts rely on', () => {
  assert.deepEqual(exitCodes, {
    no: 1,
    unavailable: 69,
    notElected: 75,
    overran: 124,
    ownError: 125,
    notExecutable: 126,
    notFound: 127,
  });
});

test('reports a signal as shells do, by 128 and its number', () => {
  assert.equal(signalExitCode('SIGHUP'), 129);
  assert.equal(signalExitCode('SIGINT'), 130);
  assert.equal(signalExitCode('SIGKILL'), 137);
  assert.equal(signalExitCode('SIGTERM'), 143);
});
