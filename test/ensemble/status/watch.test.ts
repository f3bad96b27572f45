// Watches elections on real servers as a script would: a line for each change, and none without one.
import assert from 'node:assert/strict';
import { type TestContext, after, test } from 'node:test';
import { endSession } from '../../../src/zookeeper/end-session.js';
import { Ensemble } from '../../support/ensemble.js';
import { TcpProxy } from '../../support/proxy.js';
import { eventually } from '../../support/wait.js';
import { Pipe } from '../program/pipe.js';
import { RawSession } from '../program/raw-session.js';
import { contend, newElection, options } from '../program/stage.js';
import { OP, Wire } from '../session/wire.js';
import { Line } from './line.js';
import { Watching } from './watching.js';

const ensemble = await Ensemble.start();
const zookeeper = ensemble.connectString;
const { port } = ensemble.server(0);
const raw = await RawSession.open(zookeeper);
after(async () => {
  await raw.close();
  await ensemble.stop();
}, options);

function watch(t: TestContext, path: string, address = zookeeper, ...words: readonly string[]): Watching {
  const watching = new Watching(['-z', address, '-e', path, '--watch', ...words]);
  t.after(() => {
    watching.kill();
  });
  return watching;
}

async function proxied(t: TestContext): Promise<{ proxy: TcpProxy; wire: Wire }> {
  const proxy = await TcpProxy.listen({ host: '127.0.0.1', port });
  t.after(() => proxy.close());
  return { proxy, wire: new Wire(proxy) };
}

test('says a line for each change, with its time, until it is asked to end', options, async (t) => {
  const line = await new Line(raw).make();
  const { proxy, wire } = await proxied(t);
  const watching = watch(t, line.path, proxy.address);
  await watching.says('nobody leads');
  const web1 = await line.join('web1');
  await watching.says(`web1 leads (epoch ${await line.epoch(web1)})`);
  const web2 = await line.join('web2');
  await watching.says('web2 stands by at place 2, watches web1');
  const web3 = await line.join('web3');
  await watching.says('web3 stands by at place 3, watches web2');
  await line.leave(web3);
  await watching.says('web3 has left place 3');
  await line.pause(web1);
  await watching.says('paused by ann on admin1 since 2026-11-22T12:00:00Z: new disks');
  await line.resume();
  await watching.says('the pause is over');
  const epoch = await line.epoch(web2);
  await line.leave(web1);
  await watching.says(`web2 leads (epoch ${epoch}), after web1 has gone`);
  await line.leave(web2);
  await watching.says('nobody leads, after web2 has gone');
  assert.equal(watching.changes.length, 9, watching.stdout);
  assert.ok(watching.stdout.split('\n').every((text) => text === '' || /^\d\d:\d\d:\d\d \S/.test(text)));
  watching.signal('SIGTERM');
  const { signal, stderr } = await watching.report();
  assert.deepEqual([signal, stderr], ['SIGTERM', '']);
  await eventually('the session to be closed', () => wire.count(OP.closeSession) === 1);
});

test('says a JSON object for each change', options, async (t) => {
  const line = await new Line(raw).make();
  const web1 = await line.join('web1');
  const watching = watch(t, line.path, zookeeper, '--json');
  const objects = async (count: number): Promise<Record<string, unknown>[]> => {
    await watching.until(`${count} changes`, () => watching.changes.length >= count);
    return watching.changes.map((text) => JSON.parse(text) as Record<string, unknown>);
  };
  await objects(1);
  const web2 = await line.join('web2');
  await objects(2);
  await line.leave(web1);
  const changes = await objects(3);
  assert.deepEqual(
    changes.map(({ change, election, contender, after, state }) => {
      const { id, place, znode } = contender as Record<string, unknown>;
      const standbys = (state as { standbys: unknown[] }).standbys.length;
      const gone = after === null ? null : (after as Record<string, unknown>)['id'];
      return [change, election, id, place, znode, gone, standbys];
    }),
    [
      ['leads', line.path, 'web1', 1, web1, null, 0],
      ['joined', line.path, 'web2', 2, web2, null, 1],
      ['leads', line.path, 'web2', 1, web2, 'web1', 0],
    ],
  );
});

