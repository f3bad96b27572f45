// Asks of terms that lead, that do not, and that cannot be told about, on real servers that tests cut apart.
import assert from 'node:assert/strict';
import { type TestContext, after, test } from 'node:test';
import { PROGRAM } from '../../support/contender.js';
import { Ensemble, type ZooKeeperServer } from '../../support/ensemble.js';
import { freePort } from '../../support/free-port.js';
import { TcpProxy } from '../../support/proxy.js';
import type { Answer } from '../../support/subcommand.js';
import { eventually } from '../../support/wait.js';
import { RawSession } from '../program/raw-session.js';
import { contend, newElection, options } from '../program/stage.js';
import { OP, Wire } from '../session/wire.js';
import { Asking, Line } from './ask.js';

const SESSION_MS = 60_000;
const ensemble = await Ensemble.start({ servers: 3, quorumProxies: true, maxSessionTimeoutMs: SESSION_MS });
after(() => ensemble.stop(), options);
const zookeeper = ensemble.connectString;

const YES: Answer = { code: 0, signal: null, stdout: '', stderr: '' };

function no(epoch: bigint, because: string): Answer {
  const stderr = `zk-leader-run: verify: epoch ${epoch} does not lead: ${because}\n`;
  return { code: 1, signal: null, stdout: '', stderr };
}

function cannotTell({ code, signal, stdout, stderr }: Answer, because: string): void {
  assert.deepEqual([code, signal, stdout], [69, null, ''], stderr);
  assert.match(stderr, /^zk-leader-run: verify: cannot tell whether epoch \d+ leads: .*\n$/);
  assert.ok(stderr.includes(because), stderr);
}

/** A line that is written through the ensemble's leader, once the ensemble is whole. */
async function newLine(t: TestContext): Promise<Line> {
  await eventually('two servers to follow', async () => (await ensemble.followers()).length === 2);
  const raw = await RawSession.open((await ensemble.leader()).address, { timeoutMs: SESSION_MS });
  t.after(() => {
    raw.vanish();
  });
  return Line.make(newElection(), raw);
}

async function proxyTo(t: TestContext, server: ZooKeeperServer): Promise<TcpProxy> {
  const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: server.port });
  t.after(() => proxy.close());
  return proxy;
}

test('says yes of the first in line, quietly, and no of all others, whoever is asked', options, async (t) => {
  const line = await newLine(t);
  const first = await line.join('web1');
  const second = await line.join('web2');
  const web1 = `epoch ${first.epoch} does (web1)`;
  const others = [second.epoch, first.epoch - 1n, 2n ** 63n - 1n];
  const asked = ensemble.servers.map(async ({ address }, index) => {
    const other = others[index] ?? 0n;
    const answers = [line.ask(address, first.epoch), line.ask(address, other)].map(({ answer }) => answer);
    assert.deepEqual(await Promise.all(answers), [YES, no(other, web1)]);
  });
  await Promise.all(asked);
});

test('says no of a term that is over, whoever comes after it', options, async (t) => {
  const line = await newLine(t);
  const first = await line.join('web1');
  const second = await line.join('web2\u001b[2J\n');
  await line.leave(first.path);
  const web2 = no(first.epoch, `epoch ${second.epoch} does (web2?[2J?)`);
  const asked = (await ensemble.followers()).map(async ({ address }) => {
    const answers = [line.ask(address, first.epoch), line.ask(address, second.epoch)].map(
      ({ answer }) => answer,
    );
    assert.deepEqual(await Promise.all(answers), [web2, YES]);
  });
  await Promise.all(asked);
  await line.leave(second.path);
  const nowhere = new Asking(['-z', `${zookeeper}/no-such`, '-e', '/election', '--epoch', '17']);
  assert.deepEqual(await line.ask(zookeeper, first.epoch).answer, no(first.epoch, 'nobody does'));
  assert.deepEqual(await nowhere.answer, no(17n, 'there is no election /no-such/election'));
});

test(
  'leaves strangers out of the line, and takes another naming for a line of its own',
  options,
  async (t) => {
    const line = await newLine(t);
    const stranger = await line.join('stranger', 'p_');
    const first = await line.join('web1');
    assert.deepEqual(await line.ask(zookeeper, first.epoch).answer, YES);
    assert.deepEqual(
      await line.ask(zookeeper, stranger.epoch).answer,
      no(stranger.epoch, `epoch ${first.epoch} does (web1)`),
    );
    assert.deepEqual(await line.ask(zookeeper, stranger.epoch, '--znode-prefix=p_').answer, YES);
  },
);

