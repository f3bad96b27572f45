// Proves that the sync job makes at most one effect of each item: one writer at a time, none of an earlier epoch, and
// whole items only. Each proof is made with flock where there is one, and with the link that stands in for it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Ensemble } from '../support/ensemble.js';
import { temporaryFolder } from '../support/temporary.js';
import { eventually, PATIENCE_MS } from '../support/wait.js';
import { Program, ZK_LEADER_RUN } from './program.js';
import { has, JOB, Sync } from './sync.js';

const options = { timeout: 3 * PATIENCE_MS };
const STOPPED = { code: 0, signal: null };
const FAILED = { code: 1, signal: null };

for (const locking of ['flock', 'link'] as const) {
  describe(`the sync job, locking by ${locking}`, { skip: locking === 'flock' && !has('flock') }, () => {
    test('copies each item once, and ends with 0 on SIGTERM', options, async (t) => {
      const sync = new Sync(t, locking);
      sync.add('a', 'b');
      const job = sync.run('30');
      await job.said(/^copied b \(epoch 30\)$/);
      sync.add('c');
      await job.said(/^copied c \(epoch 30\)$/);
      job.signalGroup('SIGTERM');
      assert.deepEqual(await job.exited(), STOPPED);
      // That is the shell's word for a flock or an rm that the signal has ended as well.
      assert.deepEqual(
        job.errors.filter((line) => line !== 'Terminated'),
        [],
      );
      assert.deepEqual(job.output, [
        `syncing ${sync.source} to ${sync.target} (epoch 30)`,
        'copied a (epoch 30)',
        'copied b (epoch 30)',
        'copied c (epoch 30)',
      ]);
      assert.deepEqual(sync.copied(), ['a', 'b', 'c']);
      assert.equal(sync.epoch(), '30\n');
      assert.equal(sync.isLocked(), false);
      await job.isGone();
    });

    test('refuses an epoch that is lower than one it has seen', options, async (t) => {
      const sync = new Sync(t, locking);
      sync.add('a');
      // The last two have 64 bits: the same number to whoever counts with fewer, or in floating point.
      for (const [later, earlier] of [
        ['9', '8'],
        ['10', '9'],
        ['9223372036854775807', '9223372036854775806'],
      ] as const) {
        sync.record(later);
        const job = sync.run(earlier);
        assert.deepEqual(await job.exited(), FAILED);
        assert.deepEqual(job.output, []);
        assert.deepEqual(job.errors, [
          `sync-job: refused: our epoch is ${earlier}, and ${sync.target} has seen ${later}`,
        ]);
        assert.equal(sync.epoch(), `${later}\n`);
        assert.equal(sync.isLocked(), false);
      }
      assert.deepEqual(sync.copied(), []);
    });

    test('refuses a job at its next item once a later one has come', options, async (t) => {
      const sync = new Sync(t, locking);
      // With a source of its own, nobody copies its item in its place.
      const { source } = new Sync(t, locking);
      const first = sync.run('99', { SYNC_SOURCE: source });
      await first.said(/^syncing/);
      const second = sync.run('100');
      await second.said(/^syncing/);
      writeFileSync(join(source, 'late'), '');
      assert.deepEqual(await first.exited(), FAILED);
      sync.add('a');
      await second.said(/^copied a \(epoch 100\)$/);
      assert.deepEqual(sync.copied(), ['a']);
      assert.match(first.errors.join('\n'), /refused: our epoch is 99, and .* has seen 100$/);
      assert.deepEqual(first.output.slice(1), []);
    });

    test('lets one write at a time', options, async (t) => {
      const sync = new Sync(t, locking);
      const items = Array.from({ length: 12 }, (_, index) => `item-${String(index + 10)}`);
      sync.add(...items);
      const jobs = [sync.run('7'), sync.run('7'), sync.run('7')];
      await eventually('every item to be copied', () => sync.copied().length === items.length);
      for (const job of jobs) job.signalGroup('SIGTERM');
      for (const job of jobs) assert.deepEqual(await job.exited(), STOPPED);
      // Whoever comes late to an item finds it copied: there is a line of it from one job alone.
      const lines = jobs.flatMap((job) => job.output).filter((line) => line.startsWith('copied'));
      assert.deepEqual(
        lines.sort(),
        items.map((item) => `copied ${item} (epoch 7)`),
      );
      assert.deepEqual(sync.copied(), items);
    });

    test('does not copy again what another job copied while it waited', options, async (t) => {
      const sync = new Sync(t, locking);
      const other = new Sync(t, locking);
      const gate = { TEST_GATE: sync.gate };
      const jobs = [sync.run('7', gate), sync.run('7', { ...gate, SYNC_SOURCE: other.source })];
      for (const job of jobs) await job.said(/^syncing/);
      sync.add('a');
      other.add('a');
      const heard = (line: string): boolean => jobs.some(({ output }) => output.slice(1).includes(line));
      await eventually('one job to copy and the other one to wait', () => {
        return heard('cp has begun') && heard('sleeps 1');
      });
      sync.openGate();
      // Whoever copies the item behind it has been through with this one.
      sync.add('b');
      other.add('c');
      await eventually('both jobs to go on', () => sync.copied().length === 3);
      for (const job of jobs) job.signalGroup('SIGTERM');
      for (const job of jobs) assert.deepEqual(await job.exited(), STOPPED);
      const lines = jobs.flatMap(({ output }) => output).filter((line) => line.startsWith('copied'));
      assert.deepEqual(
        lines.sort(),
        ['a', 'b', 'c'].map((item) => `copied ${item} (epoch 7)`),
      );
    });

    test('finishes the item on SIGTERM, and begins no other', options, async (t) => {
      const sync = new Sync(t, locking);
      sync.add('a', 'b');
      const job = sync.run('30', { TEST_GATE: sync.gate });
      await job.said(/^cp has begun$/);
      job.signalGroup('SIGTERM');
      assert.deepEqual(sync.copied(), []);
      sync.openGate();
      assert.deepEqual(await job.exited(), STOPPED);
      assert.deepEqual(job.output.slice(1), ['cp has begun', 'copied a (epoch 30)']);
      assert.deepEqual(sync.copied(), ['a']);
      await job.isGone();
    });

    test('gives up when the lock is not let go', options, async (t) => {
      const sync = new Sync(t, locking);
      sync.add('a');
      const holder = sync.run('30', { TEST_GATE: sync.gate });
      await holder.said(/^cp has begun$/);
      const job = sync.run('31', { SYNC_LOCK_WAIT: '1' });
      assert.deepEqual(await job.exited(), FAILED);
      assert.match(job.errors.join('\n'), /^sync-job: .* has held the lock of .* for 1s$/);
      // It was not let in, so the holder's epoch is still the highest.
      sync.openGate();
      await holder.said(/^copied a \(epoch 30\)$/);
      assert.equal(sync.epoch(), '30\n');
    });

    test('takes over from a job that was killed while it held the lock', options, async (t) => {
      const sync = new Sync(t, locking);
      sync.add('a');
      const killed = sync.run('30', { TEST_GATE: sync.gate });
      await killed.said(/^cp has begun$/);
      killed.signalGroup('SIGKILL');
      await killed.exited();
      const job = sync.run('31');
      await job.said(/^copied a \(epoch 31\)$/);
      assert.deepEqual(sync.copied(), ['a']);
      assert.equal(readFileSync(join(sync.target, 'a'), 'utf8'), 'a\n');
    });
  });
}

