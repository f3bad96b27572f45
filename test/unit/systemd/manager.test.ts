import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeManager } from '../../../src/systemd/manager.js';

const SOCKET = { NOTIFY_SOCKET: '/run/systemd/notify' };

test('finds the socket and the watchdog, and leaves neither for what we start', () => {
  const env = { ...SOCKET, WATCHDOG_USEC: '30000000', WATCHDOG_PID: '42', PATH: '/bin' };
  assert.deepEqual(takeManager(env, 42), { socket: '/run/systemd/notify', watchdogMs: 30_000 });
  assert.deepEqual(env, { PATH: '/bin' });
});

test('takes the variables away even where there is nobody to tell', () => {
  const env = { NOTIFY_SOCKET: '', WATCHDOG_USEC: '30000000' };
  assert.equal(takeManager(env, 42), undefined);
  assert.deepEqual(env, {});
});

test('heeds no watchdog that is meant for another process, or that is none', () => {
  for (const watchdog of [
    { WATCHDOG_USEC: '30000000', WATCHDOG_PID: '41' },
    { WATCHDOG_USEC: '0' },
    { WATCHDOG_USEC: 'soon' },
    {},
  ]) {
    assert.deepEqual(takeManager({ ...SOCKET, ...watchdog }, 42), {
      socket: '/run/systemd/notify',
      watchdogMs: undefined,
    });
  }
  assert.equal(takeManager({ ...SOCKET, WATCHDOG_USEC: '30000000' }, 42)?.watchdogMs, 30_000);
});
