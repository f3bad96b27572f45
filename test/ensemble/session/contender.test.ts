// The real program between a session's ends: what was lost on the way, what was missed, what came too late.
import assert from 'node:assert/strict';
import { dirname } from 'node:path/posix';
import { after, before, test } from 'node:test';
import { Contender, SHORT_SESSION } from '../../support/contender.js';
import { Ensemble } from '../../support/ensemble.js';
import type { TcpProxy } from '../../support/proxy.js';
import { PATIENCE_MS, eventually, withDeadline } from '../../support/wait.js';
import { PROGRAM } from './program.js';
import type { RawClient } from './raw-client.js';
import { type Stage, onStage } from './stage.js';
import { OP, type Reply, type Wire, withSessionId } from './wire.js';

const options = { timeout: 4 * PATIENCE_MS };
/** Long enough to survive what starts beside it, short enough to be waited out. */
const SESSION = ['--session-timeout=4s', ...SHORT_SESSION.slice(1)];
/** Of both of its sessions. */
const HEARTBEAT_MS = 200;
const LONG_SESSION = [
  ...['--session-timeout=10s', '--tick-time=500ms', '--heartbeat=200ms'],
  ...['--margin=100ms', '--kill-budget=200ms', '--lease-grace=300ms'],
] as const;

let ensemble: Ensemble;
before(async () => {
  ensemble = await Ensemble.start();
}, options);
after(() => ensemble.stop(), options);

for (const [loss, lose] of [
  ['answer is lost in silence', (reply: Reply) => (isAnswer(reply, OP.create) ? 'drop' : 'pass')],
  [
    'answer is lost in a reset',
    (reply: Reply, proxy: TcpProxy) => {
      if (!isAnswer(reply, OP.create)) return 'pass';
      proxy.resetAll();
      return 'drop';
    },
  ],
] as const) {
  test(`D7: stands in line once after a create whose ${loss}`, options, () =>
    staged(async (stage) => {
      const { proxy, wire } = await stage.wiredProxy();
      const raw = await stage.raw();
      const election = `/lost-create/${loss.replaceAll(' ', '-')}`;
      await raw.makePath(election);
      let losses = 0;
      wire.onReply = (reply) => {
        if (losses > 0) return 'pass';
        const verdict = lose(reply, proxy);
        if (verdict === 'drop') losses += 1;
        return verdict;
      };
      const contender = stand(stage, proxy, election);
      const leading = await contender.logged('leading');
      assert.equal(losses, 1);
      // The library's own retry would come a second after the loss.
      await heartbeats(wire, 1500 / HEARTBEAT_MS);
      assert.equal(wire.count(OP.create), 1);
      const [name, ...others] = await raw.children(election);
      assert.deepEqual(others, []);
      assert.equal(leading['znode'], `${election}/${String(name)}`);
      const owner = (await raw.stat(`${election}/${String(name)}`))?.ephemeralOwner.toString('hex');
      assert.equal((await contender.logged('connected'))['session'], `0x${String(owner)}`);
    }),
  );
}

test('D7: makes its znode when the create itself was lost', options, () =>
  staged(async (stage) => {
    const { proxy, wire } = await stage.wiredProxy();
    const raw = await stage.raw();
    await raw.makePath('/lost-request');
    wire.onRequest = ({ op }) => (op === OP.create && wire.count(OP.create) === 1 ? 'drop' : 'pass');
    const contender = stand(stage, proxy, '/lost-request');
    await contender.logged('leading');
    assert.equal(wire.count(OP.create), 2);
    assert.equal((await raw.children('/lost-request')).length, 1);
  }),
);

