// Proves what follows a run, and what becomes of one that is in the way or takes too long, by the traces of the runs
// and by the ledger; and that a server that fails its check does not lead.
import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runsOf } from '../../../src/ledger/ledger.js';
import { Ensemble } from '../../support/ensemble.js';
import { eventually } from '../../support/wait.js';
import { RawSession } from '../program/raw-session.js';
import { endOf, options } from '../program/stage.js';
import { HOLD, Job } from './stage.js';

const ensemble = await Ensemble.start();
const zookeeper = ensemble.connectString;
const raw = await RawSession.open(zookeeper);
after(async () => {
  await raw.close();
  await ensemble.stop();
});

const EVERY_MS = 500;
const TICKING = ['--every', `${EVERY_MS}ms`, '--history', '500'];

/** A run that goes on until there is that file. */
function until(gate: string): string[] {
  return ['sh', '-c', 'until [ -e "$0" ]; do sleep 0.05; done', gate];
}

test('with --overlap queue the last tick waits for the run before it', options, async (t) => {
  const job = new Job(t, { zookeeper, raw });
  const gate = join(job.folder, 'gate');
  job.start('one', [...TICKING, '--overlap', 'queue'], until(gate));
  const first = await job.recordedRun('a run', () => true);
  const tick = first.tick ?? NaN;
  await eventually('three more ticks', () => Date.now() > tick + 3.5 * EVERY_MS);
  writeFileSync(gate, '');
  const queued = await job.recordedRun('a run that was queued', ({ reason }) => reason === 'queued');
  const ended = await job.recordedRun('the end of the first', ({ endedAt }) => endedAt !== undefined);
  assert.ok((queued.tick ?? NaN) <= (ended.endedAt ?? NaN) && queued.claimedAt >= (ended.endedAt ?? NaN));
  const { entries } = await job.ledger();
  const count = ((queued.tick ?? NaN) - tick) / EVERY_MS - 1;
  assert.ok(count >= 2, await job.story());
  const skipped = { kind: 'skipped', first: tick + EVERY_MS, last: (queued.tick ?? NaN) - EVERY_MS, count };
  assert.deepEqual(entries[1], { ...skipped, by: 'one' });
  await job.assertEachTickOnce(EVERY_MS);
});

test('with --overlap replace a tick ends the run before it', options, async (t) => {
  const job = new Job(t, { zookeeper, raw });
  job.start('one', [...TICKING, '--overlap', 'replace'], HOLD);
  await job.traced('a third run', (_, index) => index === 2);
  const [first, second, third] = runsOf(await job.ledger());
  assert.deepEqual([first?.result, second?.result, third?.result], ['replaced', 'replaced', undefined]);
  await job.assertEachTickOnce(EVERY_MS);
});

test('ends with 124 when the command takes longer than --max-runtime', options, async (t) => {
  const job = new Job(t, { zookeeper, raw });
  const one = job.start('one', ['--max-runtime', '1s'], HOLD);
  assert.deepEqual(await endOf(one), { code: 124, signal: null });
  assert.equal(job.traces().length, 1);
  assert.equal(await raw.stat(job.ledgerPath), undefined);
  await job.inLine(0);
});

test('a tick whose run takes too long is run again with --on-failure restart', options, async (t) => {
  const job = new Job(t, { zookeeper, raw });
  const args = ['--on-failure', 'restart', '--restart-delay', '20ms', '--max-runtime', '1s'];
  const hang = 'case $ZK_LEADER_ATTEMPT in 1) exec sleep 120; esac';
  job.start('one', ['--every', '4s', ...args], ['sh', '-c', hang]);
  const again = await job.recordedRun(
    'a second attempt',
    (run) => run.attempt === 2 && run.result !== undefined,
  );
  assert.deepEqual([again.reason, again.result], ['restart', 'succeeded']);
  const before = runsOf(await job.ledger()).find((run) => run.tick === again.tick);
  assert.deepEqual([before?.attempt, before?.result], [1, 'timed-out']);
});

test('with --on-exit restart the same term runs the command again', options, async (t) => {
  const job = new Job(t, { zookeeper, raw });
  job.start('one', ['--on-exit', 'restart', '--restart-delay', '50ms'], ['true']);
  await job.traced('a third run', (_, index) => index === 2);
  const [first, ...more] = job.traces();
  assert.ok(first !== undefined);
  const traces = [first, ...more];
  assert.deepEqual(
    traces.map(({ id, epoch, attempt }) => [id, epoch, attempt]),
    traces.map((_, index) => [`${first.epoch}-${index + 1}`, first.epoch, 1]),
  );
  const runs = runsOf(await job.ledger()).slice(0, traces.length);
  assert.deepEqual(
    traces.map(({ tick }) => tick),
    runs.map(({ claimedAt }) => new Date(claimedAt).toISOString()),
  );
  assert.deepEqual(
    runs.map(({ reason }) => reason),
    runs.map((_, index) => (index === 0 ? 'start' : 'restart')),
  );
});

