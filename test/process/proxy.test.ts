// Proves that the proxy breaks a network the way it says, with an echo server behind it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Socket, connect, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { TcpProxy } from '../support/proxy.js';
import { PATIENCE_MS, eventually, withDeadline } from '../support/wait.js';

const options = { timeout: PATIENCE_MS };

test('passes bytes both ways, counts them and tells of them', options, async (t) => {
  const { proxy, dial } = await echoBehindProxy(t);
  const seen: string[] = [];
  proxy.onChunk((direction, chunk) => seen.push(`${direction} ${chunk.toString()}`));
  const met = proxy.waitForConnection();
  const client = await dial();
  await met;
  client.send('one');
  await client.receives('one');
  assert.deepEqual(seen, ['toServer one', 'toClient one']);
  assert.deepEqual([proxy.bytesToServer, proxy.bytesToClient, proxy.connections], [3, 3, 1]);
  client.socket.end();
  await client.closes();
  await eventually('the connection to be forgotten', () => proxy.connections === 0);
});

test('loses bytes silently and resets the connection that lost some once healed', options, async (t) => {
  const { proxy, dial } = await echoBehindProxy(t);
  const lossy = await dial();
  const idle = await dial();
  lossy.send('one');
  await lossy.receives('one');
  proxy.drop('toClient');
  lossy.send('two');
  await eventually('the answer to reach the proxy', () => proxy.bytesToClient === 6);
  assert.equal(lossy.socket.destroyed, false);
  proxy.pass();
  assert.equal(await lossy.closes(), 'ECONNRESET');
  assert.equal(lossy.received, 'one');
  idle.send('three');
  await idle.receives('three');
});

test('holds bytes and the end of the connection back and lets them go in order', options, async (t) => {
  const { proxy, dial } = await echoBehindProxy(t);
  const client = await dial();
  proxy.stall('toServer');
  client.send('one');
  client.send('two');
  client.socket.end();
  await eventually('the bytes to reach the proxy', () => proxy.bytesToServer === 6);
  assert.equal(proxy.bytesToClient, 0);
  proxy.pass();
  await client.receives('onetwo');
  assert.equal(await client.closes(), undefined);
});

test('connects a client that came during a stall once it is over', options, async (t) => {
  const { proxy, dial, served } = await echoBehindProxy(t);
  proxy.stall();
  const client = await dial();
  client.send('one');
  await eventually('the bytes to reach the proxy', () => proxy.bytesToServer === 3);
  assert.equal(served(), 0);
  proxy.pass();
  await client.receives('one');
});

test('delays in order', options, async (t) => {
  const { proxy, dial } = await echoBehindProxy(t);
  const client = await dial();
  proxy.delay(60, 'toClient');
  const sentAt = performance.now();
  client.send('one');
  await eventually('the answer to reach the proxy', () => proxy.bytesToClient === 3);
  client.send('two');
  await client.receives('onetwo');
  assert.ok(performance.now() - sentAt >= 60);
});

test('resets what is there, or everything that comes', options, async (t) => {
  const { proxy, dial } = await echoBehindProxy(t);
  const first = await dial();
  first.send('one');
  await first.receives('one');
  proxy.resetAll();
  assert.equal(await first.closes(), 'ECONNRESET');
  proxy.refuse();
  const second = await dial();
  assert.equal(await second.closes(), 'ECONNRESET');
  proxy.pass();
  const third = await dial();
  third.send('three');
  await third.receives('three');
});

test('accepts new connections into a black hole while the old ones go on', options, async (t) => {
  const { proxy, dial, served } = await echoBehindProxy(t);
  const old = await dial();
  old.send('one');
  await old.receives('one');
  proxy.blackhole();
  const swallowed = await dial();
  swallowed.send('two');
  await eventually('the bytes to reach the proxy', () => proxy.bytesToServer === 6);
  old.send('three');
  await old.receives('onethree');
  assert.equal(served(), 1);
  assert.equal(swallowed.received, '');
});

