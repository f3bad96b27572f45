// Attempts to connect: where they go, how often, and who hears of them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Socket, connect, createServer } from 'node:net';
import { type TestContext, after, before, mock, test } from 'node:test';
import zookeeper from 'node-zookeeper-client';
import { parseConnectString } from '../../../src/options/connect-string.js';
import { chooseServers } from '../../../src/zookeeper/workarounds/d14-connect-attempts.js';
import { Ensemble } from '../../support/ensemble.js';
import { PATIENCE_MS, eventually } from '../../support/wait.js';
import { failedConnects, lateRequests, oneGoodServer } from './scenarios.js';
import { PROGRAM } from './program.js';
import { type Stage, onStage } from './stage.js';
import { outcomeOf } from './subject.js';
import { OP } from './wire.js';

const options = { timeout: 3 * PATIENCE_MS };

let ensemble: Ensemble;
before(async () => {
  ensemble = await Ensemble.start();
}, options);
after(() => ensemble.stop(), options);

test('D9: never executes what was asked for without a connection', options, () => staged(lateRequests));

test('D11: sends one SET_WATCHES after many failed connects, and tells of the loss once', options, () =>
  staged(failedConnects),
);

test('D12: sends nothing before it is connected, nor before it is connected again', options, () =>
  staged(async (stage) => {
    const { proxy, wire } = await stage.wiredProxy();
    wire.onReply = ({ op }) => (op === OP.connect ? 'hold' : 'pass');
    const watched = stage.open([proxy]);
    for (const connects of [1, 2]) {
      await eventually('the answer to the connect', () => wire.answers(OP.connect) === connects);
      const before = wire.requests.length;
      assert.deepEqual(await outcomeOf(watched.exists()), { code: -4 });
      assert.equal(wire.requests.length, before);
      proxy.release();
      await watched.connected(connects);
      assert.equal(await watched.exists('/', () => undefined), true);
      if (connects === 1) proxy.resetAll();
    }
    // The watch goes out again behind the second answer, and ahead of anything we ask.
    const sent = wire.requests.map(({ op }) => op).filter((op) => op !== OP.ping);
    assert.deepEqual(sent, [OP.connect, OP.exists, OP.connect, OP.setWatches, OP.exists]);
  }),
);

test('D14: goes through servers that cannot be found or refuse, tells of each, takes the next', options, () =>
  staged(oneGoodServer),
);

test('D14: connects to an IPv6 literal', options, (t) =>
  staged(async (stage) => {
    const port = await relayOnIPv6Loopback(t, ensemble.server(0).port);
    if (port === undefined) {
      t.skip('this machine has no ::1');
      return;
    }
    const { servers } = parseConnectString('--zookeeper', `[::1]:${String(port)}`);
    const watched = stage.open(servers);
    await watched.connected();
    assert.equal(await watched.exists(), true);
    assert.deepEqual(watched.attempts, [{ host: '::1', port }]);
  }),
);

test('D14: pauses after each round for longer, up to a second, and at once for short again when connected', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const client = zookeeper.createClient('127.0.0.1:1', {
      sessionTimeout: 30_000,
      spinDelay: 0,
      retries: 0,
    });
    const servers = [1, 2].map((port) => ({ host: 'server', port }));
    const attempts: number[] = [];
    const choice = chooseServers(
      client,
      servers,
      2000,
      ({ port }) => attempts.push(port),
      () => 1,
    );
    const pausesMs = (count: number): number[] =>
      Array.from({ length: count }, () => {
        const before = attempts.length;
        let pausedMs = 0;
        client.connectionManager.findNextServer(() => undefined);
        mock.timers.tick(0);
        for (; attempts.length === before; pausedMs += 1) mock.timers.tick(1);
        return pausedMs;
      });
    const rounds = [20, 40, 80, 160, 320, 640, 1000, 1000].flatMap((ms) => [ms, 0]);
    // The first round has no pause before it.
    assert.deepEqual(pausesMs(18), [0, 0, ...rounds]);
    choice.connected();
    assert.deepEqual(pausesMs(4), [0, 0, 20, 0]);
    for (let round = 0; round < attempts.length; round += 2) {
      assert.deepEqual(attempts.slice(round, round + 2).sort(), [1, 2]);
    }
  } finally {
    mock.timers.reset();
  }
});

function staged(scenario: (stage: Stage) => Promise<void>): Promise<void> {
  return onStage(PROGRAM, { host: '127.0.0.1', port: ensemble.server(0).port }, scenario);
}

async function relayOnIPv6Loopback(t: TestContext, port: number): Promise<number | undefined> {
  const sockets = new Set<Socket>();
  const relay = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.pipe(server).pipe(client);
  });
  relay.listen(0, '::1');
  try {
    await once(relay, 'listening');
  } catch {
    return undefined;
  }
  t.after(() => {
    relay.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = relay.address();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}
