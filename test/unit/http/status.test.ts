import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Facts, type Status, statusOf } from '../../../src/http/status.js';
import { at, JobWalk, left, runOf, SCHEDULED } from '../jobs/walk.js';
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
    fit: true,
    run: '17-1',
    tick: null,
    attempt: 1,
    last_run: null,
    last_result: null,
    last_success: null,
    failures: null,
    next_tick: null,
  });
});

test('tells the fields that the README shows, in that order, and docs/OUTPUT.md explains', () => {
  const document = (path: string): string =>
    readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
  const fields = Object.keys(status(new Walk().lead()));
  const [, shown = ''] = /\/status \| python3 .*\n {4}(\{[^]*?\n {4}\})\n/.exec(document('README.md')) ?? [];
  assert.deepEqual(Object.keys(JSON.parse(shown) as object), fields);
  const [, table = ''] = /\n## `\/status`\n([^]*?)\n## /.exec(document('docs/OUTPUT.md')) ?? [];
  for (const field of fields) assert.ok(table.includes(`\`${field}\``), field);
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
    fit: true,
    run: null,
    tick: null,
    attempt: null,
    last_run: null,
    last_result: null,
    last_success: null,
    failures: null,
    next_tick: null,
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

/** What is told of a job that runs every ten seconds. */
function jobStatus({ settings, state, now }: JobWalk): Partial<Status> {
  const told = statusOf(settings, state, FACTS, now);
  const { phase, leading, run, tick, attempt, last_run, last_result, failures, next_tick } = told;
  return { phase, leading, run, tick, attempt, last_run, last_result, failures, next_tick };
}

test('tells the run, the one before it, and the next tick', () => {
  const walk = new JobWalk(SCHEDULED, () => []).lead(left([runOf(0, { result: 'failed' })], { failures: 1 }));
  const waiting = {
    phase: 'idle',
    leading: true,
    run: null,
    tick: null,
    attempt: null,
    last_run: '9-4',
    last_result: 'failed',
    failures: 1,
    next_tick: at(10),
  };
  assert.deepEqual(jobStatus(walk), waiting);
  const running = {
    ...waiting,
    phase: 'leading',
    run: '17-1',
    tick: at(10),
    attempt: 1,
    next_tick: at(20),
  };
  assert.deepEqual(jobStatus(walk.passTo(10_000).written()), running);
  walk.passTo(12_000).take({ type: 'child-exited', exit: { kind: 'code', code: 0 } });
  assert.deepEqual(jobStatus(walk), { ...running, phase: 'stopping' });
  assert.deepEqual(jobStatus(walk.take({ type: 'tree-empty' })), {
    ...waiting,
    last_run: '17-1',
    last_result: 'succeeded',
    failures: 0,
    next_tick: at(20),
  });
  assert.equal(statusOf(walk.settings, walk.state, FACTS, walk.now).last_success, '2026-01-01T00:00:12.002Z');
});

test('tells the next tick of the schedule, whatever is run before that', () => {
  const walk = new JobWalk({ ...SCHEDULED, onFailure: 'restart' }, () => []);
  walk.lead(left([])).passTo(10_000).written().exit({ kind: 'code', code: 3 });
  assert.deepEqual([jobStatus(walk).run, jobStatus(walk).next_tick], [null, at(20)]);
});

test('does not lead any more behind a run that is the last of its term', () => {
  const walk = new JobWalk(SCHEDULED, () => []).lead(left([])).passTo(10_000).written();
  walk.take({ type: 'signal', signal: 'SIGTERM' });
  const { leading, next_tick } = jobStatus(walk);
  assert.deepEqual([leading, next_tick], [false, null]);
});

test('is fit once its check says so', () => {
  const walk = new JobWalk({ check: { intervalMs: 1000, rise: 1, fall: 1 } }, () => []);
  assert.equal(statusOf(walk.settings, walk.state, FACTS, 0).fit, false);
  walk.take({ type: 'checked', passed: true, because: 'the check exited with 0' });
  assert.equal(statusOf(walk.settings, walk.state, FACTS, 1).fit, true);
});
