// Proves what becomes of the ticks of a schedule whose leader ends, in the middle of a run, between two, or without
// knowing it: each is run at most once, and what was not run, or not to its end, is written down.
import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { encodeLedger } from '../../../src/ledger/format.js';
import { runsOf } from '../../../src/ledger/ledger.js';
import { Ensemble } from '../../support/ensemble.js';
import { TcpProxy } from '../../support/proxy.js';
import { eventually } from '../../support/wait.js';
import { RawSession } from '../program/raw-session.js';
import { MIDDLE_SESSION, endOf, options } from '../program/stage.js';
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
const DAY_MS = 86_400_000;

test(
  'a run that died with its leader is reported, and only run again where that is wanted',
  options,
  async (t) => {
    const job = new Job(t, { zookeeper, raw });
    const one = job.start('one', TICKING, HOLD);
    const first = await job.traced('a run', () => true);
    assert.equal(first.attempt, 1);
    const two = job.start('two', [...TICKING, '--rerun-interrupted'], HOLD);
    await job.inLine(2);
    one.signal('SIGKILL');
    const again = await job.traced('that run once more', ({ by }) => by === 'two');
    assert.deepEqual([again.tick, again.attempt], [first.tick, 2]);
    job.start('three', TICKING, HOLD);
    await job.inLine(2);
    two.signal('SIGKILL');
    const next = await job.traced('another run', ({ by }) => by === 'three');
    assert.ok(next.tick > first.tick, await job.story());
    assert.equal(next.attempt, 1);
    const runs = runsOf(await job.ledger());
    assert.deepEqual(
      runs.map(({ id, by, reason, result }) => [id, by, reason, result]),
      [
        [first.id, 'one', 'tick', 'interrupted'],
        [again.id, 'two', 'rerun', 'interrupted'],
        [next.id, 'three', runs.at(-1)?.reason, undefined],
      ],
    );
    await job.assertEachTickOnce(EVERY_MS);
  },
);

test('ticks that fell between two leaders are run late, once, or are missed', options, async (t) => {
  const job = new Job(t, { zookeeper, raw });
  const daily = (catchUp: string): string[] => ['--every', '1d', '--catch-up', catchUp];
  /** Kills the leader between two runs, and lets three days pass. */
  const wait = async (contender: ReturnType<Job['start']>): Promise<number> => {
    contender.signal('SIGKILL');
    await contender.exited;
    await job.inLine(0);
    const ledger = await job.ledger();
    const tick = (ledger.tick ?? NaN) - 3 * DAY_MS;
    await raw.write(job.ledgerPath, encodeLedger({ ...ledger, tick }).toString());
    return tick;
  };

  const one = job.start('one', daily('2d'), ['true']);
  await job.recorded('a schedule', ({ schedule }) => schedule);
  await wait(one);
  const two = job.start('two', daily('2d'), ['true']);
  const late = await job.recordedRun('a late run', ({ result }) => result === 'succeeded');
  const today = Math.floor(late.claimedAt / DAY_MS) * DAY_MS;
  const { entries, tick } = await job.ledger();
  const gap = { kind: 'missed', first: today - 2 * DAY_MS, last: today - DAY_MS, count: 2, by: 'two' };
  assert.deepEqual(entries[0], gap);
  assert.deepEqual([late.by, late.reason, late.tick, late.attempt], ['two', 'late', today, 1]);
  assert.deepEqual([entries.length, tick], [2, today]);

  await wait(two);
  job.start('three', daily('0s'), ['true']);
  const after = await job.recorded('a third entry', (ledger) =>
    ledger.entries.length > 2 ? ledger : undefined,
  );
  const all = { kind: 'missed', first: today - 2 * DAY_MS, last: today, count: 3, by: 'three' };
  assert.deepEqual([after.entries.at(-1), after.tick], [all, today]);
  assert.deepEqual(
    job.traces().map(({ by }) => by),
    ['two'],
  );
});

test('a run that is stopped by SIGTERM was interrupted', options, async (t) => {
  const job = new Job(t, { zookeeper, raw });
  const one = job.start('one', TICKING, HOLD);
  const { id } = await job.traced('a run', () => true);
  one.signal('SIGTERM');
  assert.deepEqual(await endOf(one), { code: null, signal: 'SIGTERM' });
  await job.inLine(0);
  const [run] = runsOf(await job.ledger());
  assert.deepEqual([run?.id, run?.result], [id, 'interrupted']);
  assert.ok((run?.endedAt ?? 0) >= (run?.startedAt ?? Infinity));
  await job.assertEachTickOnce(EVERY_MS);
});

suite('a leader without its ensemble', { concurrency: 2, ...options }, () => {
  test('starts nothing when it is continued behind its time', options, async (t) => {
    const job = new Job(t, { zookeeper, raw });
    const one = job.start('one', TICKING, ['true'], { session: MIDDLE_SESSION });
    await job.recordedRun('a run', ({ result }) => result === 'succeeded');
    job.start('two', TICKING, ['true'], { session: MIDDLE_SESSION });
    await job.inLine(2);
    one.signal('SIGSTOP');
    await job.traced('a run elsewhere', ({ by }) => by === 'two');
    one.signal('SIGCONT');
    await job.inLine(2);
    const since = job.traces().length;
    await job.traced('another run', (_, index) => index > since);
    assertHandedOver(job);
    await job.assertEachTickOnce(EVERY_MS);
  });

  test('is not believed when its network is back', options, async (t) => {
    const job = new Job(t, { zookeeper, raw });
    const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: ensemble.server(0).port });
    const one = job.start('one', TICKING, HOLD, { session: MIDDLE_SESSION, zookeeper: proxy.address });
    t.after(() => proxy.close());
    const { id } = await job.traced('a run', () => true);
    job.start('two', TICKING, ['true'], { session: MIDDLE_SESSION });
    await job.inLine(2);
    proxy.stall();
    await job.traced('a run elsewhere', ({ by }) => by === 'two');
    const taken = await job.ledger();
    // Whatever it has sent meanwhile arrives now.
    proxy.pass();
    await job.inLine(2);
    const [run] = runsOf(await job.ledger());
    assert.deepEqual([run?.id, run?.result, run?.endedAt], [id, 'interrupted', undefined], one.story());
    await eventually('the ledger to grow', async () => {
      const { tick = 0 } = await job.ledger();
      return tick > (taken.tick ?? Infinity);
    });
    assertHandedOver(job);
    await job.assertEachTickOnce(EVERY_MS);
  });
});

/** Nothing of the first leader came behind the first run of the other. */
function assertHandedOver(job: Job): void {
  const who = job.traces().map(({ by }) => by);
  assert.ok(who.lastIndexOf('one') < who.indexOf('two'), who.join());
}
