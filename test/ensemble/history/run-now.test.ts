// Asks a stand-in for a leader for runs, on a real server, and follows them to their end.
import assert from 'node:assert/strict';
import { type TestContext, after, test } from 'node:test';
import type { RunEntry } from '../../../src/ledger/ledger.js';
import { controlPath, runRequestPath } from '../../../src/zookeeper/control-path.js';
import { Ensemble } from '../../support/ensemble.js';
import { TcpProxy } from '../../support/proxy.js';
import { type Answer, Subcommand } from '../../support/subcommand.js';
import { eventually } from '../../support/wait.js';
import { RawSession } from '../program/raw-session.js';
import { newElection, options } from '../program/stage.js';
import { OP, Wire } from '../session/wire.js';
import { StandIn } from './stand-in.js';

const ensemble = await Ensemble.start();
const zookeeper = ensemble.connectString;
const raw = await RawSession.open(zookeeper);
after(async () => {
  await raw.close();
  await ensemble.stop();
}, options);

function runNow(path: string, ...words: readonly string[]): Subcommand {
  return new Subcommand(['run-now', '-z', zookeeper, '-e', path, ...words]);
}

function begins(id: string): string {
  return `run ${id} begins: web1 runs the command on host1\n`;
}

function done(stdout: string, code = 0): Answer {
  return { code, signal: null, stdout, stderr: '' };
}

function notRun(because: string): Answer {
  const stderr = `zk-leader-run: run-now: ${because} (ensemble ${zookeeper}, --timeout 2s)\n`;
  return { code: 69, signal: null, stdout: '', stderr };
}

async function proxied(t: TestContext): Promise<{ proxy: TcpProxy; wire: Wire }> {
  const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: ensemble.server(0).port });
  t.after(() => proxy.close());
  return { proxy, wire: new Wire(proxy) };
}

/** Leaves a request as somebody else would. */
async function askAs(by: string, path: string): Promise<void> {
  if ((await raw.stat(controlPath(path))) === undefined) await raw.create(controlPath(path));
  const facts = { by, host: 'admin1', since: '2026-11-22T12:00:00Z' };
  await raw.create(runRequestPath(path), 'persistent', JSON.stringify(facts));
}

test('asks for a run, names it, and takes no request along', options, async () => {
  const leader = await StandIn.at(raw);
  const { answer } = runNow(leader.path, '--because', 'late input', '--timeout=2147483647ms');
  const request = await leader.asked();
  const { because } = JSON.parse((await raw.data(runRequestPath(leader.path))).toString()) as {
    because: string;
  };
  assert.equal(because, 'late input');
  // Other runs are none of its business.
  await leader.begin();
  await leader.begin(`${request}0`);
  const id = await leader.begin(request);
  assert.deepEqual(await answer, done(begins(id)));
  assert.ok(!(await leader.hasRequest()));
});

test('waits for the end of the run if it is told to, and exits as the command did', options, async () => {
  const ends: readonly (readonly [Pick<RunEntry, 'result' | 'exit'>, string, number])[] = [
    [{ result: 'succeeded', exit: { kind: 'code', code: 0 } }, 'succeeded', 0],
    [{ result: 'failed', exit: { kind: 'code', code: 3 } }, 'failed (code 3)', 3],
    [{ result: 'failed', exit: { kind: 'signal', signal: 'SIGTERM' } }, 'failed (SIGTERM)', 143],
    [
      { result: 'failed', exit: { kind: 'not-started', errno: 'ENOENT' } },
      'failed (not started: ENOENT)',
      127,
    ],
    [{ result: 'timed-out', exit: { kind: 'code', code: 0 } }, 'timed-out', 1],
    [{ result: 'interrupted' }, 'interrupted', 1],
  ];
  const following = ends.map(async ([end, words, code]) => {
    const leader = await StandIn.at(raw);
    const { answer } = runNow(leader.path, '--until-end');
    const id = await leader.begin(await leader.asked());
    // The request goes at once: somebody else may want the next run.
    await eventually('the end of the request', async () => !(await leader.hasRequest()));
    await leader.end(id, end);
    assert.deepEqual(await answer, done(`${begins(id)}run ${id} ${words} after 1m 30s\n`, code));
  });
  await Promise.all(following);
});

test('exits as the command did where nobody reads on', options, async () => {
  const leader = await StandIn.at(raw);
  const asking = runNow(leader.path, '--until-end');
  const left = asking.leave();
  const id = await leader.begin(await leader.asked());
  await left;
  await leader.end(id, { result: 'failed', exit: { kind: 'code', code: 3 } });
  assert.deepEqual(await asking.answer, done(begins(id), 3));
});

test('does not wait for the end of a run that is recorded no more', options, async () => {
  const leader = await StandIn.at(raw);
  const { answer } = runNow(leader.path, '--until-end');
  const id = await leader.begin(await leader.asked());
  await eventually('the end of the request', async () => !(await leader.hasRequest()));
  await leader.write({ entries: [] });
  assert.deepEqual(await answer, {
    ...done(begins(id), 1),
    stderr: `zk-leader-run: run-now: run ${id} is not recorded any more: its result is not known\n`,
  });
});

interface Behind {
  readonly leader: StandIn;
  /** Her request. */
  readonly anns: string;
  readonly proxy: TcpProxy;
  readonly wire: Wire;
  readonly asking: Subcommand;
}

