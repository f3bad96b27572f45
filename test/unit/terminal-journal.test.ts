// Proves what the status line says, by steps that the core really takes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../src/election/messages.js';
import type { Settings, State } from '../../src/election/model.js';
import { begin, step } from '../../src/election/step.js';
import { TerminalJournal } from '../../src/supervisor/terminal-journal.js';
import { JobWalk, left, SCHEDULED } from './jobs/walk.js';
import { logTo } from './made-up-log.js';
import { SETTINGS } from './settings.js';

const ON_TERMINAL: Settings = { ...SETTINGS, hangupEnds: true };

const FIRST = '_c_web1-lock-0000000000';
const OURS = '_c_us-lock-0000000001';

/** Takes events at their moments; `shown` is the status behind the last one, `lines` what was logged. */
function run() {
  let now = 0;
  let state: State = begin(SETTINGS, now).state;
  let shown: string | undefined;
  const lines: string[] = [];
  const journal = new TerminalJournal({
    log: logTo(
      ({ level, message }) => {
        lines.push(`${level}: ${message}`);
      },
      (status) => {
        shown = status;
      },
    ),
    settings: ON_TERMINAL,
    clock: () => now,
  });
  return {
    lines,
    /** Returns the status behind the event. */
    take: (at: number, event: Event): string | undefined => {
      now = at;
      const before = state;
      const { state: after, commands } = step(ON_TERMINAL, before, event, now);
      state = after;
      journal.observe({ before, event, after, commands, now });
      return shown;
    },
  };
}

type Run = ReturnType<typeof run>;

function standBy({ take }: Run): string | undefined {
  take(5, { type: 'watchdog-ready' });
  take(10, { type: 'connected', sessionId: 'a', sessionTimeoutMs: 15_000, sentAt: 5 });
  take(15, { type: 'surveyed', sentAt: 10, names: [FIRST], own: [] });
  take(20, { type: 'joined', sentAt: 15, znode: { name: OURS, epoch: 7n } });
  take(25, { type: 'contenders', sentAt: 20, names: [FIRST, OURS] });
  const ids = { predecessor: 'web1', leader: 'web1' };
  return take(30, { type: 'watching', sentAt: 25, name: FIRST, exists: true, ids });
}

test('says nothing of a connection that comes at once, and that it is missing when it does not', () => {
  const { take } = run();
  assert.equal(take(999, { type: 'clock' }), undefined);
  assert.equal(take(1000, { type: 'clock' }), 'zk-leader-run: no connection to ZooKeeper; waiting for 1 s');
  assert.equal(
    take(2000, { type: 'connected', sessionId: 'a', sessionTimeoutMs: 15_000, sentAt: 1900 }),
    'zk-leader-run: no watchdog yet; waiting for 2 s',
  );
  assert.equal(take(2100, { type: 'watchdog-ready' }), undefined);
});

test('says the place in line, who leads, and for how long we have been waiting', () => {
  const contender = run();
  const { take } = contender;
  assert.equal(standBy(contender), 'zk-leader-run: place 2 in line, web1 leads; waiting for 0 s');
  assert.match(take(59_999, { type: 'clock' }) ?? '', /waiting for 59 s$/);
  assert.match(take(60_000, { type: 'clock' }) ?? '', /waiting for 1 min$/);
  assert.match(take(7_380_000, { type: 'clock' }) ?? '', /waiting for 2 h 3 min$/);
  assert.match(
    take(7_380_001, { type: 'suspended', reason: 'gone' }) ?? '',
    /place 2 in line, web1 leads; no connection; waiting/,
  );
});

test('has gone before a command starts', () => {
  const contender = run();
  const { take } = contender;
  standBy(contender);
  assert.equal(
    take(3000, { type: 'watch-fired', name: FIRST }),
    'zk-leader-run: place 2 in line, web1 leads; waiting for 3 s',
  );
  assert.equal(take(3005, { type: 'contenders', sentAt: 3000, names: [OURS] }), undefined);
});

test('has gone before we are stopped, and comes again behind it', () => {
  const contender = run();
  const { take, lines } = contender;
  standBy(contender);
  assert.equal(take(100, { type: 'signal', signal: 'SIGTSTP' }), undefined);
  assert.equal(take(110, { type: 'removed', sentAt: 100, name: OURS }), undefined);
  assert.deepEqual(lines, ['info: stopped until continued']);
  take(60_000, { type: 'suspended', reason: 'gone' });
  assert.match(
    take(60_001, { type: 'lost', reason: 'expired' }) ?? '',
    /no connection to ZooKeeper; waiting/,
  );
  assert.equal(take(60_002, { type: 'signal', signal: 'SIGTSTP' }), undefined);
  assert.equal(lines.length, 2);
});

test('says why Ctrl-Z stops no leader', () => {
  const { take, lines } = run();
  take(5, { type: 'watchdog-ready' });
  take(10, { type: 'connected', sessionId: 'a', sessionTimeoutMs: 15_000, sentAt: 5 });
  take(15, { type: 'surveyed', sentAt: 10, names: [], own: [] });
  take(20, { type: 'joined', sentAt: 15, znode: { name: OURS, epoch: 7n } });
  take(25, { type: 'contenders', sentAt: 20, names: [OURS] });
  take(25, { type: 'heartbeat', sentAt: 20, znodeExists: true });
  take(40, { type: 'heartbeat', sentAt: 25, znodeExists: true });
  assert.equal(take(50, { type: 'signal', signal: 'SIGTSTP' }), undefined);
  assert.deepEqual(lines, ['warn: not stopped']);
});

test('says when the next tick comes as long as no command runs', () => {
  const walk = new JobWalk(SCHEDULED, (log, settings, clock) => [
    new TerminalJournal({ log, settings, clock }),
  ]);
  assert.equal(walk.lead(left([])).shown, 'zk-leader-run: leads, next tick in 9 s');
  assert.equal(walk.passTo(9999).shown, 'zk-leader-run: leads, next tick in 0 s');
  assert.equal(walk.passTo(10_000).shown, undefined);
  assert.equal(walk.written().shown, undefined);
  assert.equal(walk.passTo(12_000).exit().shown, 'zk-leader-run: leads, next tick in 7 s');
  assert.equal(
    walk.take({ type: 'suspended', reason: 'cut' }).shown,
    'zk-leader-run: leads, next tick in 7 s; no connection',
  );
});

test('says when a command that has failed is run again', () => {
  const walk = new JobWalk(
    { onExit: 'restart', onFailure: 'restart', restartDelayMs: 10_000 },
    (log, settings, clock) => [new TerminalJournal({ log, settings, clock })],
  );
  walk.lead().written().exit({ kind: 'code', code: 3 });
  assert.match(walk.shown ?? '', /^zk-leader-run: leads, and runs the command again in [89] s$/);
});
