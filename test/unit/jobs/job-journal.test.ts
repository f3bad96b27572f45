// Proves what the log says of a job beside its runs, in the words that an operator reads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../../../src/election/job.js';
import type { Event } from '../../../src/election/messages.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { JobJournal } from '../../../src/supervisor/job-journal.js';
import { at, JobWalk, left, runOf, SCHEDULED, WALL } from './walk.js';

function job(changed: Partial<Job> = {}): JobWalk {
  return new JobWalk({ ...SCHEDULED, ...changed }, (log, settings) => [new JobJournal({ log, settings })]);
}

/** What is told when a term begins so many seconds behind the first of January. */
function begin(seconds: number, ledger: Ledger | undefined, changed: Partial<Job> = {}): readonly string[] {
  const walk = job(changed).stand();
  walk.take({ type: 'wall-clock', offsetMs: WALL + seconds * 1000 }, 4);
  return walk.take({ type: 'heartbeat', sentAt: 3, znodeExists: true, ledger: { ledger } }).told();
}

const follows = (next: string): string => `info: following a schedule schedule="every 10s" next="${next}"`;

test('says which schedule a new leader follows, and that it is not that of the last one', () => {
  assert.deepEqual(begin(0, undefined), [follows(`tick ${at(10)}`)]);
  assert.deepEqual(begin(3, left([])), [follows(`tick ${at(10)}`)]);
  assert.deepEqual(begin(3, left([], { schedule: 'every 5m' })), [
    'info: following a schedule because="it is new, the last leader followed every 5m" schedule="every 10s" ' +
      `next="tick ${at(10)}"`,
  ]);
});

test('says by how much the next tick is put off', () => {
  const schedule = { ...SCHEDULED.schedule, dueAt: (tick: number) => tick + 4250 } as Job['schedule'];
  assert.deepEqual(begin(0, left([]), { schedule }), [follows(`tick ${at(10)}, put off by 4.3s`)]);
});

test('says that no tick is left', () => {
  const schedule = {
    ...SCHEDULED.schedule,
    next: () => Infinity,
    between: () => undefined,
  } as Job['schedule'];
  assert.deepEqual(begin(0, left([]), { schedule }), [follows('no tick is left')]);
});

test('says which run has died with its leader, and whether it is run again', () => {
  const interrupted = (next: string): string =>
    `warn: an earlier run was interrupted run="9-4" tick="${at(10)}" by="web1" host="one" next="${next}"`;
  assert.deepEqual(begin(12, left([runOf(10)])), [
    interrupted('it is not run again: --rerun-interrupted would have it so'),
    follows(`tick ${at(20)}`),
  ]);
  assert.deepEqual(begin(12, left([runOf(10)]), { rerunInterrupted: true }), [
    interrupted('it is run again'),
    follows('run 17-1 follows at once'),
  ]);
  const known = left([runOf(10, { result: 'interrupted' })]);
  assert.deepEqual(begin(12, known), [follows(`tick ${at(20)}`)]);
  assert.deepEqual(begin(12, known, { rerunInterrupted: true }), [
    interrupted('it is run again'),
    follows('run 17-1 follows at once'),
  ]);
  assert.deepEqual(begin(12, left([runOf(10)]), { rerunInterrupted: true, catchUpMs: 1000 }), [
    interrupted(
      'it is not run again: its tick is too long ago for --catch-up, or another one is run instead',
    ),
    follows(`tick ${at(20)}`),
  ]);
});

test('says that a run which somebody had asked for is not run again', () => {
  const { tick, ...asked } = runOf(10, { reason: 'request' });
  assert.equal(tick, WALL + 10_000);
  assert.match(String(begin(12, left([asked]))[0]), / next="it is not run again: it was for no tick"$/);
});

test('says that a run for another tick than ours is not run again', () => {
  const lines = begin(12, left([runOf(10)]), {
    schedule: undefined,
    oncePer: { kind: 'tick', tick: WALL + 20_000 },
    rerunInterrupted: true,
  });
  assert.match(String(lines[0]), / next="it is not run again: it was for another tick"$/);
});