test(
  'deletes the znode of its own old session, and makes one that is of the new, while it leads',
  options,
  () =>
    staged(async (stage) => {
      const { proxy, wire } = await stage.wiredProxy();
      const raw = await stage.raw();
      const contender = stand(stage, proxy, '/left-over/leader', LONG_SESSION);
      const before = await contender.logged('leading');
      await contender.logged('command started');
      const since = contender.log.length;
      await replaceSession({ proxy, wire, raw, contender }, String(before['znode']));
      const later = await contender.logged('leading', {}, since);
      assert.ok(BigInt(String(later['epoch'])) > BigInt(String(before['epoch'])));
      const names = await raw.children('/left-over/leader');
      assert.deepEqual(
        names.map((name) => `/left-over/leader/${name}`),
        [later['znode']],
      );
    }),
);

test(
  'deletes the znode of its own old session, and makes one that is of the new, while it stands by',
  options,
  () =>
    staged(async (stage) => {
      const { proxy, wire } = await stage.wiredProxy();
      const raw = await stage.raw();
      const election = '/left-over/standby';
      const { contender, predecessor, own } = await standBehind(stage, proxy, raw, election, LONG_SESSION);
      const { session } = await contender.logged('connected');
      await replaceSession({ proxy, wire, raw, contender }, own);
      const renewed = await znodeBehind(raw, predecessor);
      assert.notEqual(renewed, own);
      const owner = (await raw.stat(renewed))?.ephemeralOwner.toString('hex');
      assert.notEqual(`0x${String(owner)}`, session);
      // In a session that owns nothing there it would take part in no election.
      await raw.remove(predecessor);
      await contender.logged('leading', { znode: renewed });
    }),
);

for (const [answer, op] of [
  ['create', OP.create],
  ['first heartbeat', OP.multi],
] as const) {
  test(
    `D8: starts nothing on a success that is older than its session: the answer to its ${answer}`,
    options,
    () =>
      staged(async (stage) => {
        const { proxy, wire } = await stage.wiredProxy();
        const raw = await stage.raw();
        const election = `/stale/${String(op)}`;
        await raw.makePath(election);
        let held = false;
        wire.onReply = (reply) => {
          if (held || !isAnswer(reply, op)) return 'pass';
          held = true;
          contender.signal('SIGSTOP');
          return 'hold';
        };
        const contender = stand(stage, proxy, election);
        await eventually('the answer', () => held);
        const [stale] = await raw.children(election);
        assert.ok(stale !== undefined);
        const { deleted } = await raw.watchDeletion(`${election}/${stale}`);
        await withDeadline('the session to end', deleted);
        proxy.release();
        contender.signal('SIGCONT');
        await contender.logged('session lost', { because: 'expired' });
        await contender.logged('command started');
        const terms = contender.log.filter(({ message }) => message === 'leading');
        assert.equal(terms.length, 1);
        assert.notEqual(terms[0]?.['znode'], `${election}/${stale}`);
        assert.equal(commandsOf(contender), 1);
      }),
  );
}

for (const [loss, after] of [
  ['its notification was lost', undefined],
  ['the connection was away, and the watch did not come again', 'reset'],
  ['its session expired meanwhile', 'expiry'],
] as const) {
  test(`D15: learns that its predecessor left though ${loss}`, options, () =>
    staged(async (stage) => {
      const { proxy, wire } = await stage.wiredProxy();
      const raw = await stage.raw();
      const election = `/missed/${String(after)}`;
      const { contender, predecessor, own } = await standBehind(stage, proxy, raw, election);
      const since = contender.log.length;
      wire.onReply = ({ op }) => (op === OP.notification ? 'drop' : 'pass');
      if (after === 'reset') proxy.refuse();
      if (after === 'expiry') {
        const { deleted } = await raw.watchDeletion(own);
        proxy.drop();
        await withDeadline('the session to end', deleted);
      }
      await raw.remove(predecessor);
      if (after !== undefined) proxy.pass();
      const leading = await contender.logged('leading', {}, since);
      assert.equal(leading['znode'] === own, after !== 'expiry');
      if (after !== undefined) return;
      assert.ok(wire.replies.some(({ op }) => op === OP.notification));
    }),
  );
}

