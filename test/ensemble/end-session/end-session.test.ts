// Ends sessions of holders that were killed, through whatever is left of the ensemble. The sessions last twice as long
// as any test waits: none ends by itself.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { type TestContext, after, before, test } from 'node:test';
import { parseConnectString } from '../../../src/options/connect-string.js';
import { endSession } from '../../../src/zookeeper/end-session.js';
import { Ensemble } from '../../support/ensemble.js';
import { freePort } from '../../support/free-port.js';
import { TcpProxy } from '../../support/proxy.js';
import { PATIENCE_MS, eventually, withDeadline } from '../../support/wait.js';
import { RawClient } from '../session/raw-client.js';
import { OP, Wire } from '../session/wire.js';
import { Holder } from './holder.js';

const options = { timeout: 6 * PATIENCE_MS };
const SESSION_MS = 2 * PATIENCE_MS;

let ensemble: Ensemble;
let single: Ensemble;
before(async () => {
  const limits = { maxSessionTimeoutMs: SESSION_MS };
  [ensemble, single] = await Promise.all([
    Ensemble.start({ servers: 3, ...limits }),
    Ensemble.start({ servers: 1, ...limits }),
  ]);
}, options);
after(async () => {
  await Promise.all([ensemble.stop(), single.stop()]);
}, options);

/** The leader and the two followers, once what an earlier test has stopped is back. */
async function whole() {
  const followers = await eventually('two servers to follow', async () => {
    const found = await ensemble.followers();
    return found.length === 2 && found;
  });
  const leader = await ensemble.leader();
  const [one, two] = followers;
  assert.ok(one !== undefined && two !== undefined);
  return { leader, one, two };
}

/** Ends the holder's session through these servers only. */
async function end(holder: Holder, servers: readonly string[], limitMs = SESSION_MS) {
  return withDeadline(
    'the end of the session',
    endSession({
      ...holder.session,
      servers: parseConnectString('servers', servers.join(',')).servers,
      sessionTimeoutMs: limitMs,
    }),
  );
}

async function observe(t: TestContext, address: string): Promise<RawClient> {
  const observer = await RawClient.connect(address);
  t.after(() => {
    observer.close();
  });
  return observer;
}

/** A holder that was killed, and the deletion of its znode as seen at that server. */
async function deadHolder(t: TestContext, address: string, observedAt = address) {
  const holder = await Holder.start(t, address, SESSION_MS);
  assert.equal(holder.session.sessionTimeoutMs, SESSION_MS);
  const observer = await observe(t, observedAt);
  const { deleted } = await observer.watchDeletion(holder.path);
  await holder.kill();
  return { holder, deleted: () => withDeadline('the deletion of the znode', deleted) };
}

async function proxyTo(t: TestContext, port: number): Promise<TcpProxy> {
  const proxy = await TcpProxy.listen({ host: '127.0.0.1', port });
  t.after(() => proxy.close());
  return proxy;
}

test("ends a session through another server than its holder's", options, async (t) => {
  const { leader, one: held, two: other } = await whole();
  const { holder, deleted } = await deadHolder(t, held.address, leader.address);
  const startedAt = performance.now();
  assert.equal(await end(holder, [other.address]), 'ended');
  t.diagnostic(`ended in ${(performance.now() - startedAt).toFixed(1)} ms`);
  await deleted();
});

test('ends a session on a single server, and by its name', options, async (t) => {
  const { port, address } = single.server(0);
  const { holder, deleted } = await deadHolder(t, address);
  assert.equal(await end(holder, [`localhost:${port}`]), 'ended');
  await deleted();
});

test("goes on to the next when the holder's server has died with it", options, async (t) => {
  const { one: held, two: other } = await whole();
  const { holder, deleted } = await deadHolder(t, held.address, other.address);
  await held.kill();
  t.after(() => held.restart());
  assert.equal(await end(holder, [held.address, other.address]), 'ended');
  await deleted();
});

test('does not wait for a server behind a black hole, nor for a second one', options, async (t) => {
  const { port, address } = ensemble.server(0);
  const { holder, deleted } = await deadHolder(t, address);
  const holes = await Promise.all([proxyTo(t, port), proxyTo(t, port)]);
  for (const hole of holes) hole.blackhole();
  assert.equal(await end(holder, [...holes.map((hole) => hole.address), address]), 'ended');
  await deleted();
});