test('sees elections come and go, and a path that was not there', options, async (t) => {
  const parent = newElection();
  const watching = watch(t, parent);
  await watching.says(`there is no election ${parent}`);
  const nightly = await new Line(raw, `${parent}/nightly`).make();
  await watching.says('nightly: nobody leads');
  const web1 = await nightly.join('web1');
  await watching.says(`nightly: web1 leads (epoch ${await nightly.epoch(web1)})`);
  const weekly = await new Line(raw, `${parent}/weekly`).make();
  await watching.says('weekly: nobody leads');
  await raw.remove(weekly.path);
  await watching.says('weekly: the election has been removed');
});

test('follows real contenders through a hand-over', options, async (t) => {
  const election = newElection();
  const first = contend(t, { id: 'web1', zookeeper, election, command: ['sleep', '120'] });
  await first.logged('leading');
  const second = contend(t, { id: 'web2', zookeeper, election, command: ['sleep', '120'] });
  await second.logged('standing by');
  const watching = watch(t, election);
  await watching.says('web2 stands by at place 2, watches web1');
  first.signal('SIGTERM');
  const { epoch } = await second.logged('leading');
  await watching.says(`web2 leads (epoch ${String(epoch)}), after web1 has gone`);
});

test('says that the connection is lost, and when it is back what has changed', options, async (t) => {
  const line = await new Line(raw).make();
  const web1 = await line.join('web1');
  const { proxy } = await proxied(t);
  const watching = watch(t, line.path, proxy.address);
  await watching.until('the leader', ({ length }) => length === 1);
  proxy.refuse();
  await watching.says('not connected: the server closed the connection');
  await line.leave(web1);
  const web2 = await line.join('web2');
  proxy.pass();
  const lines = await watching.says(`web2 leads (epoch ${await line.epoch(web2)}), after web1 has gone`);
  assert.deepEqual(lines.slice(-3, -1), [
    'not connected: the server closed the connection',
    'connected again',
  ]);
  // The watches of before are there again, each of them once.
  await line.join('web3');
  await watching.says('web3 stands by at place 2, watches web2');
  assert.equal(watching.changes.length, 3, watching.stdout);
});

test('begins another session when one is lost', options, async (t) => {
  const line = await new Line(raw).make();
  await line.join('web1');
  const { proxy, wire } = await proxied(t);
  const watching = watch(t, line.path, proxy.address);
  await watching.until('the leader', ({ length }) => length === 1);
  const answer = wire.replies.find(({ op }) => op === OP.connect)?.frame;
  assert.ok(answer !== undefined);
  proxy.refuse();
  const id = answer.toString('hex', 12, 20);
  const password = answer.toString('hex', 24, 40);
  const servers = [{ host: '127.0.0.1', port }];
  assert.equal(await endSession({ servers, id, password, sessionTimeoutMs: 10_000 }), 'ended');
  proxy.pass();
  await watching.says('connected again');
  await line.join('web2');
  await watching.says('web2 stands by at place 2, watches web1');
});

test('reads nothing while nothing changes, and notices a server that is silent', options, async (t) => {
  const line = await new Line(raw).make();
  await line.join('web1');
  const { proxy, wire } = await proxied(t);
  const watching = watch(t, line.path, proxy.address);
  await watching.until('the leader', ({ length }) => length === 1);
  const asked = wire.requests.length;
  wire.onRequest = ({ op }) => (op === OP.multi && wire.requests.length === asked + 1 ? 'drop' : 'pass');
  const [, lost] = await watching.says('connected again');
  assert.match(lost ?? '', /^not connected: no answer to sync with a quorum for \d+ms$/);
  assert.deepEqual(
    wire.requests.slice(asked, asked + 2).map(({ op }) => op),
    [OP.multi, OP.connect],
  );
});

test('ends when it is asked to, though nobody reads what it says', options, async (t) => {
  const line = await new Line(raw).make();
  const { proxy, wire } = await proxied(t);
  const pipe = new Pipe();
  t.after(() => {
    pipe.close();
  });
  pipe.fill();
  const words = ['-z', proxy.address, '-e', line.path, '--watch'];
  const watching = new Watching(words, { stdout: pipe.writing });
  await eventually('a look', () => wire.answers(OP.getChildren) >= 1);
  watching.signal('SIGTERM');
  assert.equal((await watching.report()).signal, 'SIGTERM');
});

test('ends quietly at the next change when its reader has gone', options, async (t) => {
  const line = await new Line(raw).make();
  const watching = watch(t, line.path);
  await watching.says('nobody leads');
  watching.hangUp();
  await line.join('web1');
  const { code, signal, stderr } = await watching.report();
  assert.deepEqual([code, signal, stderr], [null, 'SIGPIPE', '']);
});