test('cuts a reply after exactly the bytes asked for', options, async (t) => {
  const { proxy, dial } = await echoBehindProxy(t);
  const client = await dial();
  const cut = proxy.cutMidReply(5);
  client.send('one');
  await client.receives('one');
  client.send('three');
  await cut;
  // A reset that comes together with the last bytes is taken for an end.
  await client.closes();
  assert.equal(client.received, 'oneth');
  const next = await dial();
  next.send('four');
  await next.receives('four');
});

test('resets the client when the server is not there', options, async (t) => {
  const { proxy, dial, stopServer } = await echoBehindProxy(t);
  await stopServer();
  const client = await dial();
  assert.equal(await client.closes(), 'ECONNRESET');
  await eventually('the connection to be forgotten', () => proxy.connections === 0);
});

test('rewrites chunks', options, async (t) => {
  const { proxy, dial } = await echoBehindProxy(t);
  const client = await dial();
  const stop = proxy.rewrite('toClient', (chunk) => Buffer.from(chunk.toString().toUpperCase()));
  client.send('one');
  await client.receives('ONE');
  stop();
  client.send('two');
  await client.receives('ONEtwo');
});

test('judges whole frames, whatever chunks they come in, and keeps their order', options, async (t) => {
  const { proxy, dial } = await echoBehindProxy(t);
  const client = await dial();
  // The judge comes in the middle of the first frame, and even of the length of it.
  client.sendBytes(frame('begun').subarray(0, 2));
  await eventually('the first bytes to come back', () => proxy.bytesToClient === 2);
  const judged: string[] = [];
  proxy.onFrame('toClient', (whole) => {
    const body = whole.subarray(4).toString();
    judged.push(body);
    if (body === 'drop') return 'drop';
    if (body === 'hold') return 'hold';
    return body === 'forge' ? frame('forged') : 'pass';
  });
  const rest = Buffer.concat([
    frame('begun').subarray(2),
    ...['pass', 'drop', 'forge', 'hold', 'last'].map(frame),
  ]);
  for (let at = 0; at < rest.length; at += 3) {
    client.sendBytes(rest.subarray(at, at + 3));
    await eventually(
      'the bytes to come back',
      () => proxy.bytesToClient === 2 + Math.min(at + 3, rest.length),
    );
  }
  assert.deepEqual(judged, ['pass', 'drop', 'forge', 'hold', 'last']);
  await client.receives(['begun', 'pass', 'forged'].map(frame).join(''));
  proxy.release();
  await client.receives(['begun', 'pass', 'forged', 'hold', 'last'].map(frame).join(''));
});

function frame(body: string): Buffer {
  const bytes = Buffer.alloc(4 + body.length);
  bytes.writeInt32BE(body.length);
  bytes.write(body, 4);
  return bytes;
}

async function echoBehindProxy(t: TestContext) {
  let served = 0;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    served += 1;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: address.port });
  const stopServer = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  t.after(async () => {
    await proxy.close();
    await stopServer();
  });
  return { proxy, stopServer, served: () => served, dial: () => Client.connect(t, proxy.port) };
}

class Client {
  readonly socket: Socket;
  received = '';
  #error: NodeJS.ErrnoException | undefined;
  readonly #closed: Promise<void>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => (this.received += text));
    socket.on('error', (error) => (this.#error = error));
    this.#closed = new Promise((resolve) => {
      socket.once('close', () => {
        resolve();
      });
    });
  }

  static async connect(t: TestContext, port: number): Promise<Client> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    t.after(() => socket.destroy());
    const client = new Client(socket);
    // A connection refused by a reset may be gone before it was there.
    await withDeadline(
      'a connection',
      Promise.race([once(socket, 'connect').catch(() => []), client.#closed]),
    );
    return client;
  }

  send(text: string): void {
    this.socket.write(text);
  }

  sendBytes(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  async receives(text: string): Promise<void> {
    await eventually(`"${text}" to arrive`, () => this.received === text);
  }

  /** Resolves once the connection is closed, to the code of the error that closed it. */
  async closes(): Promise<string | undefined> {
    await withDeadline('the connection to close', this.#closed);
    return this.#error?.code;
  }
}
