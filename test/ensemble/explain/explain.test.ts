// Explains timings on real servers: what they grant, what they say of themselves, and what is asked of them for that.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { monotonicClock } from '../../../src/clock.js';
import { Session } from '../../../src/zookeeper/session.js';
import { Ensemble } from '../../support/ensemble.js';
import { freePort } from '../../support/free-port.js';
import { TcpProxy } from '../../support/proxy.js';
import { type Answer, Subcommand } from '../../support/subcommand.js';
import { MIDDLE_SESSION, options } from '../program/stage.js';
import { OP, Wire, withCode } from '../session/wire.js';

const TICK_MS = 500;
const NO_AUTH = -102;

// The observer is told of, and never comes up.
const observer = `127.0.0.1:${await freePort()}:${await freePort()}:observer;127.0.0.1:${await freePort()}`;
const ensemble = await Ensemble.start({
  servers: 3,
  tickTimeMs: TICK_MS,
  settings: { 'server.4': observer },
});
after(() => ensemble.stop(), options);

interface Json {
  readonly ensemble: {
    readonly shortestSessionTimeoutMs: number | null;
    readonly members:
      readonly { readonly id: number; readonly role: string; readonly named: boolean }[] | null;
  };
  readonly grantedSessionTimeoutMs: number | null;
  readonly sessionTimeoutMs: number;
  readonly refusal: string | null;
  readonly warnings: readonly { readonly name: string }[];
}

async function explain(zookeeper: string, ...words: readonly string[]): Promise<Answer> {
  return new Subcommand(['explain', '-z', zookeeper, ...words]).answer;
}

function jsonOf({ stdout }: Answer): Json {
  return JSON.parse(stdout) as Json;
}

test(
  'explains with the session that is granted, whatever the chroot, and tells of observers',
  options,
  async () => {
    const { code, stderr, stdout } = await explain(`${ensemble.connectString}/no/such`, ...MIDDLE_SESSION);
    assert.deepEqual([code, stderr], [0, '']);
    const [summary = ''] = stdout.split('\n\n');
    assert.match(
      summary.replace('\n', ' '),
      / \(voting servers: 3, observers: 1\) grants a session of 4s\.$/,
    );
    assert.match(stdout, /^ {2}! the ensemble has observers \(server\.4\): /m);
    assert.match(stdout, /^ {2}its machine is lost \(power, kernel\) .*\ds$/m);
  },
);

test('tells what the ensemble says of itself, and that it grants less', options, async () => {
  const less = jsonOf(
    await explain(ensemble.connectString, '--json', '--tick-time=500ms', '--heartbeat=300ms'),
  );
  assert.equal(less.grantedSessionTimeoutMs, 20 * TICK_MS);
  assert.equal(less.ensemble.shortestSessionTimeoutMs, 2 * TICK_MS);
  assert.equal(less.refusal, null);
  assert.deepEqual(
    less.ensemble.members?.map(({ id, role }) => [id, role]),
    [
      [1, 'participant'],
      [2, 'participant'],
      [3, 'participant'],
      [4, 'observer'],
    ],
  );
  assert.deepEqual(
    less.warnings.map(({ name }) => name),
    ['observers', 'granted-otherwise'],
  );
});

test('says no when a run would be refused the session that is granted', options, async () => {
  const { code, stdout, stderr } = await explain(ensemble.connectString, '--lease-grace=8s');
  assert.deepEqual([code, stderr], [1, '']);
  assert.match(stdout, /^A run would be refused: the timings leave 2200ms/m);
  assert.match(stdout, /^ {6}--session-timeout 10s --lease-grace \S+$/m);
});

test('asks for two sessions, reads the configuration, writes nothing and closes both', options, async (t) => {
  const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: ensemble.server(0).port });
  t.after(() => proxy.close());
  const wire = new Wire(proxy);
  // Two clients share the proxy, so that numbers of requests say nothing.
  wire.onReply = ({ frame }) => (frame.includes('server.1=') ? withCode(frame, NO_AUTH) : 'pass');
  const { code, stdout } = await explain(proxy.address, '--json', ...MIDDLE_SESSION);
  assert.equal(code, 0);
  assert.deepEqual(
    wire.requests.map(({ op }) => op).sort((a, b) => a - b),
    [OP.closeSession, OP.closeSession, OP.connect, OP.connect, OP.getData],
  );
  const { ensemble: said, warnings } = JSON.parse(stdout) as Json;
  assert.equal(said.members, null);
  assert.ok(warnings.some(({ name }) => name === 'configuration-unread'));
});

test('explains what was asked for when nobody answers, and says so by its exit code', options, async () => {
  const answer = await explain(`127.0.0.1:${await freePort()}`, '--timeout=200ms', '--json');
  assert.equal(answer.code, 69);
  const { grantedSessionTimeoutMs, sessionTimeoutMs } = jsonOf(answer);
  assert.deepEqual([grantedSessionTimeoutMs, sessionTimeoutMs], [null, 15_000]);
});

test('ends by a signal while it waits', options, async (t) => {
  const hole = await TcpProxy.listen({ host: '127.0.0.1', port: ensemble.server(0).port });
  t.after(() => hole.close());
  hole.blackhole();
  const connected = hole.waitForConnection();
  const asking = new Subcommand(['explain', '-z', hole.address, '--timeout', '10m']);
  await connected;
  asking.signal('SIGTERM');
  assert.deepEqual(await asking.answer, { code: null, signal: 'SIGTERM', stdout: '', stderr: '' });
});

test('takes its time to connect, however short the session that is asked for', options, async () => {
  const { port } = ensemble.server(0);
  // A name is looked up first, which takes longer than that.
  const servers = [{ host: 'localhost', port }];
  let attempts = 0;
  const granted = await new Promise<number>((resolve, reject) => {
    const session = new Session(
      {
        ensemble: { servers, chroot: '' },
        sessionTimeoutMs: 1,
        silenceLimitMs: 10_000,
        clock: monotonicClock(),
      },
      {
        connected: (_, sessionTimeoutMs) => {
          void session.close().then(() => {
            resolve(sessionTimeoutMs);
          });
        },
        suspended: () => undefined,
        lost: reject,
        attempt: () => {
          attempts += 1;
        },
        failed: () => undefined,
        denied: reject,
      },
    );
  });
  assert.deepEqual([granted, attempts], [2 * TICK_MS, 1]);
});
