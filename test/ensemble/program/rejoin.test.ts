// Proves how a contender gets back in line when its session, or its place in line, has gone without its doing.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Contender, LogLine } from '../../support/contender.js';
import { Ensemble } from '../../support/ensemble.js';
import { TcpProxy } from '../../support/proxy.js';
import { RawSession } from './raw-session.js';
import {
  Beats,
  MIDDLE_SESSION,
  contend,
  endOf,
  isAlive,
  newElection,
  options,
  script,
  znodeOf,
} from './stage.js';

const ensemble = await Ensemble.start();
const raw = await RawSession.open(ensemble.connectString);
after(async () => {
  await raw.close();
  await ensemble.stop();
});
const zookeeper = ensemble.connectString;

/** The epoch of the command that says it beats, looked for behind the first `since` lines. */
async function beatingEpoch(contender: Contender, since = 0): Promise<bigint> {
  const line = await contender.printed(/^beating \d+$/, since);
  return BigInt(line.slice('beating '.length));
}

/** The last beat of each term comes before the first of the next, in time and in the file. */
function assertInTurn(beats: Beats, epochs: readonly bigint[]): void {
  const all = beats.all();
  assert.deepEqual([...new Set(all.map(({ epoch }) => epoch))], epochs);
  for (const [index, beat] of all.entries()) {
    const before = all[index - 1];
    if (before === undefined) continue;
    assert.ok(before.epoch <= beat.epoch, `beat ${index} is of an epoch that was over`);
    if (before.epoch < beat.epoch) assert.ok(before.at < beat.at, `beat ${index} came too early`);
  }
}

test(
  'joins anew after a lost session, its command ended before the next one begins (consul#9788)',
  options,
  async (t) => {
    const election = newElection();
    const beats = new Beats();
    const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: ensemble.server(0).port });
    const command = script('beat.mjs', beats.path, '--deaf', '--straggler');
    const cut = contend(t, { id: 'cut', zookeeper: proxy.address, election, command }, MIDDLE_SESSION);
    t.after(() => proxy.close());
    const first = await beatingEpoch(cut);
    const firstZnode = await znodeOf(cut);
    const heir = contend(t, { id: 'heir', zookeeper, election, command: script('beat.mjs', beats.path) });
    await heir.logged('standing by', { behind: firstZnode });

    proxy.stall();
    const second = await beatingEpoch(heir);
    await cut.logged('ending the command', {
      because: 'no heartbeat was answered in time: the lease runs out',
      epoch: String(first),
    });
    await cut.logged('killing the command');
    const seenInCut = cut.log.length;
    proxy.pass();
    await cut.logged('standing by', { behind: await znodeOf(heir), place: 2 }, seenInCut);
    const sessions = cut.log.filter(({ message }) => message === 'connected').map((line) => line['session']);
    assert.equal(new Set(sessions).size, 2);
    const secondZnode = await znodeOf(cut);
    assert.notEqual(secondZnode, firstZnode);
    assert.equal((await raw.stat(secondZnode))?.ephemeralOwner, BigInt(String(sessions.at(-1))));
    assert.equal(await raw.stat(firstZnode), undefined);

    heir.signal('SIGTERM');
    await endOf(heir);
    const third = await beatingEpoch(cut, 1);
    assert.ok(first < second && second < third);
    assertInTurn(beats, [first, second, third]);
  },
);

test(
  'leads again with a larger epoch when the election path was deleted and made anew (CURATOR-724)',
  options,
  async (t) => {
    const election = newElection();
    const beats = new Beats();
    const contender = contend(t, { id: 'a', zookeeper, election, command: script('beat.mjs', beats.path) });
    const first = await beatingEpoch(contender);
    const firstZnode = await znodeOf(contender);
    await remakeWhileStopped(election, [contender]);
    const second = await beatingEpoch(contender, 1);
    await contender.logged('ending the command', { epoch: String(first) });
    assert.ok(first < second);
    // The counter of a new parent begins at zero: only the epoch tells the terms apart.
    assert.equal((await znodeOf(contender)).slice(-10), firstZnode.slice(-10));
    assertInTurn(beats, [first, second]);
  },
);

test('leads again when the election path was deleted and nobody made it anew', options, async (t) => {
  const election = newElection();
  const beats = new Beats();
  const contender = contend(t, { id: 'a', zookeeper, election, command: script('beat.mjs', beats.path) });
  const first = await beatingEpoch(contender);
  await remakeWhileStopped(election, [contender], false);
  const second = await beatingEpoch(contender, 1);
  assertInTurn(beats, [first, second]);
});

test(
  'one leads and one stands by again when the path of both was deleted and made anew (CURATOR-724)',
  options,
  async (t) => {
    const election = newElection();
    const beats = new Beats();
    const command = script('beat.mjs', beats.path);
    const contenders = [contend(t, { id: 'a', zookeeper, election, command })];
    const [leader] = contenders as [Contender];
    const first = await beatingEpoch(leader);
    const standby = contend(t, { id: 'b', zookeeper, election, command });
    contenders.push(standby);
    await standby.logged('standing by', { behind: await znodeOf(leader) });
    const seen = contenders.map(({ log }) => log.length);

    await remakeWhileStopped(election, contenders);
    // Whoever comes first: the other one says that it stands behind.
    const settled = contenders.map((contender, index) => {
      const news = () => contender.log.slice(seen[index]);
      return contender.until('a new place in line', () => {
        const isPlace = ({ message }: LogLine) => message === 'leading' || message === 'standing by';
        return news().findLast(isPlace);
      });
    });
    const places = await Promise.all(settled);
    const led = places.find(({ message }) => message === 'leading');
    const stood = places.find(({ message }) => message === 'standing by');
    assert.ok(led !== undefined && stood !== undefined, JSON.stringify(places));
    assert.equal(stood['behind'], led['znode']);
    const second = BigInt(String(led['epoch']));
    assert.ok(first < second);
    await beats.goOn(second);
    const alive = new Set(
      beats
        .all()
        .map(({ pid }) => pid)
        .filter(isAlive),
    );
    assert.equal(alive.size, 1);
    assert.equal((await raw.children(election))?.length, 2);
  },
);

/** What an administrator or a cleaning script does, seen by the contenders only when it is done. */
async function remakeWhileStopped(
  election: string,
  contenders: readonly Contender[],
  remake = true,
): Promise<void> {
  for (const contender of contenders) contender.signal('SIGSTOP');
  for (const name of (await raw.children(election)) ?? []) await raw.remove(`${election}/${name}`);
  await raw.remove(election);
  if (remake) await raw.create(election);
  for (const contender of contenders) contender.signal('SIGCONT');
}