test(
  'asks for a quorum before and after it reads, writes nothing, and closes its session',
  options,
  async (t) => {
    const line = await newLine(t);
    const { path, epoch } = await line.join('web1');
    const proxy = await proxyTo(t, ensemble.server(0));
    const wire = new Wire(proxy);
    assert.deepEqual(await line.ask(proxy.address, epoch).answer, YES);
    assert.deepEqual(
      wire.requests.map(({ op }) => op),
      [OP.connect, OP.multi, OP.getChildren, OP.exists, OP.exists, OP.multi, OP.closeSession],
    );
    assert.deepEqual(await line.contenders(), [path]);
    // And whoever goes between the read and its confirmation has gone.
    let multis = 0;
    wire.onRequest = ({ op }) => {
      if (op !== OP.multi || ++multis < 2) return 'pass';
      void line.leave(path).then(() => {
        proxy.release();
      });
      return 'hold';
    };
    assert.deepEqual(await line.ask(proxy.address, epoch).answer, no(epoch, 'its znode has gone'));
  },
);

test('looks again when the leader goes while it is looked at', options, async (t) => {
  const line = await newLine(t);
  const first = await line.join('web1');
  const second = await line.join('web2');
  const proxy = await proxyTo(t, await ensemble.leader());
  const wire = new Wire(proxy);
  wire.onRequest = ({ op }) => {
    if (op !== OP.exists || wire.count(OP.exists) > 1) return 'pass';
    void line.leave(first.path).then(() => {
      proxy.release();
    });
    return 'hold';
  };
  assert.deepEqual(await line.ask(proxy.address, second.epoch).answer, YES);
  // At each of them, and for a pause.
  assert.equal(wire.count(OP.exists), 4);
});

test('asks another server anew when the first falls silent, or hangs up', options, async (t) => {
  const line = await newLine(t);
  const { epoch } = await line.join('web1');
  const [one, other] = ensemble.servers;
  assert.ok(one !== undefined && other !== undefined);
  for (const fault of ['silence', 'reset'] as const) {
    const proxies: TcpProxy[] = await Promise.all([proxyTo(t, one), proxyTo(t, other)]);
    const wires = proxies.map((proxy) => new Wire(proxy));
    let faults = 0;
    for (const [index, wire] of wires.entries()) {
      wire.onRequest = ({ op }) => {
        if (op !== OP.multi || faults > 0) return 'pass';
        faults += 1;
        if (fault === 'reset') proxies[index]?.resetAll();
        return 'drop';
      };
    }
    const addresses = proxies.map(({ address }) => address).join(',');
    assert.deepEqual(await line.ask(addresses, epoch).answer, YES, fault);
    assert.equal(faults, 1);
    assert.ok(wires.every((wire) => wire.count(OP.connect) === 1));
  }
});

test('cannot tell without an ensemble, and says so in time', options, async (t) => {
  const hole = await proxyTo(t, ensemble.server(0));
  hole.blackhole();
  const cases = [
    [`127.0.0.1:${await freePort()}`, 'connect ECONNREFUSED'],
    [hole.address, 'it does not answer within 333ms'],
    ['no-such-host.invalid', 'getaddrinfo'],
  ] as const;
  const asked = cases.map(async ([address, reason]) => {
    const startedAt = performance.now();
    const { answer } = new Asking(['-z', address, '-e', '/e', '--epoch', '17', '--timeout', '1s']);
    cannotTell(await answer, `(ensemble ${address}, --timeout 1s)`);
    cannotTell(await answer, 'no server has let us in: ');
    cannotTell(await answer, `: ${reason}`);
    assert.ok(performance.now() - startedAt >= 1000);
  });
  await Promise.all(asked);
});

for (const [asked, op] of [
  ['its first question', OP.multi],
  ['the contenders', OP.getChildren],
  ['the leader', OP.exists],
] as const) {
  test(
    `cannot tell by a follower that is cut off from its leader as it is asked for ${asked}`,
    options,
    async (t) => {
      const line = await newLine(t);
      const { epoch } = await line.join('web1');
      const leader = await ensemble.leader();
      const [follower] = await ensemble.followers();
      assert.ok(follower !== undefined);
      const proxy = await proxyTo(t, follower);
      let seen = 0;
      new Wire(proxy).onRequest = (request) => {
        if (request.op === op && ++seen === 1) ensemble.cut(follower, leader);
        return 'pass';
      };
      t.after(async () => {
        ensemble.heal();
        await follower.serving();
      });
      cannotTell(await line.ask(proxy.address, epoch, '--timeout=1500ms').answer, 'no quorum has answered');
      // The others go on, and are believed.
      assert.deepEqual(await line.ask(leader.address, epoch).answer, YES);
    },
  );
}

