// Proves TLS on a real server that demands client certificates, and credentials on top: what works, and what is told
// of everything that cannot.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, after, test } from 'node:test';
import { createServer } from 'node:tls';
import type { Ensemble as Reached } from '../../../src/zookeeper/ensemble.js';
import { inquire } from '../../../src/zookeeper/inquiry.js';
import { checkExists } from '../../../src/zookeeper/requests.js';
import { Session } from '../../../src/zookeeper/session.js';
import type { TlsFiles } from '../../../src/zookeeper/tls.js';
import { Authority } from '../../support/authority.js';
import { PROGRAM } from '../../support/contender.js';
import { Ensemble } from '../../support/ensemble.js';
import { freePort } from '../../support/free-port.js';
import { temporaryFolder } from '../../support/temporary.js';
import { PATIENCE_MS, eventually } from '../../support/wait.js';
import { contend, endOf, newElection, options } from '../program/stage.js';
import { Asking } from '../verify/ask.js';

const [ours, others] = await Promise.all([Authority.make('ours'), Authority.make('others')]);
const [server, expired, client, stranger] = await Promise.all([
  ours.issue('server', 'DNS:zk.test'),
  ours.issue('expired', 'IP:127.0.0.1', -1),
  ours.issue('client', 'DNS:client'),
  others.issue('stranger', 'DNS:client'),
]);
const store = join(ours.folder, 'server.pem');
writeFileSync(store, readFileSync(server.certFile, 'utf8') + readFileSync(server.keyFile, 'utf8'));
const authFile = join(ours.folder, 'auth');
writeFileSync(authFile, 'digest:alice:secret\n', { mode: 0o600 });

const securePort = await freePort();
const ensemble = await Ensemble.start({
  tickTimeMs: 2000,
  settings: {
    secureClientPort: String(securePort),
    secureClientPortAddress: '127.0.0.1',
    serverCnxnFactory: 'org.apache.zookeeper.server.NettyServerCnxnFactory',
    'ssl.keyStore.location': store,
    'ssl.trustStore.location': ours.caFile,
    'ssl.trustStore.type': 'PEM',
    'ssl.clientAuth': 'need',
    'enforce.auth.enabled': 'true',
    'enforce.auth.schemes': 'digest',
  },
});
after(() => ensemble.stop());

const address = `127.0.0.1:${securePort}`;
const SECURE = { host: '127.0.0.1', port: securePort };
const PLAIN = { host: '127.0.0.1', port: ensemble.server(0).port };
const GOOD: TlsFiles = { caFile: ours.caFile, ...client, serverName: 'zk.test' };
const OPTIONS = [
  ...['--tls-ca', ours.caFile, '--tls-cert', client.certFile, '--tls-key', client.keyFile],
  ...['--tls-servername', 'zk.test', '--auth-file', authFile],
] as const;

/** Longer than any test waits: whoever leads before its end has not waited for it. */
const ENDLESS_SESSION = ['--session-timeout=40s'] as const;

test(
  'elects, verifies and hands over, politely and from a supervisor that was killed',
  options,
  async (t) => {
    const election = newElection();
    const command = [
      ...['sh', '-c', '"$1" "$2" verify; echo "verify: $?"; exec sleep 120', 'sh'],
      ...[process.execPath, PROGRAM],
    ];
    const join = (id: string) =>
      contend(t, { id, zookeeper: address, election, command, args: OPTIONS }, ENDLESS_SESSION);
    const a = join('a');
    await a.printed(/^verify: 0$/);
    const b = join('b');
    await b.logged('standing by', { leader: 'a' });
    const c = join('c');
    await c.logged('standing by', { place: 3 });
    a.signal('SIGKILL');
    await b.printed(/^verify: 0$/);
    b.signal('SIGTERM');
    await c.printed(/^verify: 0$/);
  },
);

interface Admitted {
  readonly session: Session;
  readonly connects: () => number;
  readonly refused: string[];
  /** Why attempts have failed that are repeated. */
  readonly waitedOut: string[];
  readonly denials: string[];
  readonly denied: () => Promise<string>;
}

function open(t: TestContext, reached: Omit<Reached, 'chroot'>): Admitted {
  const refused: string[] = [];
  const waitedOut: string[] = [];
  const denials: string[] = [];
  let connects = 0;
  const clock = () => performance.now();
  const session = new Session(
    { ensemble: { chroot: '', ...reached }, sessionTimeoutMs: PATIENCE_MS, clock },
    {
      connected: () => (connects += 1),
      failed: (_, reason, isRefusal) => (isRefusal ? refused : waitedOut).push(reason),
      denied: (message) => denials.push(message),
      attempt: () => undefined,
      suspended: () => undefined,
      lost: () => undefined,
    },
  );
  t.after(() => {
    session.abandon();
  });
  const denied = () => eventually('a denial', () => denials[0]);
  return { session, connects: () => connects, refused, waitedOut, denials, denied };
}

/** A server as it is shown, and not a word behind the handshake. */
async function expiredServer(t: TestContext) {
  const impostor = createServer({
    cert: readFileSync(expired.certFile),
    key: readFileSync(expired.keyFile),
  });
  impostor.on('tlsClientError', () => undefined);
  impostor.listen(0, '127.0.0.1');
  await once(impostor, 'listening');
  t.after(() => impostor.close());
  return { host: '127.0.0.1', port: (impostor.address() as AddressInfo).port };
}

