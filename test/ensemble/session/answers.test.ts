// Answers that are cut, forged or missing, and connections that end at the wrong moment.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { Ensemble } from '../../support/ensemble.js';
import { PATIENCE_MS, eventually } from '../../support/wait.js';
import { cutReply, unknownErrorCodes, unreadableFrames } from './scenarios.js';
import { PROGRAM } from './program.js';
import { type Stage, onStage } from './stage.js';
import { SESSION_TIMEOUT_MS, outcomeOf } from './subject.js';
import { OP, withSessionId, withXid } from './wire.js';

const options = { timeout: 3 * PATIENCE_MS };
const CONNECTION_LOSS = -4;

let ensemble: Ensemble;
before(async () => {
  ensemble = await Ensemble.start();
}, options);
after(() => ensemble.stop(), options);

test('D4: keeps its session when a connection ends in the middle of a reply', options, () =>
  staged(cutReply),
);

test('D5: survives error codes that the library does not know, and names them', options, () =>
  staged(unknownErrorCodes),
);

test('D5: takes what cannot be read for a broken connection', options, () => staged(unreadableFrames));

test('D10: settles a request whose answer bears the number of another', options, () =>
  staged(async (stage) => {
    const { proxy, wire } = await stage.wiredProxy();
    const watched = stage.open([proxy]);
    await watched.connected();
    wire.onReply = ({ op, frame }) => (op === OP.exists ? withXid(frame, 4711) : 'pass');
    // The first loses its callback in the library, the others are behind it.
    const requests = [watched.exists(), watched.exists(), watched.create('/behind')];
    const outcomes = Promise.all(requests.map(outcomeOf));
    await watched.suspended();
    wire.onReply = () => 'pass';
    await watched.connected(2);
    const lost = { code: CONNECTION_LOSS };
    assert.deepEqual(await outcomes, [lost, lost, lost]);
    assert.equal(await watched.exists(), true);
    assert.equal(watched.count('suspended'), 1, 'the limit of a lost request has ended the next connection');
    watched.assertSameSession();
  }),
);

test('D10: settles a request of a kind whose answer the library does not know', options, () =>
  staged(async (stage) => {
    const watched = stage.open([await stage.proxy()]);
    await watched.connected();
    const sync = watched.session.request<undefined>('sync', (client, done) => {
      queueSync(client.connectionManager, (error) => {
        done(error, undefined);
      });
    });
    assert.deepEqual(await outcomeOf(sync), { code: CONNECTION_LOSS });
    await watched.connected(2);
    watched.assertSameSession();
  }),
);

test('D10: settles what was asked when the session ends, sent or not', options, () =>
  staged(async (stage) => {
    const { proxy, wire } = await stage.wiredProxy();
    const raw = await stage.raw();
    const watched = stage.open([proxy], 1000);
    await watched.connected();
    const path = await watched.create('/expires');
    const { deleted } = await raw.watchDeletion(path);
    proxy.drop();
    const payload = Buffer.alloc(64 * 1024);
    const requests = Array.from({ length: 100 }, () => watched.create('/', 'persistent', payload));
    const outcomes = Promise.all(requests.map(outcomeOf));
    await deleted;
    const connects = wire.count(OP.connect);
    proxy.pass();
    await eventually('the session to be lost', () => watched.count('lost') === 1);
    assert.ok(wire.count(OP.connect) > connects);
    assert.deepEqual(new Set((await outcomes).map((each) => JSON.stringify(each))), new Set(['{"code":-4}']));
    assert.deepEqual(await outcomeOf(watched.exists()), { code: CONNECTION_LOSS });
    assert.deepEqual(watched.events.at(-1), { type: 'lost', reason: 'expired' });
  }),
);

test('takes a session id that changes on reconnect for a lost session (ClickHouse#116690)', options, () =>
  staged(async (stage) => {
    const { proxy, wire } = await stage.wiredProxy();
    const watched = stage.open([proxy]);
    await watched.connected();
    wire.onReply = ({ op, frame }) => (op === OP.connect ? withSessionId(frame, 0x1234n) : 'pass');
    proxy.resetAll();
    await eventually('the session to be lost', () => watched.count('lost') === 1);
    assert.deepEqual(watched.events.at(-1), {
      type: 'lost',
      reason: 'replaced by session 0x0000000000001234',
    });
    assert.equal(watched.count('connected'), 1);
    await eventually('the connection to be let go', () => proxy.connections === 0);
  }),
);

test('keeps its session over a reset, and over a server that is killed and started again', options, () =>
  staged(async (stage) => {
    const way = await stage.proxy();
    const watched = stage.open([way], 3 * SESSION_TIMEOUT_MS);
    await watched.connected();
    const path = await watched.create('/kept');
    way.resetAll();
    await watched.connected(2);
    await ensemble.server(0).kill();
    await watched.suspended(2);
    ensemble.server(0).launch();
    await watched.connected(3);
    assert.equal(await watched.exists(path), true);
    watched.assertSameSession();
  }),
);

function staged(scenario: (stage: Stage) => Promise<void>): Promise<void> {
  return onStage(PROGRAM, { host: '127.0.0.1', port: ensemble.server(0).port }, scenario);
}

interface Jute {
  Request: new (header: unknown, payload: unknown) => unknown;
  protocol: { RequestHeader: new () => { type: number } };
}

/** A request that the library can send by its inside alone: its reply has no payload that it could name. */
function queueSync(manager: unknown, done: (error: never) => void): void {
  const { Request, protocol } = createRequire(import.meta.url)('node-zookeeper-client/lib/jute') as Jute;
  const header = new protocol.RequestHeader();
  header.type = 9;
  const path = { setChrootPath: () => undefined, byteLength: () => 5, serialize: writeRootPath };
  (manager as { queue: (request: unknown, done: (error: never) => void) => void }).queue(
    new Request(header, path),
    done,
  );
}

function writeRootPath(buffer: Buffer, offset: number): number {
  buffer.writeInt32BE(1, offset);
  buffer.write('/', offset + 4);
  return 5;
}