test('does not believe a follower that missed the end of the term', options, async (t) => {
  const line = await newLine(t);
  const { path, epoch } = await line.join('web1');
  const leader = await ensemble.leader();
  const [follower] = await ensemble.followers();
  assert.ok(follower !== undefined);
  const stale = await RawSession.open(follower.address, { timeoutMs: SESSION_MS });
  const proxy = await proxyTo(t, follower);
  t.after(async () => {
    stale.vanish();
    ensemble.heal();
    await follower.serving();
  });
  const wire = new Wire(proxy);
  const read: (boolean | undefined)[] = [];
  wire.onRequest = ({ op }) => {
    if (op !== OP.multi || read.length > 0) return 'pass';
    ensemble.cut(follower, leader);
    read.push(undefined);
    void line
      .leave(path)
      .then(async () => read.push((await stale.stat(path)) !== undefined))
      .finally(() => {
        proxy.release();
      });
    return 'hold';
  };
  const answer = await line.ask(proxy.address, epoch, '--timeout=1500ms').answer;
  // It would have been told, falsely, that the znode is still there.
  assert.deepEqual(read, [undefined, true]);
  cannotTell(answer, 'no quorum has answered');
  assert.deepEqual(await line.ask(leader.address, epoch).answer, no(epoch, 'nobody does'));
});

test('cannot tell without a quorum', options, async (t) => {
  const line = await newLine(t);
  const { epoch } = await line.join('web1');
  const followers = await ensemble.followers();
  await Promise.all(followers.map((server) => server.kill()));
  t.after(() => Promise.all(followers.map((server) => server.restart())));
  cannotTell(await line.ask(zookeeper, epoch, '--timeout=2s').answer, '(ensemble 127.0.0.1:');
});

test('needs no option inside a command, whatever that has inherited', options, async (t) => {
  const election = newElection();
  const contender = contend(t, {
    id: 'web1',
    zookeeper,
    election,
    env: { ZK_LEADER_RUN_ELECTION: '/elsewhere', ZK_LEADER_RUN_ZOOKEEPER: '127.0.0.1:1' },
    command: [
      ...['sh', '-c', '"$1" "$2" verify; echo "inside: $?"; env; echo end; exec sleep 120', 'sh'],
      ...[process.execPath, PROGRAM],
    ],
  });
  await contender.printed(/^end$/);
  assert.ok(contender.output.includes('inside: 0'), contender.story());
  assert.deepEqual(contender.errors, []);
  // What stays behind when the term is over is told so.
  const env = Object.fromEntries(
    contender.output.filter((text) => text.startsWith('ZK_LEADER_')).map((text) => text.split('=', 2)),
  ) as NodeJS.ProcessEnv;
  const next = contend(t, { id: 'web2', zookeeper, election, command: ['sleep', '120'] });
  await next.logged('standing by');
  contender.signal('SIGTERM');
  const { epoch } = await next.logged('leading');
  const { answer } = new Asking([], env);
  assert.deepEqual(
    await answer,
    no(BigInt(env['ZK_LEADER_EPOCH'] ?? 0), `epoch ${String(epoch)} does (web2)`),
  );
});

test('ends by a signal while it waits', options, async (t) => {
  const hole = await proxyTo(t, ensemble.server(0));
  hole.blackhole();
  const connected = hole.waitForConnection();
  const asking = new Asking(['-z', hole.address, '-e', '/e', '--epoch', '17', '--timeout', '10m']);
  await connected;
  asking.signal('SIGTERM');
  assert.deepEqual(await asking.answer, { code: null, signal: 'SIGTERM', stdout: '', stderr: '' });
});

test('is refused with a code that is no answer', options, async () => {
  for (const words of [['--epoch', 'x', '-e', '/e'], ['--epoch', '17'], ['--bogus']]) {
    const { code, stderr, stdout } = await new Asking(words).answer;
    assert.deepEqual([code, stdout], [125, '']);
    assert.match(stderr, /^zk-leader-run: --\w+: expected [^\n]+\n$/);
  }
});