test(
  'waits for the cp of a job that was killed without it',
  { ...options, skip: !has('flock') },
  async (t) => {
    const sync = new Sync(t, 'flock');
    sync.add('a');
    const killed = sync.run('30', { TEST_GATE: sync.gate });
    await killed.said(/^cp has begun$/);
    killed.signal('SIGKILL');
    const job = sync.run('31', { SYNC_LOCK_WAIT: '1' });
    assert.deepEqual(await job.exited(), FAILED);
    assert.match(job.errors.join('\n'), /has held the lock/);
  },
);

test('leaves the link of another machine to a person', options, async (t) => {
  const sync = new Sync(t, 'link');
  // No process of ours, at any rate.
  symlinkSync('elsewhere:999999999', join(sync.target, '.lock.link'));
  const job = sync.run('30', { SYNC_LOCK_WAIT: '1' });
  assert.deepEqual(await job.exited(), FAILED);
  assert.match(job.errors.join('\n'), /^sync-job: elsewhere:999999999 has held the lock of/);
  assert.equal(sync.isLocked(), true);
});

test('has folders of its own when it is given none', options, async (t) => {
  const cwd = temporaryFolder();
  const job = new Program(t, [JOB], { cwd, env: { ZK_LEADER_EPOCH: '1', SYNC_INTERVAL: '0.1' } });
  assert.match(await job.said(/^copied/), /^copied item-\d{8}-\d{6} \(epoch 1\)$/);
  assert.deepEqual(readdirSync(join(cwd, 'sync-demo')), ['source', 'target']);
});