for (const role of ['leader', 'follower'] as const) {
  test(`ends a session while the ${role} is stopped that it was held at`, options, async (t) => {
    const { leader, one } = await whole();
    const stopped = role === 'leader' ? leader : one;
    const { holder } = await deadHolder(t, stopped.address);
    await stopped.pause();
    t.after(async () => {
      stopped.resume();
      await stopped.serving();
    });
    // Without its leader the ensemble has to elect another one first.
    const others = ensemble.servers.filter((server) => server !== stopped);
    assert.equal(await end(holder, [stopped.address, ...others.map(({ address }) => address)]), 'ended');
    const observer = await observe(t, others.map(({ address }) => address).join(','));
    assert.equal(await observer.stat(holder.path), null);
  });
}

test('says of a session that is gone already that it has ended', options, async (t) => {
  const { holder, deleted } = await deadHolder(t, ensemble.server(0).address);
  assert.equal(await end(holder, [ensemble.server(1).address]), 'ended');
  await deleted();
  for (const { address } of ensemble.servers) assert.equal(await end(holder, [address]), 'ended');
});

test('asks again when the answer is lost, and when the close is', options, async (t) => {
  for (const direction of ['toClient', 'toServer'] as const) {
    const { port, address } = single.server(0);
    const { holder, deleted } = await deadHolder(t, address);
    const proxy = await proxyTo(t, port);
    const wire = new Wire(proxy);
    let lost = 0;
    const loseOne = ({ op }: { readonly op: number }) => {
      if (op !== OP.closeSession || lost > 0) return 'pass';
      lost += 1;
      return 'drop';
    };
    if (direction === 'toClient') wire.onReply = loseOne;
    else wire.onRequest = loseOne;
    assert.equal(await end(holder, [proxy.address]), 'ended', direction);
    // Twice; or more often where the machine is busy, and an attempt is given up before it is answered.
    assert.ok(wire.count(OP.closeSession) >= 2, direction);
    await deleted();
  }
});

test('where every close is lost, lets the session end soon all the same', options, async (t) => {
  const { port, address } = single.server(0);
  const { holder, deleted } = await deadHolder(t, address);
  const proxy = await proxyTo(t, port);
  new Wire(proxy).onRequest = ({ op }) => (op === OP.closeSession ? 'drop' : 'pass');
  assert.equal(await end(holder, [proxy.address], 900), 'unknown');
  await deleted();
});

test('does not know, in time, when nothing answers', options, async (t) => {
  const { port, address } = ensemble.server(0);
  const { holder } = await deadHolder(t, address);
  const hole = await proxyTo(t, port);
  hole.blackhole();
  const nobody = `127.0.0.1:${await freePort()}`;
  const asked = [[hole.address], [nobody], [nobody, hole.address]].map(async (servers) => {
    const startedAt = performance.now();
    assert.equal(await end(holder, servers, 1500), 'unknown');
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs > 1400, `${tookMs} ms`);
  });
  await Promise.all(asked);
});

test('does not end a session with a wrong password', options, async (t) => {
  const { one: held, two: other } = await whole();
  const holder = await Holder.start(t, held.address, SESSION_MS);
  const startedAt = performance.now();
  const said = await endSession({
    ...holder.session,
    password: '00'.repeat(16),
    servers: [{ host: '127.0.0.1', port: other.port }],
  });
  // Which is why it has to be the right one.
  assert.equal(said, 'ended');
  t.diagnostic(`${(performance.now() - startedAt).toFixed(1)} ms`);
  const observer = await observe(t, other.address);
  assert.notEqual(await observer.stat(holder.path), null);
});

test('reaches a server by its IPv6 address', { ...options, skip: await withoutIpv6() }, async (t) => {
  const { port, address } = single.server(0);
  const { holder, deleted } = await deadHolder(t, address);
  const door = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) socket.on('error', () => undefined);
  }).listen(0, '::1');
  await once(door, 'listening');
  t.after(() => door.close());
  const { port: doorPort } = door.address() as AddressInfo;
  assert.equal(await end(holder, [`[::1]:${doorPort}`]), 'ended');
  await deleted();
});

async function withoutIpv6(): Promise<string | false> {
  const server = createServer().listen(0, '::1');
  try {
    await once(server, 'listening');
    return false;
  } catch {
    return 'this machine has no IPv6';
  } finally {
    server.close();
  }
}
