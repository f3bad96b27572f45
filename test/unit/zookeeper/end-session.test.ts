// What is written to a server, and what is made of each answer that real servers do not give on demand.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Server } from '../../../src/zookeeper/ensemble.js';
import { endSession } from '../../../src/zookeeper/end-session.js';
import { temporaryFolder } from '../../support/temporary.js';

const ID = '0100001d76600069';
const PASSWORD = '000102030405060708090a0b0c0d0e0f';

const REQUESTS = [
  '0000002d', // A connect request of 45 bytes:
  '00000000', // the protocol's version,
  '0000000000000000', // no transaction seen,
  '00000001', // the shortest timeout,
  ID,
  `00000010${PASSWORD}`,
  '00', // not read-only.
  '00000008', // A header alone:
  '00000001', // the number of the request,
  'fffffff5', // closeSession.
].join('');

const accepted = (id: string) => `000000250000000000007530${id}00000010${PASSWORD}00`;
const EXPIRED = `000000250000000000000000${'0'.repeat(16)}00000010${'0'.repeat(32)}00`;
const closed = (xid: string, code: string) => `00000010${xid}00000000000000ff${code}`;

/** A server that gives one answer after the other, a connection each, the last one for ever; undefined says nothing. */
async function scripted(t: TestContext, answers: readonly (string | undefined)[]) {
  const requests: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    socket.once('data', (chunk) => {
      requests.push(chunk.toString('hex'));
      if (answer !== undefined) socket.end(Buffer.from(answer, 'hex'));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  const address: Server = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  return { address, requests };
}

async function end(servers: readonly Server[], sessionTimeoutMs: number) {
  return endSession({ servers, id: ID, password: PASSWORD, sessionTimeoutMs });
}

test('asks to be let in and to close in one write', async (t) => {
  const server = await scripted(t, [accepted(ID) + closed('00000001', '00000000')]);
  assert.equal(await end([server.address], 20_000), 'ended');
  assert.deepEqual(server.requests, [REQUESTS]);
});

test('believes only an answer that says the session is gone', async (t) => {
  const answers = [
    '', // hangs up
    'ff'.repeat(64),
    '00', // half an answer
    accepted(ID),
    accepted('0100001d7660006a') + closed('00000001', '00000000'),
    accepted(ID) + closed('00000002', '00000000'),
    accepted(ID) + closed('00000001', 'ffffff88'),
    EXPIRED,
  ];
  // As many servers: a round does not wait.
  const server = await scripted(t, answers);
  const servers = Array.from({ length: answers.length }, () => ({ ...server.address }));
  assert.equal(await end(servers, 20_000), 'ended');
  assert.equal(server.requests.length, answers.length);
});

test('shows its credentials before the close, and looks for the answer behind theirs', async (t) => {
  const authFile = join(temporaryFolder(), 'auth');
  writeFileSync(authFile, 'digest:a:b\n');
  const taken = closed('fffffffc', '00000000');
  const server = await scripted(t, [accepted(ID) + taken + closed('00000001', '00000000')]);
  const session = { id: ID, password: PASSWORD, sessionTimeoutMs: 20_000, authFile };
  assert.equal(await endSession({ ...session, servers: [server.address] }), 'ended');
  const auth = [
    '0000001d', // A credential of 29 bytes:
    'fffffffc00000064', // the number of all credentials, auth;
    '00000000',
    `00000006${Buffer.from('digest').toString('hex')}`,
    `00000003${Buffer.from('a:b').toString('hex')}`,
  ].join('');
  const close = REQUESTS.slice(-24);
  assert.deepEqual(server.requests, [REQUESTS.slice(0, -24) + auth + close]);
  // One that cannot be read any more is no reason not to try.
  const bare = { ...session, authFile: `${authFile}.gone`, servers: [server.address] };
  assert.equal(await endSession(bare), 'ended');
  assert.equal(server.requests[1], REQUESTS);
});

test('asks the next server beside one that is silent, which it gives longer each time', async (t) => {
  const silent = await scripted(t, [undefined]);
  assert.equal(await end([silent.address], 1500), 'unknown');
  // At once, after 300 ms, and after 600 ms more.
  assert.ok(silent.requests.length > 1 && silent.requests.length < 4, String(silent.requests.length));
  const other = await scripted(t, [EXPIRED]);
  assert.equal(await end([silent.address, other.address], 20_000), 'ended');
  assert.equal(other.requests.length, 1);
});

test('gives up in the end, even with nobody to ask', async () => {
  assert.equal(await end([], 50), 'unknown');
  assert.equal(await endSession({ servers: [], id: '', password: '', sessionTimeoutMs: 1 }), 'unknown');
});
