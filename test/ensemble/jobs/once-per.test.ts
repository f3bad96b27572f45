// Proves that of all who are called for one window, or one name, one runs the command; and that a contender does not
// put up with a ledger that it cannot read or write.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runsOf } from '../../../src/ledger/ledger.js';
import { Ensemble } from '../../support/ensemble.js';
import { PERMISSIONS, RawSession } from '../program/raw-session.js';
import { endOf, options } from '../program/stage.js';
import { HOLD, Job } from './stage.js';

const ensemble = await Ensemble.start();
const zookeeper = ensemble.connectString;
const raw = await RawSession.open(zookeeper);
after(async () => {
  await raw.close();
  await ensemble.stop();
});

const SKIP_CODE = 99;

test('with --once-per one of many runs the command, and nobody else later on', options, async (t) => {
  const job = new Job(t, { zookeeper, raw });
  const args = ['--once-per', '1d', '--skip-code', String(SKIP_CODE)];
  const all = ['one', 'two', 'three'].map((id) => job.start(id, args, ['sh', '-c', 'exit 7']));
  const exits = await Promise.all(all.map(endOf));
  assert.deepEqual(exits.map(({ code }) => code).sort(), [7, SKIP_CODE, SKIP_CODE]);
  const later = job.start('later', args, ['true']);
  assert.deepEqual(await endOf(later), { code: SKIP_CODE, signal: null });
  const [run, ...others] = runsOf(await job.ledger());
  assert.deepEqual([run?.result, run?.exit, others], ['failed', { kind: 'code', code: 7 }, []]);
  const tick = run?.tick ?? NaN;
  assert.deepEqual(
    job.traces().map((trace) => [trace.id, trace.tick]),
    [[run?.id, new Date(tick).toISOString()]],
  );
  await job.inLine(0);
});

test('with --rerun-interrupted whoever is called for the same name goes on', options, async (t) => {
  const job = new Job(t, { zookeeper, raw });
  const args = (name: string): string[] => ['--once-per', name, '--rerun-interrupted'];
  const one = job.start('one', args('build-1'), HOLD);
  await job.traced('a run', () => true);
  const other = job.start('other', args('build-2'), ['true']);
  await job.inLine(2);
  const same = job.start('same', args('build-1'), ['true']);
  await job.inLine(3);
  one.signal('SIGKILL');
  for (const contender of [other, same]) {
    assert.deepEqual(await endOf(contender), { code: 0, signal: null });
  }
  assert.deepEqual(
    job.traces().map(({ by, tick, attempt }) => [by, tick, attempt]),
    [
      ['one', 'build-1', 1],
      ['other', 'build-2', 1],
      ['same', 'build-1', 2],
    ],
  );
  assert.deepEqual(
    runsOf(await job.ledger()).map(({ name, result }) => [name, result]),
    [
      ['build-1', 'interrupted'],
      ['build-2', 'succeeded'],
      ['build-1', 'succeeded'],
    ],
  );
});

test('refuses what stands in the place of its ledger', options, async (t) => {
  const job = new Job(t, { zookeeper, raw });
  await makeLedger(job, 'mine');
  const one = job.start('one', ['--every', '1d'], ['true']);
  assert.deepEqual(await endOf(one), { code: 125, signal: null });
  const { because } = await one.logged('refused to stand for election');
  assert.equal(
    because,
    `${job.ledgerPath} cannot be read as the records of runs: it is no ledger of zk-leader-run; ` +
      'remove it with zk-leader-run history --remove, or choose another --election',
  );
  await job.inLine(0);
  assert.equal((await raw.data(job.ledgerPath)).toString(), 'mine');
});

for (const [denied, permissions, what] of [
  ['read', PERMISSIONS.create, 'heartbeat'],
  ['written', PERMISSIONS.read, 'write of the ledger'],
] as const) {
  test(`gives up where its ledger may not be ${denied}`, options, async (t) => {
    const job = new Job(t, { zookeeper, raw });
    await makeLedger(job, JSON.stringify({ version: 1, failures: 0, entries: [] }), permissions);
    const one = job.start('one', ['--on-exit', 'restart'], ['true']);
    assert.deepEqual(await endOf(one), { code: 69, signal: null });
    const { because } = await one.logged('denied by the ensemble');
    assert.equal(
      because,
      `${what} at ${job.election}: the ensemble denies access (ACL) to whoever shows no credentials; pass --auth-file`,
    );
    await job.inLine(0);
    assert.deepEqual(job.traces(), []);
  });
}

test('gives up behind a run in which its ledger was taken away', options, async (t) => {
  const job = new Job(t, { zookeeper, raw });
  const gate = join(job.folder, 'gate');
  const wait = ['sh', '-c', 'until [ -e "$0" ]; do sleep 0.05; done', gate];
  const one = job.start('one', ['--every', '300ms'], wait);
  await job.recorded('a tick that is skipped', ({ entries }) => entries.length > 1);
  await raw.permit(job.ledgerPath, PERMISSIONS.read);
  // It writes down the next tick.
  await one.until('a denial', () => one.log.find(({ level }) => level === 'error'));
  writeFileSync(gate, '');
  assert.deepEqual(await endOf(one), { code: 69, signal: null });
  await job.inLine(0);
  assert.equal(job.traces().length, 1);
});

async function makeLedger(job: Job, data: string, permissions?: number): Promise<void> {
  const parent = job.election.slice(0, job.election.lastIndexOf('/'));
  if ((await raw.stat(parent)) === undefined) await raw.create(parent);
  await raw.create(job.ledgerPath, 'persistent', data, permissions);
}
