// Proves what a signal is taken for, by what has become of the terminal.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../src/election/messages.js';
import { eventOf } from '../../src/supervisor/terminal-signals.js';

interface Given {
  readonly ours?: boolean;
  readonly gone?: boolean;
  readonly shell?: boolean;
}

function taken(signal: string, { ours = false, gone = false, shell = false }: Given): Event | undefined {
  return eventOf(signal, {
    terminalIsOurs: ours,
    terminalHasGone: () => gone,
    isUnderJobControl: () => shell,
  });
}

test('takes a SIGHUP for an order of somebody, as long as the terminal is there, or where there was none', () => {
  for (const ours of [true, false])
    assert.deepEqual(taken('SIGHUP', { ours }), { type: 'signal', signal: 'SIGHUP' });
});

test('takes the SIGHUP of a terminal that has gone for its end', () => {
  assert.deepEqual(taken('SIGHUP', { ours: true, gone: true }), { type: 'hangup' });
});

test('leaves that SIGHUP alone with all streams elsewhere, as nohup has put them', () => {
  assert.equal(taken('SIGHUP', { ours: false, gone: true }), undefined);
});

test('heeds Ctrl-Z only where a shell can continue us', () => {
  assert.deepEqual(taken('SIGTSTP', { shell: true }), { type: 'signal', signal: 'SIGTSTP' });
  assert.equal(taken('SIGTSTP', { shell: false }), undefined);
});

test('takes every other signal for what it is, whatever has become of the terminal', () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGCONT', 'SIGWINCH'])
    assert.deepEqual(taken(signal, { ours: true, gone: true }), { type: 'signal', signal });
});