test('too many restarts hand a failing command on, with the pauses behind it', options, async (t) => {
  const job = new Job(t, { zookeeper, raw });
  const delays = ['--restart-delay', '100ms', '--restart-delay-max', '1m'];
  const args = ['--on-failure', 'restart', '--max-restarts', '2/1h', ...delays];
  const gate = join(job.folder, 'gate');
  const fail = ['sh', '-c', 'until [ -e "$0" ]; do sleep 0.05; done; exit 3', gate];
  job.start('one', args, fail);
  await job.recordedRun('a run', () => true);
  job.start('two', args, fail);
  await job.inLine(2);
  writeFileSync(gate, '');
  await job.recordedRun('a run of the other', ({ by, endedAt }) => by === 'two' && endedAt !== undefined);
  const runs = runsOf(await job.ledger()).slice(0, 4);
  assert.deepEqual(
    runs.map(({ by, reason, attempt, result }) => [by, reason, attempt, result]),
    [
      ['one', 'start', 1, 'failed'],
      ['one', 'restart', 2, 'failed'],
      ['one', 'restart', 3, 'failed'],
      ['two', 'restart', 4, 'failed'],
    ],
  );
  assert.deepEqual(runs[0]?.exit, { kind: 'code', code: 3 });
  // Doubled each time, and a fifth of it left to chance; the moments are rounded to whole milliseconds.
  for (const [index, leastMs] of [80, 160, 320].entries()) {
    const pauseMs = (runs[index + 1]?.claimedAt ?? NaN) - (runs[index]?.endedAt ?? NaN);
    assert.ok(pauseMs >= leastMs - 1, `${pauseMs} ms behind failure ${index + 1}\n${await job.story()}`);
  }
});

test('with --on-exit resign every run has another term, and servers take turns', options, async (t) => {
  const job = new Job(t, { zookeeper, raw });
  const args = ['--on-exit', 'resign', '--restart-delay', '100ms'];
  const gate = join(job.folder, 'gate');
  job.start('one', args, until(gate));
  await job.recordedRun('a run', () => true);
  job.start('two', args, until(gate));
  await job.inLine(2);
  writeFileSync(gate, '');
  await job.recorded('two runs of each', (ledger) => {
    const ended = runsOf(ledger).filter(({ result }) => result === 'succeeded');
    return ['one', 'two'].every((id) => ended.filter(({ by }) => by === id).length >= 2);
  });
  const traces = job.traces();
  assert.equal(traces[1]?.by, 'two');
  const epochs = traces.map(({ epoch }) => epoch);
  assert.ok(
    epochs.every((epoch, index) => index === 0 || epoch > (epochs[index - 1] ?? epoch)),
    epochs.join(),
  );
  assert.deepEqual(
    traces.map(({ id }) => id),
    epochs.map((epoch) => `${epoch}-1`),
  );
});

test('who fails its check leads no longer, until it passes again', options, async (t) => {
  const job = new Job(t, { zookeeper, raw });
  const file = (name: string, id: string): string => join(job.folder, `${name}-${id}`);
  const start = (id: string, otherwise = 'exit 1'): void => {
    const check = `sh -c 'touch ${file('checked', id)}; test -e ${file('fit', id)} || ${otherwise}'`;
    // The interval is also what a check may take, and a busy machine is slow to start one.
    const pace = ['--check-interval', '1s', '--check-rise', '1', '--check-fall', '1'];
    job.start(id, ['--check', check, ...pace], HOLD);
  };
  // Before its first result nobody stands in line, and one that takes too long has failed.
  start('two', 'exec sleep 60');
  await eventually('a check', () => existsSync(file('checked', 'two')));
  writeFileSync(file('fit', 'one'), '');
  start('one');
  await job.traced('a run where it is fit', ({ by }) => by === 'one');
  writeFileSync(file('fit', 'two'), '');
  await job.inLine(2);
  rmSync(file('fit', 'one'));
  await job.traced('a run of the other', ({ by }) => by === 'two');
  await job.inLine(1);
  writeFileSync(file('fit', 'one'), '');
  await job.inLine(2);
  rmSync(file('fit', 'two'));
  await job.traced('a second run', ({ by }, index) => by === 'one' && index > 0);
  assert.deepEqual(
    job.traces().map(({ by }) => by),
    ['one', 'two', 'one'],
  );
});