test('D16: joins anew, with a new client and a new session, after its own has expired', options, () =>
  staged(async (stage) => {
    const { proxy, wire } = await stage.wiredProxy();
    const raw = await stage.raw();
    const { contender, predecessor, own } = await standBehind(stage, proxy, raw, '/anew');
    const { session } = await contender.logged('connected');
    const since = contender.log.length;
    const { deleted } = await raw.watchDeletion(own);
    proxy.drop();
    await withDeadline('the session to end', deleted);
    const connects = wire.count(OP.connect);
    proxy.pass();
    await contender.logged('session lost', { because: 'expired' }, since);
    const again = await contender.logged('connected', {}, since);
    assert.notEqual(again['session'], session);
    const renewed = await znodeBehind(raw, predecessor);
    assert.notEqual(renewed, own);
    // The last connect asks for a session that there is not yet: 8 zeros behind version, zxid and timeout.
    const last = wire.requests
      .filter(({ op }) => op === OP.connect)
      .slice(connects)
      .at(-1);
    assert.equal(last?.frame.readBigInt64BE(4 + 16), 0n);
    await raw.remove(predecessor);
    await contender.logged('leading', { znode: renewed }, since);
  }),
);

/** Reconnects the contender with the answer of a server that has made a new session of the old, which lives on. */
async function replaceSession(
  of: { proxy: TcpProxy; wire: Wire; raw: RawClient; contender: Contender },
  oldZnode: string,
): Promise<void> {
  const { proxy, wire, raw, contender } = of;
  let forged = false;
  wire.onReply = ({ op, frame }) => {
    if (op !== OP.connect || forged) return 'pass';
    forged = true;
    return withSessionId(frame, 0x1234n);
  };
  const { deleted } = await raw.watchDeletion(oldZnode);
  const since = contender.log.length;
  proxy.resetAll();
  await contender.logged('session lost', { because: 'replaced by session 0x0000000000001234' }, since);
  // Left to the old session it would stand there for ten seconds more.
  await withDeadline('the old znode to be deleted', deleted, { withinMs: 5000 });
  assert.equal(wire.count(OP.delete), 1);
}

async function heartbeats(wire: Wire, count: number): Promise<void> {
  const until = wire.count(OP.multi) + count;
  await eventually('so many heartbeats', () => wire.count(OP.multi) >= until);
}

function isAnswer({ op, code }: Reply, asked: number): boolean {
  return op === asked && code === 0;
}

function stand(stage: Stage, way: TcpProxy, election: string, args: readonly string[] = SESSION): Contender {
  const command = ['sleep', String(PATIENCE_MS)];
  const contender = new Contender({ id: 'a', zookeeper: way.address, election, command, args });
  stage.atEnd(async () => {
    // Whoever ends it between the two would leave the command behind.
    const terms = contender.log.filter(({ message }) => message === 'leading').length;
    await contender.until('its command to be started', () => commandsOf(contender) >= terms || undefined);
    await contender.end();
  });
  return contender;
}

function commandsOf(contender: Contender): number {
  return contender.log.filter(({ message }) => message === 'command started').length;
}

async function standBehind(
  stage: Stage,
  way: TcpProxy,
  raw: RawClient,
  election: string,
  args?: readonly string[],
) {
  await raw.makePath(election);
  const predecessor = await raw.createEphemeralSequential(`${election}/_c_somebody-lock-`);
  const contender = stand(stage, way, election, args);
  await contender.logged('standing by', { behind: predecessor });
  return { contender, predecessor, own: await znodeBehind(raw, predecessor) };
}

/** Waits for the one other znode beside the predecessor's. */
async function znodeBehind(raw: RawClient, predecessor: string): Promise<string> {
  const election = dirname(predecessor);
  return eventually('one more znode in line', async () => {
    const paths = (await raw.children(election)).map((name) => `${election}/${name}`);
    const others = paths.filter((path) => path !== predecessor);
    return others.length === 1 ? others[0] : undefined;
  });
}

function staged(scenario: (stage: Stage) => Promise<void>): Promise<void> {
  return onStage(PROGRAM, { host: '127.0.0.1', port: ensemble.server(0).port }, scenario);
}
