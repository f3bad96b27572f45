import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Job } from '../../../src/election/job.js';
import type { Phase } from '../../../src/election/model.js';
import type { Message } from '../../../src/systemd/notifier.js';
import { Report } from '../../../src/systemd/report.js';
import { JobWalk, left, SCHEDULED } from '../jobs/walk.js';
import { SETTINGS } from '../settings.js';
import { ASKED, BEHIND, LEADING, STOPPING, turnTo, ZNODE } from './stage.js';

const CONNECTING: Phase = { name: 'connecting' };
/** A report whose loop turns when it is asked to, unless it is stuck; what it tells is kept by turns. */
function stage(t: TestContext, { watchdogMs }: { watchdogMs: number | undefined }) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const told: Message[] = [];
  const loop: { phase: Phase; stuck: boolean; asked: number } = { phase: CONNECTING, stuck: false, asked: 0 };
  const report = new Report({
    manager: { socket: '/x', watchdogMs },
    notifier: { tell: (message) => told.push(message) },
    settings: SETTINGS,
    electionPath: '/e',
    ensemble: 'zk',
    turn: () => {
      loop.asked += 1;
      if (!loop.stuck) report.observe(turnTo(loop.phase));
    },
  });
  return {
    loop,
    /** The names told since the last call. */
    names: (): string[] => told.splice(0).flatMap((message) => Object.keys(message)),
    told: (): Message => Object.assign({}, ...told.splice(0)) as Message,
    to: (phase: Phase): void => {
      loop.phase = phase;
      report.observe(turnTo(phase));
    },
    pass: (ms: number): void => {
      t.mock.timers.tick(ms);
    },
  };
}

test('is ready in line, once, and not before', (t) => {
  const { to, told, names, pass } = stage(t, { watchdogMs: undefined });
  pass(0);
  assert.deepEqual(told(), { STATUS: 'Waiting for a watchdog', EXTEND_TIMEOUT_USEC: '30000000' });
  to({ name: 'joining', step: 'surveying' });
  assert.deepEqual(names(), ['STATUS']);
  to(BEHIND);
  assert.deepEqual(told(), { READY: '1', STATUS: 'Standing by at place 2 of /e' });
  to(LEADING);
  to(CONNECTING);
  to(BEHIND);
  assert.deepEqual(names(), ['STATUS', 'STATUS', 'STATUS']);
});

test('asks for more time as long as it waits for the ensemble', (t) => {
  const { told, pass } = stage(t, { watchdogMs: 9000 });
  pass(0);
  told();
  for (let turn = 0; turn < 5; turn++) {
    pass(3000);
    assert.deepEqual(told(), { EXTEND_TIMEOUT_USEC: '9000000' });
  }
});

test('gives the watchdog a sign of life from each third of its time to the next', (t) => {
  const { to, names, told, pass, loop } = stage(t, { watchdogMs: 9000 });
  pass(0);
  to(LEADING);
  names();
  for (let turn = 0; turn < 5; turn++) {
    pass(2999);
    assert.deepEqual(names(), []);
    pass(1);
    assert.deepEqual(told(), { WATCHDOG: '1' });
  }
  assert.equal(loop.asked, 6);
});

test('gives no sign of life while the loop does not turn, however often it was asked', (t) => {
  const { to, names, told, pass, loop } = stage(t, { watchdogMs: 9000 });
  pass(0);
  to(LEADING);
  names();
  loop.stuck = true;
  pass(60_000);
  assert.deepEqual(names(), []);
  loop.stuck = false;
  to(LEADING);
  assert.deepEqual(told(), { WATCHDOG: '1' });
});

test('has no timer where nobody waits for a sign', (t) => {
  const { to, pass, loop } = stage(t, { watchdogMs: undefined });
  pass(0);
  to(LEADING);
  pass(10_000);
  const { asked } = loop;
  pass(3_600_000);
  assert.equal(loop.asked, asked);
});

test('says that it stops when nothing else can follow, and asks for time until it has', (t) => {
  const { to, names, told, pass } = stage(t, { watchdogMs: 9000 });
  pass(0);
  to(LEADING);
  to({ ...STOPPING, cause: { kind: 'lease' } });
  to({ name: 'resigning', znode: ZNODE, lastWords: [], next: { kind: 'rejoin' }, giveUpAt: 0 });
  to(BEHIND);
  to(LEADING);
  assert.equal(names().includes('STOPPING'), false);
  to(STOPPING);
  assert.deepEqual(told(), {
    STOPPING: '1',
    STATUS: 'Ending the command: received SIGTERM',
    EXTEND_TIMEOUT_USEC: '9000000',
  });
  pass(3000);
  assert.deepEqual(told(), { EXTEND_TIMEOUT_USEC: '9000000' });
  to({ name: 'resigning', znode: ZNODE, lastWords: [], next: ASKED, giveUpAt: 0 });
  to({ name: 'ended', ending: ASKED });
  assert.deepEqual(names(), ['STATUS', 'STATUS']);
});

test('says that it stops when it ends unasked, or before it ever stood in line', (t) => {
  const exit = { kind: 'code', code: 0 } as const;
  for (const phase of [
    { ...STOPPING, cause: { kind: 'exited', exit } },
    { name: 'resigning', znode: ZNODE, lastWords: [], next: { kind: 'leadership-lost' }, giveUpAt: 0 },
    { name: 'ended', ending: { kind: 'no-ensemble' } },
  ] as const) {
    const { to, names } = stage(t, { watchdogMs: undefined });
    to(phase);
    const told = names();
    assert.ok(told.includes('STOPPING') && !told.includes('READY'), told.join());
    t.mock.timers.reset();
  }
});

test('does not say that it stops behind a run after which the contender comes back', (t) => {
  const told: Message[] = [];
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const report = (onFailure: Job['onFailure']) =>
    new JobWalk({ ...SCHEDULED, onFailure }, (_, settings) => [
      new Report({
        manager: { socket: '/x', watchdogMs: undefined },
        notifier: { tell: (message) => told.push(message) },
        settings,
        electionPath: '/e',
        ensemble: 'zk',
        turn: () => undefined,
      }),
    ]);
  for (const [onFailure, stops] of [
    ['stay', false],
    ['restart', false],
    ['resign', false],
    ['exit', true],
  ] as const) {
    report(onFailure).lead(left([])).passTo(10_000).written().exit({ kind: 'code', code: 3 });
    assert.equal('STOPPING' in Object.assign({}, ...told.splice(0)), stops, onFailure);
  }
});
