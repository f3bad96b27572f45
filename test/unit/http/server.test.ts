// Proves what the server owes its clients, and that none of them can hold it or throw into it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type Answer, type Answerer, HttpServer, type ServerLimits } from '../../../src/http/server.js';
import { parseListenAddress } from '../../../src/options/listen-address.js';
import { PATIENCE_MS, eventually, withDeadline } from '../../support/wait.js';
import { ask } from './ask.js';

const options = { timeout: 2 * PATIENCE_MS };
const HELLO: Answer = { status: 200, contentType: 'text/plain', body: 'héllo\n' };
const SHORT: ServerLimits = { patienceMs: 100, connections: 1 };

async function serve(t: TestContext, answer: Answerer, limits?: ServerLimits): Promise<HttpServer> {
  const server = await HttpServer.listen(parseListenAddress('--http', '0'), answer, limits);
  t.after(() => {
    server.close();
  });
  return server;
}

/** A client that says this and no more. */
async function client(t: TestContext, { address }: HttpServer, said: string): Promise<Socket> {
  const [host = '', port = ''] = address.split(':');
  const socket = connect(Number(port), host);
  t.after(() => socket.destroy());
  socket.on('error', () => undefined);
  await withDeadline('a connection', once(socket, 'connect'));
  socket.write(said);
  return socket;
}

test('answers, hangs up, and lets nobody keep the answer', options, async (t) => {
  const server = await serve(t, (method, path) => ({ ...HELLO, body: `${method} ${path}\n` }));
  const { status, headers, body } = await ask(server.address, '/leader?verbose=1');
  assert.deepEqual([status, body], [200, 'GET /leader\n']);
  assert.deepEqual(
    [headers['connection'], headers['cache-control'], headers['content-type'], headers['content-length']],
    ['close', 'no-store', 'text/plain', '12'],
  );
});

test('says the length of a body that HEAD does not get', options, async (t) => {
  const server = await serve(t, () => HELLO);
  const { status, headers, body } = await ask(server.address, '/', 'HEAD');
  assert.deepEqual([status, headers['content-length'], body], [200, '7', '']);
});

test('an answer that fails is a 500, and the next one is none the worse', options, async (t) => {
  const server = await serve(t, (_method, path) => {
    if (path === '/throws') throw new Error('out of answers');
    return path === '/rejects' ? Promise.reject(new Error('out of answers')) : HELLO;
  });
  for (const path of ['/throws', '/rejects']) {
    const { status, body } = await ask(server.address, path);
    assert.deepEqual([status, JSON.parse(body)], [500, { error: 'internal error: out of answers' }]);
  }
  assert.equal((await ask(server.address, '/')).status, 200);
});

test('an answer that cannot be written ends its connection, and nothing else', options, async (t) => {
  const server = await serve(t, (_method, path) =>
    path === '/' ? HELLO : { ...HELLO, headers: { allow: 'a line\nbreak' } },
  );
  await assert.rejects(ask(server.address, '/broken'));
  assert.equal((await ask(server.address, '/')).status, 200);
});

test('a client that goes before its answer comes is forgotten', options, async (t) => {
  let answerNow: ((answer: Answer) => void) | undefined;
  const server = await serve(t, (_method, path) =>
    path === '/' ? HELLO : new Promise((resolve) => (answerNow = resolve)),
  );
  const socket = await client(t, server, 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
  const answerLate = await eventually('the question', () => answerNow);
  socket.resetAndDestroy();
  await once(socket, 'close');
  answerLate({ ...HELLO, body: 'x'.repeat(1_000_000) });
  assert.equal((await ask(server.address, '/')).status, 200);
});

for (const [what, said] of [
  ['says nothing', ''],
  ['drips its request', 'GET /leader HTTP/1.1\r\nHost: a\r\nX-Slow: '],
  ['never sends the body that it has announced', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n'],
  ['does not take its answer', 'GET /long HTTP/1.1\r\nHost: a\r\n\r\n'],
] as const) {
  test(`a client that ${what} does not keep others out for long`, options, async (t) => {
    const long = { ...HELLO, body: 'x'.repeat(20_000_000) };
    const server = await serve(t, (_method, path) => (path === '/long' ? long : HELLO), SHORT);
    const slow = (await client(t, server, said)).pause();
    const drip = setInterval(() => what === 'drips its request' && slow.write('x'), SHORT.patienceMs / 10);
    t.after(() => {
      clearInterval(drip);
    });
    await eventually(
      'a place for another client',
      async () => (await ask(server.address, '/')).status === 200,
    );
  });
}

test('more clients than there may be at a time are hung up on', options, async (t) => {
  const server = await serve(t, () => HELLO, { patienceMs: PATIENCE_MS, connections: 2 });
  const [first] = [await client(t, server, ''), await client(t, server, '')];
  await assert.rejects(ask(server.address, '/'), { code: 'ECONNRESET' });
  first.destroy();
  await eventually('a place for another client', async () => (await ask(server.address, '/')).status === 200);
});

test('hangs up on everybody at the end, and lets the port go', options, async (t) => {
  const server = await serve(t, () => HELLO);
  const { address } = server;
  const socket = await client(t, server, 'GET / HTTP/1.1\r\n');
  const closed = once(socket, 'close');
  // Accepted, and not only waiting in the kernel.
  assert.equal((await ask(address, '/')).status, 200);
  server.close();
  await withDeadline('the end of the connection', closed);
  await assert.rejects(ask(address, '/'), { code: 'ECONNREFUSED' });
});

test('says why it cannot listen, in a sentence that names the option', options, async (t) => {
  const { address } = await serve(t, () => HELLO);
  for (const [text, problem] of [
    [address, 'which another program listens on; choose another port, or end that program'],
    ['192.0.2.1:0', 'whose host is no address of this machine; 0.0.0.0 stands for all it has'],
  ] as const) {
    await assert.rejects(
      HttpServer.listen(parseListenAddress('ZK_LEADER_RUN_HTTP', text), () => HELLO),
      {
        name: 'UsageError',
        exitCode: 125,
        message: `ZK_LEADER_RUN_HTTP: expected an address to listen on, got "${text}", ${problem}`,
      },
    );
  }
});

test('writes an IPv6 address in brackets', options, async (t) => {
  const listening = HttpServer.listen(parseListenAddress('--http', '[::1]:0'), () => HELLO);
  const server = await listening.catch(() => undefined);
  if (server === undefined) {
    t.skip('no IPv6 here');
    return;
  }
  t.after(() => {
    server.close();
  });
  assert.match(server.address, /^\[::1\]:\d+$/);
  assert.equal((await ask(server.address, '/')).status, 200);
});