const withoutName: TlsFiles = { caFile: ours.caFile, ...client };
const DENIALS: readonly [what: string, reached: Omit<Reached, 'chroot'>, because: RegExp][] = [
  [
    'another authority',
    { servers: [SECURE], tls: { ...GOOD, caFile: others.caFile } },
    /: its certificate does not lead to an authority that we trust/,
  ],
  [
    'another name',
    { servers: [SECURE], tls: withoutName },
    /: its certificate is made out to DNS:zk\.test; call it so in --zookeeper/,
  ],
  [
    'no certificate of ours',
    { servers: [SECURE], tls: { caFile: ours.caFile, serverName: 'zk.test' } },
    /: it wants a certificate of ours \([a-z ]+\); pass --tls-cert/,
  ],
  [
    'a certificate of ours that nobody trusts',
    { servers: [SECURE], tls: { ...GOOD, ...stranger } },
    /: it does not accept our certificate \([a-z ]+\)/,
  ],
  [
    'a port that speaks TLS, and we do not',
    { servers: [SECURE] },
    /: it speaks TLS at this port, and we without; pass --tls-ca/,
  ],
  [
    'a port without TLS, and we speak it',
    { servers: [PLAIN], tls: GOOD },
    /: it speaks without TLS at this port, and we with it/,
  ],
  [
    'credentials that no server knows',
    { servers: [SECURE], tls: GOOD, authFile: fileOf('nosuch:thing') },
    /: it refuses a credential of --auth-file$/,
  ],
];

for (const [what, reached, because] of DENIALS) {
  test(`is denied at once, and told why: ${what}`, options, async (t) => {
    assert.match(await open(t, reached).denied(), because);
  });
}

test('is denied by servers that have expired, unless one of all has not', options, async (t) => {
  const old = await expiredServer(t);
  const tls = { caFile: ours.caFile };
  const because = /: its certificate, or one above it, has expired$/;
  assert.match(await open(t, { servers: [old], tls }).denied(), because);
  const among = open(t, { servers: [old, old, SECURE, old], tls: GOOD, authFile });
  await eventually('a connection', () => among.connects() === 1);
});

test(
  'reads its files again at every connect, and waits for better ones once it was let in',
  options,
  async (t) => {
    const folder = temporaryFolder();
    const files = { certFile: join(folder, 'crt'), keyFile: join(folder, 'key') };
    const use = ({ certFile, keyFile }: typeof client) => {
      copyFileSync(certFile, files.certFile);
      copyFileSync(keyFile, files.keyFile);
    };
    use(client);
    const { session, connects, refused } = open(t, {
      servers: [SECURE],
      tls: { ...GOOD, ...files },
      authFile,
    });
    await eventually('a connection', () => connects() === 1);
    use(stranger);
    session.drop('to connect again');
    await eventually('a refusal', () => refused.some((reason) => reason.includes('our certificate')));
    use(client);
    await eventually('another connection', () => connects() === 2);
  },
);

test('waits for files that are being renewed, also if it was never let in', options, async (t) => {
  const folder = temporaryFolder();
  const file = (name: string) => join(folder, name);
  const files = { caFile: file('ca'), certFile: file('crt'), keyFile: file('key') };
  const tls = { ...GOOD, ...files };
  copyFileSync(ours.caFile, tls.caFile);
  copyFileSync(client.certFile, tls.certFile);
  copyFileSync(stranger.keyFile, tls.keyFile);
  const { connects, refused, waitedOut, denials } = open(t, { servers: [SECURE], tls, authFile });
  const waits = async (because: RegExp) => {
    await eventually('a failed attempt', () => denials.length > 0 || because.test(waitedOut.at(-1) ?? ''));
    assert.deepEqual([...refused, ...denials], []);
  };
  await waits(/^our files for TLS cannot be used: .*key values mismatch/);
  copyFileSync(client.keyFile, tls.keyFile);
  writeFileSync(tls.caFile, '');
  await waits(/^our files for TLS cannot be used: no certificate is in --tls-ca$/);
  copyFileSync(ours.caFile, tls.caFile);
  await eventually('a connection', () => connects() === 1);
});

test('ends with 69, whatever a variable of Node says', options, async (t) => {
  const args = [...OPTIONS.slice(2), '--tls-ca', others.caFile];
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  const election = newElection();
  const contender = contend(t, { id: 'a', zookeeper: address, election, command: ['true'], args, env });
  assert.deepEqual(await endOf(contender), { code: 69, signal: null }, contender.story());
  const { because } = await contender.logged('denied by the ensemble', { level: 'error' });
  await contender.logged('warning of Node');
  assert.match(String(because), /^127\.0\.0\.1:\d+: its certificate does not lead to an authority/);
  const { answer } = new Asking(['-z', address, '-e', '/e', '--epoch', '17', ...args], env);
  const { code, stderr } = await answer;
  assert.equal(code, 69);
  assert.match(stderr, /cannot tell .*: no server has let us in: .* does not lead to an authority/);
});

test('tells where credentials are enforced that some have to be shown', options, async () => {
  const reply = await inquire({
    ensemble: { servers: [SECURE], chroot: '', tls: GOOD },
    timeoutMs: PATIENCE_MS,
    clock: () => performance.now(),
    ask: (session) => checkExists(session, 'look', '/'),
  });
  assert.deepEqual(reply, {
    kind: 'unknown',
    because: 'look: the ensemble wants other credentials than the certificate of --tls-cert',
  });
});

function fileOf(text: string): string {
  const path = join(temporaryFolder(), 'auth');
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}
