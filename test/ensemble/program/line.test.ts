// Proves the line: who watches whom, who wakes whom, in which order they lead, and what each term tells its command.
// What is watched is asked of the server; the notifications are counted on the wire.
import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { type TestContext, after, test } from 'node:test';
import type { Contender } from '../../support/contender.js';
import { Ensemble } from '../../support/ensemble.js';
import { TcpProxy } from '../../support/proxy.js';
import { eventually } from '../../support/wait.js';
import { RawSession } from './raw-session.js';
import { contend, endOf, newElection, options, znodeOf } from './stage.js';

const ensemble = await Ensemble.start();
const raw = await RawSession.open(ensemble.connectString);
after(async () => {
  await raw.close();
  await ensemble.stop();
});
const zookeeper = ensemble.connectString;

const NOTIFICATION_XID = -1;

/** A contender whose notifications are counted. */
interface Watched {
  readonly contender: Contender;
  readonly notifications: () => number;
}

/** So many contenders in a row, the first of them leading. */
async function row(t: TestContext, election: string, length: number): Promise<Watched[]> {
  const members: Watched[] = [];
  for (let place = 1; place <= length; place += 1) {
    const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: ensemble.server(0).port });
    let notifications = 0;
    proxy.onFrame('toClient', (frame) => {
      if (frame.readInt32BE(4) === NOTIFICATION_XID) notifications += 1;
      return 'pass';
    });
    const contender = contend(t, {
      id: `c${place}`,
      zookeeper: proxy.address,
      election,
      command: ['sh', '-c', 'echo "epoch $ZK_LEADER_EPOCH"; exec sleep 120'],
    });
    t.after(() => proxy.close());
    const before = members.at(-1)?.contender;
    if (before === undefined) await contender.printed(/^epoch/);
    else await contender.logged('standing by', { behind: await znodeOf(before), place });
    members.push({ contender, notifications: () => notifications });
  }
  return members;
}

/** Which sessions watch which paths of this election, as the server knows it. */
async function watchers(election: string): Promise<Map<string, bigint[]>> {
  const answer = (await ensemble.server(0).ask('wchp')) ?? '';
  const found = new Map<string, bigint[]>();
  let path = '';
  for (const line of answer.split('\n').filter((text) => text !== '')) {
    if (line.startsWith('/')) path = line;
    else if (path.startsWith(election)) found.set(path, [...(found.get(path) ?? []), BigInt(line.trim())]);
  }
  return found;
}

async function sessionOf(contender: Contender): Promise<bigint> {
  return BigInt(String((await contender.logged('connected'))['session']));
}

/**
 * Each of the members watches the one before it, and for requests to itself; nothing else is watched, the election path
 * least of all.
 */
async function eachWatchesItsPredecessor(election: string, members: readonly Watched[]): Promise<void> {
  const expected = new Map<string, bigint[]>();
  for (const [index, { contender }] of members.entries()) {
    const before = members[index - 1]?.contender;
    const session = await sessionOf(contender);
    const name = (await znodeOf(contender)).slice(election.length + 1);
    expected.set(`${election}.control/resign${name}`, [session]);
    if (before !== undefined) expected.set(await znodeOf(before), [session]);
  }
  const sorted = (map: Map<string, bigint[]>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  await eventually(
    'each to watch its predecessor',
    async () => (await watchers(election)).size >= expected.size,
  );
  assert.deepEqual(sorted(await watchers(election)), sorted(expected));
}

test(
  'five contenders stand in the order of joining, and each watches only its predecessor',
  options,
  async (t) => {
    const election = newElection();
    const members = await row(t, election, 5);
    assert.deepEqual(
      (await raw.children(election))?.map((name) => `${election}/${name}`),
      await Promise.all(members.map(({ contender }) => znodeOf(contender))),
    );
    await eachWatchesItsPredecessor(election, members);
  },
);

test('the middle one leaving wakes only its follower, which moves its watch on', options, async (t) => {
  const election = newElection();
  const members = await row(t, election, 5);
  const [, second, third, fourth] = members;
  assert.ok(second !== undefined && third !== undefined && fourth !== undefined);
  await eachWatchesItsPredecessor(election, members);
  third.contender.signal('SIGTERM');
  await endOf(third.contender);
  await fourth.contender.logged('standing by', { behind: await znodeOf(second.contender), place: 3 });
  const left = members.filter((member) => member !== third);
  await eachWatchesItsPredecessor(election, left);
  assert.deepEqual(
    left.map(({ contender, notifications }) => [contender.id, notifications()]),
    [
      ['c1', 0],
      ['c2', 0],
      ['c4', 1],
      ['c5', 0],
    ],
  );
});

test('five contenders take over one after the other, with epochs that rise strictly', options, async (t) => {
  const election = newElection();
  const members = await row(t, election, 5);
  const epochs: bigint[] = [];
  for (const [index, { contender }] of members.entries()) {
    const line = await contender.printed(/^epoch \d+$/);
    const epoch = BigInt(line.slice('epoch '.length));
    assert.equal((await raw.stat(await znodeOf(contender)))?.czxid, epoch);
    epochs.push(epoch);
    for (const { contender: later } of members.slice(index + 1)) assert.deepEqual(later.output, []);
    contender.signal('SIGTERM');
    assert.deepEqual(await endOf(contender), { code: null, signal: 'SIGTERM' });
  }
  for (const [index, epoch] of epochs.entries())
    assert.ok(index === 0 || epoch > (epochs[index - 1] ?? epoch));
  assert.deepEqual(await raw.children(election), []);
});

test('tells the command its term, whatever it would have inherited', options, async (t) => {
  const election = newElection();
  const names = ['ZK_LEADER_ELECTION', 'ZK_LEADER_ZNODE', 'ZK_LEADER_EPOCH', 'ZK_LEADER_ID', 'UNTOUCHED'];
  const contender = contend(t, {
    id: 'wëb 1',
    zookeeper,
    election,
    command: ['sh', '-c', `env | grep -E '^(${names.join('|')})='; exec sleep 120`],
    env: Object.fromEntries(names.map((name) => [name, 'inherited'])),
  });
  await contender.until('the whole environment', () =>
    contender.output.length < names.length ? undefined : true,
  );
  const znode = await znodeOf(contender);
  const stat = await raw.stat(znode);
  assert.deepEqual(contender.output.toSorted(), [
    'UNTOUCHED=inherited',
    `ZK_LEADER_ELECTION=${election}`,
    `ZK_LEADER_EPOCH=${String(stat?.czxid)}`,
    'ZK_LEADER_ID=wëb 1',
    `ZK_LEADER_ZNODE=${znode}`,
  ]);
  assert.equal(stat?.ephemeralOwner, await sessionOf(contender));
  const name = znode.slice(election.length + 1);
  assert.match(name, /^_c_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-lock-\d{10}$/);
});

test('keeps who it is in its znode, as JSON in UTF-8', options, async (t) => {
  const contender = contend(t, {
    id: 'wëb 日本 🚀',
    zookeeper,
    election: newElection(),
    command: ['sleep', '120'],
  });
  await contender.logged('command started');
  const bytes = await raw.data(await znodeOf(contender));
  const data = JSON.parse(new TextDecoder('utf8', { fatal: true }).decode(bytes)) as Record<string, unknown>;
  const { id, host, pid, command } = data;
  assert.deepEqual(
    { id, host, pid, command },
    { id: 'wëb 日本 🚀', host: hostname(), pid: contender.pid, command: 'sleep' },
  );
});
