import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Facts, type Status, statusOf } from '../../../src/http/status.js';
import { SETTINGS } from '../settings.js';
import { CONNECTED, CUT, FIRST, OURS, SECOND, TERMINATE_AT, Walk } from './walk.js';

const FACTS: Facts = {
  version: '1.2.3',
  id: 'web3',
  electionPath: '/job',
  watchdog: { pid: 100, containment: 'cgroup' },
  term: { since: '2026-11-22T09:50:20.713Z', pid: 101 },
};

function status({ state, now }: Walk, at = now): Status {
  return statusOf(SETTINGS, state, FACTS, at);
}

test('tells everything of a leader', () => {
  assert.deepEqual(status(new Walk().lead(), 1000), {
    version: '1.2.3',
    id: 'web3',
    election: '/job',
    phase: 'leading',
    leading: true,
    ready: true,
    place: 1,
    znode: `/job/${OURS}`,
    epoch: '17',
    leading_since: '2026-11-22T09:50:20.713Z',
    lease_left_ms: 13_200,
    connected: true,
    session: '0xa1',
    session_timeout_ms: 15_000,
    containment: 'cgroup',
    watchdog_pid: 100,
    pid: 101,
  });
});

test('tells nothing of a term where there is none', () => {
  const { state, now } = new Walk();
  assert.deepEqual(statusOf(SETTINGS, state, { ...FACTS, watchdog: undefined, term: undefined }, now), {
    version: '1.2.3',
    id: 'web3',
    election: '/job',
    phase: 'connecting',
    leading: false,
    ready: false,
    place: null,
    znode: null,
    epoch: null,
    leading_since: null,
    lease_left_ms: null,
    connected: false,
    session: null,
    session_timeout_ms: null,
    containment: null,
    watchdog_pid: null,
    pid: null,
  });
  const standby = status(new Walk().stand(FIRST, SECOND));
  assert.deepEqual([standby.phase, standby.place, standby.znode], ['standby', 3, `/job/${OURS}`]);
  assert.deepEqual(
    [standby.epoch, standby.leading_since, standby.lease_left_ms, standby.pid],
    [null, null, null, null],
  );
});

test('no longer leads once SIGTERM is due, though nobody has had the time to send it', () => {
  const stopped = new Walk().lead();
  assert.equal(status(stopped, TERMINATE_AT - 1).leading, true);
  for (const at of [TERMINATE_AT, TERMINATE_AT + 60_000]) {
    const { phase, leading, ready } = status(stopped, at);
    assert.deepEqual([phase, leading, ready], ['leading', false, false]);
  }
  assert.equal(status(stopped, TERMINATE_AT + 60_000).lease_left_ms, 0);
});

test('goes on leading without a connection for as long as the lease lasts, and is not ready for more', () => {
  const { leading, ready, connected } = status(new Walk().lead().take(CUT), 8000);
  assert.deepEqual([leading, ready, connected], [true, false, false]);
});

test('does not lead any more while the command is being ended, but tells its term', () => {
  const stopping = new Walk().lead().take({ type: 'signal', signal: 'SIGTERM' });
  const { phase, leading, ready, place, epoch, pid } = status(stopping);
  assert.deepEqual([phase, leading, ready, place, epoch, pid], ['stopping', false, false, 1, '17', 101]);
});

test('has no place once the znode is gone, or being deleted', () => {
  const lost = new Walk().lead().take({ type: 'lost', reason: 'expired' });
  assert.deepEqual([status(lost).phase, status(lost).place], ['stopping', null]);
  const resigning = new Walk().lead().take({ type: 'signal', signal: 'SIGTERM' }, { type: 'tree-empty' });
  assert.deepEqual([status(resigning).phase, status(resigning).place], ['resigning', null]);
});

test('is ready in line, with a connection and a watchdog, and never else', () => {
  assert.equal(status(new Walk().takeAt(1, CONNECTED)).ready, false);
  assert.equal(status(new Walk().stand(FIRST)).ready, true);
  assert.equal(status(new Walk().stand()).ready, true);
  assert.equal(status(new Walk().stand(FIRST).take(CUT)).ready, false);
  const unwatched = status(new Walk().stand(FIRST).take({ type: 'watchdog-lost', reason: 'killed' }));
  assert.deepEqual(
    [unwatched.phase, unwatched.ready, unwatched.containment, unwatched.watchdog_pid],
    ['standby', false, null, null],
  );
});

test('is first in line, and leads nothing, while a stranger stands there', () => {
  const barred = new Walk().stand(FIRST).takeAt(3000, { type: 'clock' });
  barred.takeAt(3001, { type: 'contenders', sentAt: 3000, names: ['n_0000000001', OURS] });
  const { phase, place, leading, ready } = status(barred);
  assert.deepEqual([phase, place, leading, ready], ['standby', 1, false, true]);
});