test('says what is missing', options, async (t) => {
  const folder = temporaryFolder();
  const env = { ZK_LEADER_EPOCH: '1', SYNC_SOURCE: folder, SYNC_TARGET: folder };
  for (const [wrong, error] of [
    [{ ZK_LEADER_EPOCH: undefined }, /expected ZK_LEADER_EPOCH in the environment/],
    [{ ZK_LEADER_EPOCH: '-1' }, /expected ZK_LEADER_EPOCH in the environment/],
    [{ SYNC_SOURCE: `${folder}/nowhere` }, /expected a folder in SYNC_SOURCE, got .*nowhere/],
    [{ SYNC_TARGET: `${folder}/nowhere` }, /expected a folder in SYNC_TARGET, got .*nowhere/],
  ] as const) {
    const job = new Program(t, [JOB], { env: { ...env, ...wrong } });
    assert.deepEqual(await job.exited(), FAILED);
    assert.match(job.errors.join('\n'), error);
  }
});

test('goes from one leader to the next under zk-leader-run', options, async (t) => {
  const ensemble = await Ensemble.start({ maxSessionTimeoutMs: 40_000 });
  t.after(() => ensemble.stop());
  const sync = new Sync(t, 'flock');
  const oneLiner = [process.execPath, ZK_LEADER_RUN, '-z', ensemble.connectString, '--', JOB] as const;
  const first = new Program(t, [...oneLiner], { env: sync.env });
  await first.said(/ leading .*election=\/zk-leader-run\/sync-job\.sh/);
  const firstEpoch = epochOf(await first.said(/^syncing/));
  const second = new Program(t, [...oneLiner], { env: sync.env });
  await second.said(/ standing by /);
  sync.add('a');
  await first.said(/^copied a /);

  first.signal('SIGTERM');
  assert.deepEqual(await first.exited(), { code: null, signal: 'SIGTERM' });
  const secondEpoch = epochOf(await second.said(/^syncing/));
  assert.ok(BigInt(secondEpoch) > BigInt(firstEpoch), `${secondEpoch} is no later epoch than ${firstEpoch}`);
  sync.add('b');
  await second.said(/^copied b /);

  // As a machine would that was frozen while it led, and has thawed.
  const thawed = sync.run(firstEpoch);
  assert.deepEqual(await thawed.exited(), FAILED);
  assert.match(thawed.errors.join('\n'), /^sync-job: refused/);

  second.signal('SIGTERM');
  assert.deepEqual(await second.exited(), { code: null, signal: 'SIGTERM' });
  assert.deepEqual(first.output.slice(1), [`copied a (epoch ${firstEpoch})`]);
  assert.deepEqual(second.output.slice(1), [`copied b (epoch ${secondEpoch})`]);
  await first.isGone();
  await second.isGone();
});

function epochOf(line: string): string {
  const epoch = /\(epoch (\d+)\)$/.exec(line)?.[1];
  assert.ok(epoch !== undefined, `no epoch in "${line}"`);
  return epoch;
}