/** Asks while a request of ann's stands, and has seen that. */
async function behindAnn(t: TestContext): Promise<Behind> {
  const leader = await StandIn.at(raw);
  await leader.write();
  await askAs('ann', leader.path);
  const { proxy, wire } = await proxied(t);
  const asking = new Subcommand(['run-now', '-z', proxy.address, '-e', leader.path]);
  await eventually('a look', () => wire.answers(OP.exists) >= 2);
  return { leader, anns: await leader.asked(), proxy, wire, asking };
}

/** How many requests it has made. */
function requestsIn({ requests }: Wire): number {
  return requests.filter(({ op, frame }) => op === OP.create && frame.includes('/run-now')).length;
}

test('gives whoever asks while a request stands the same run', options, async (t) => {
  const { leader, anns, wire, asking } = await behindAnn(t);
  const id = await leader.begin(anns);
  assert.deepEqual(await asking.answer, done(begins(id)));
  assert.equal(requestsIn(wire), 0);
  assert.ok(await leader.hasRequest());
});

test('asks for itself when the request that it has followed goes without a run', options, async (t) => {
  const { leader, anns, wire, asking } = await behindAnn(t);
  await raw.remove(runRequestPath(leader.path));
  const its = await leader.asked();
  assert.notEqual(its, anns);
  const id = await leader.begin(its);
  assert.deepEqual(await asking.answer, done(begins(id)));
  assert.equal(requestsIn(wire), 1);
});

test(
  'asks for nothing when the request that it has followed is granted, and gone, as it looks',
  options,
  async (t) => {
    const { leader, anns, proxy, wire, asking } = await behindAnn(t);
    let id: string | undefined;
    wire.onRequest = ({ op, frame }) => {
      if (op !== OP.exists || !frame.includes('/run-now') || id !== undefined) return 'pass';
      id = '';
      void leader.begin(anns).then(async (begun) => {
        id = begun;
        await raw.remove(runRequestPath(leader.path));
        proxy.release();
      });
      return 'hold';
    };
    const { code, stdout } = await asking.answer;
    assert.deepEqual([code, stdout], [0, begins(id ?? '')]);
    assert.equal(requestsIn(wire), 0);
  },
);

test('asks once, though its connection breaks', options, async (t) => {
  const leader = await StandIn.at(raw);
  const { proxy, wire } = await proxied(t);
  const { answer } = new Subcommand(['run-now', '-z', proxy.address, '-e', leader.path]);
  const request = await leader.asked();
  proxy.resetAll();
  await eventually('another connection', () => wire.answers(OP.connect) >= 2);
  const id = await leader.begin(request);
  assert.deepEqual(await answer, done(begins(id)));
  assert.equal(requestsIn(wire), 1);
});

test('says what it has waited for in vain, and takes its request back', options, async () => {
  const taken = 'the request has been taken back';
  const records = '--every, --cron, --on-exit and --on-failure make a leader run its command by request';
  const cases: readonly (readonly [Promise<StandIn>, (leader: StandIn) => Promise<string>])[] = [
    [StandIn.at(raw, { leads: false }), ({ path }) => Promise.resolve(`nobody leads ${path}; ${taken}`)],
    [
      StandIn.at(raw, { leads: false }),
      async ({ line, path }) => {
        const web1 = await line.join('web1');
        await line.join('web2');
        await line.pause(web1);
        await line.leave(web1);
        const since = '2026-11-22T12:00:00Z: new disks';
        return `nobody leads ${path}, since the election is paused by ann on admin1 since ${since}; ${taken}`;
      },
    ],
    [StandIn.at(raw), () => Promise.resolve(`web1 leads, and does not answer: only ${records}; ${taken}`)],
    [
      StandIn.at(raw),
      async (leader) => `web1 still runs ${await leader.begin()}, which comes first; ${taken}`,
    ],
    [
      StandIn.at(raw),
      async (leader) => {
        await leader.end(await leader.begin(), { result: 'succeeded' });
        await askAs('ann', leader.path);
        return 'web1 leads, and has not begun; the request of ann on admin1 still stands';
      },
    ],
  ];
  const asking = cases.map(async ([made, prepare]) => {
    const leader = await made;
    const because = await prepare(leader);
    assert.deepEqual(await runNow(leader.path, '--timeout', '2s').answer, notRun(because));
    assert.equal(await leader.hasRequest(), because.endsWith('still stands'));
  });
  const nowhere = newElection();
  assert.deepEqual(
    await runNow(nowhere, '--timeout', '2s').answer,
    notRun(`there is no election ${nowhere}`),
  );
  assert.equal(await raw.stat(controlPath(nowhere)), undefined);
  await Promise.all(asking);
});

test('asks no more once it has taken its request back', options, async (t) => {
  const leader = await StandIn.at(raw);
  const { proxy, wire } = await proxied(t);
  const words = ['-z', proxy.address, '-e', leader.path, '--timeout', '2s'];
  assert.equal((await new Subcommand(['run-now', ...words]).answer).code, 69);
  assert.deepEqual([requestsIn(wire), wire.count(OP.delete)], [1, 1]);
});

test('takes its request back when it is interrupted', options, async () => {
  const leader = await StandIn.at(raw);
  const asking = runNow(leader.path);
  await leader.asked();
  asking.signal('SIGINT');
  assert.equal((await asking.answer).signal, 'SIGINT');
  assert.ok(!(await leader.hasRequest()));
});