test('says of a command that is kept running that it was interrupted, and how long it waits for its failures', () => {
  const { tick, ...kept } = runOf(10, { reason: 'start' });
  assert.equal(tick, WALL + 10_000);
  const keep: Partial<Job> = { schedule: undefined, onExit: 'restart', onFailure: 'restart' };
  const found: Ledger = { tick: undefined, schedule: undefined, failures: 3, entries: [kept] };
  const lines = begin(12, found, keep).map((line) => line.replace(/in [\d.]+s/, 'in PAUSE'));
  assert.deepEqual(lines, [
    'warn: an earlier run was interrupted run="9-4" by="web1" host="one" next="the command is started anew"',
    'info: waiting before the command is started again because="it has failed, here or where it ran before" ' +
      'failures=3 next="attempt 4 in PAUSE"',
  ]);
  assert.deepEqual(begin(12, undefined, keep), []);
});

test('says which ticks were missed before the term began, and what comes next', () => {
  const late = begin(35, left([runOf(10, { result: 'succeeded' })]));
  const because = 'because="nobody could run them when they came"';
  assert.deepEqual(late, [
    follows('run 17-1 follows at once'),
    `warn: ticks were missed count=1 first_tick="${at(20)}" last_tick="${at(20)}" ${because} ` +
      'next="run 17-1 follows at once"',
  ]);
  const tooLate = begin(35, left([runOf(10, { result: 'succeeded' })]), { catchUpMs: 1000 });
  assert.deepEqual(tooLate.slice(1), [
    `warn: ticks were missed count=2 first_tick="${at(20)}" last_tick="${at(30)}" ${because} next="tick ${at(40)}"`,
  ]);
});

test('says which ticks are missed later in the term, each once', () => {
  const walk = job({ catchUpMs: 1000 }).lead(left([]));
  walk.told();
  const missed = (count: number, first: number, last: number): string =>
    `warn: ticks were missed count=${count} first_tick="${at(first)}" last_tick="${at(last)}" ` +
    `because="nobody could run them when they came" next="tick ${at(last + 10)}"`;
  walk.take({ type: 'wall-clock', offsetMs: WALL + 25_000 }).written();
  walk.take({ type: 'wall-clock', offsetMs: WALL + 55_000 }).written();
  assert.deepEqual(walk.passTo(1000).told(), [missed(2, 10, 20), missed(3, 30, 50)]);
});

test('says who asks for a run, and what becomes of that, once', () => {
  const asks = (id: string): Event => ({
    type: 'run-asked',
    request: { id, instruction: { by: 'ann', host: 'desk', since: 'today', because: 'a late file' } },
  });
  const wanted = (next: string): string =>
    `info: somebody asks for a run because="ann@desk: a late file" next="${next}"`;
  const walk = job().lead(left([]));
  walk.told();
  assert.deepEqual(walk.take(asks('31')).told(), [wanted('run 17-1 follows at once')]);
  assert.deepEqual(walk.take(asks('31')).written().take(asks('31')).told(), []);
  assert.deepEqual(walk.take(asks('32')).told(), [wanted('it is started behind run 17-1')]);
  assert.deepEqual(walk.take(asks('32')).told(), []);
  walk.exit().written();
  assert.deepEqual(walk.take(asks('33')).told(), [wanted('it is started behind run 17-2')]);
  walk.take({ type: 'signal', signal: 'SIGTERM' });
  assert.deepEqual(walk.take(asks('34')).told(), [wanted('it is left to whoever leads next')]);
  const granted = job().lead(left([runOf(0, { result: 'succeeded', request: '31' })]));
  granted.told();
  assert.deepEqual(granted.take(asks('31')).told(), []);
  const replacing = job({ overlap: 'replace' }).lead(left([])).take(asks('31')).written();
  replacing.told();
  assert.deepEqual(replacing.take(asks('32')).told(), [wanted('it is started behind run 17-1')]);
});

test('says that nobody waits any more for a run that was asked for', () => {
  const walk = job().lead(left([])).passTo(10_000).written();
  const instruction = { by: 'ann', host: 'desk', since: 'today' };
  walk.take({ type: 'run-asked', request: { id: '31', instruction } }).told();
  assert.deepEqual(walk.take({ type: 'run-not-asked' }).take({ type: 'run-not-asked' }).told(), [
    'info: nobody asks for a run any more because="ann@desk does not wait for it any more" next="it is not started"',
  ]);
});

test('says that somebody has removed the records, once', () => {
  const walk = job().lead(left([])).passTo(10_000);
  walk.told();
  const gone: Event = { type: 'ledger-written', sentAt: walk.now, revision: 1, outcome: 'ledger-gone' };
  assert.deepEqual(walk.take(gone).take(gone).told(), [
    'info: somebody has removed the records of the job next="they begin anew with the next run, and no tick is run twice"',
  ]);
});
