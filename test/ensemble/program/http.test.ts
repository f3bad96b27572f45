// Proves what the real program answers over HTTP while it leads, stands by, hands over, and wakes up too late.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Contender } from '../../support/contender.js';
import { Ensemble } from '../../support/ensemble.js';
import { TcpProxy } from '../../support/proxy.js';
import { temporaryFolder } from '../../support/temporary.js';
import { eventually, withDeadline } from '../../support/wait.js';
import { type Reply, ask } from '../../unit/http/ask.js';
import { MIDDLE_SESSION, contend, endOf, isAlive, newElection, options } from './stage.js';

const ensemble = await Ensemble.start();
after(() => ensemble.stop());
const zookeeper = ensemble.connectString;

const JOB = ['sleep', '120'];
const HTTP = ['--http', '0'];

async function addressOf(contender: Contender): Promise<string> {
  return String((await contender.logged('serving http'))['address']);
}

function bodyOf({ body }: Reply): Readonly<Record<string, unknown>> {
  return JSON.parse(body) as Readonly<Record<string, unknown>>;
}

test('tells a leader from a standby, through a hand-over, and ends with its clients', options, async (t) => {
  const election = newElection();
  const one = contend(t, { id: 'one', zookeeper, election, command: JOB, args: HTTP });
  const { pid } = await one.logged('command started');
  const two = contend(t, { id: 'two', zookeeper, election, command: JOB, args: HTTP });
  await two.logged('standing by');
  const [first, second] = await Promise.all([one, two].map(addressOf));
  assert.ok(first !== undefined && second !== undefined);
  assert.match(first, /^127\.0\.0\.1:\d+$/);

  const { epoch, znode } = await one.logged('leading');
  const led = await ask(first, '/leader');
  assert.deepEqual([led.status, bodyOf(led)], [200, { leading: true, id: 'one', epoch }]);
  assert.equal((await ask(second, '/leader')).status, 503);
  assert.equal((await ask(second, '/leader', 'HEAD')).status, 503);
  for (const address of [first, second]) {
    assert.equal((await ask(address, '/livez')).status, 200);
    assert.equal((await ask(address, '/readyz')).status, 200);
  }
  const { containment, watchdog_pid: watchdogPid } = await one.logged('watchdog ready');
  const status = bodyOf(await ask(first, '/status'));
  assert.deepEqual(
    [status['election'], status['phase'], status['place'], status['epoch'], status['znode'], status['pid']],
    [election, 'leading', 1, epoch, znode, pid],
  );
  assert.deepEqual([status['containment'], status['watchdog_pid']], [containment, watchdogPid]);
  const standby = bodyOf(await ask(second, '/status'));
  assert.deepEqual([standby['phase'], standby['place'], standby['epoch']], ['standby', 2, null]);

  const idle = connect(Number(first.split(':')[1]), '127.0.0.1');
  t.after(() => idle.destroy());
  await withDeadline('a connection', once(idle, 'connect'));
  one.signal('SIGTERM');
  assert.deepEqual(await endOf(one), { code: null, signal: 'SIGTERM' });
  await assert.rejects(ask(first, '/leader'), { code: 'ECONNREFUSED' });
  await two.logged('command started');
  assert.equal((await ask(second, '/leader')).status, 200);
  const { body: metrics } = await ask(second, '/metrics');
  const labels = `{election="${election}"}`;
  for (const series of ['is_leader', 'connected', 'elections_total', 'command_starts_total']) {
    assert.ok(metrics.includes(`\nzk_leader_run_${series}${labels} 1\n`), `${series} in ${metrics}`);
  }
  assert.match(metrics, /\nzk_leader_run_heartbeat_duration_seconds_count\{.*\} [1-9]/);
});

test(
  'exits with 125 for a port that is taken, and has touched nothing of a run that goes on',
  options,
  async (t) => {
    const pidFile = join(temporaryFolder(), 'job.pid');
    writeFileSync(pidFile, '4711\n');
    const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: ensemble.server(0).port });
    t.after(() => proxy.close());
    const contender = contend(t, {
      id: 'a',
      zookeeper: proxy.address,
      election: newElection(),
      command: JOB,
      args: ['--http', proxy.address, '--pid-file', pidFile],
    });
    assert.deepEqual(await endOf(contender), { code: 125, signal: null });
    assert.deepEqual(contender.errors, [
      `zk-leader-run: --http: expected an address to listen on, got "${proxy.address}", which another program ` +
        'listens on; choose another port, or end that program',
    ]);
    assert.deepEqual([contender.log, proxy.accepted], [[], 0]);
    assert.equal(readFileSync(pidFile, 'utf8'), '4711\n');
  },
);

test(
  'a leader that was stopped beyond its lease never says that it leads when it wakes',
  options,
  async (t) => {
    const election = newElection();
    const contender = contend(t, { id: 'a', zookeeper, election, command: JOB, args: HTTP }, MIDDLE_SESSION);
    const { pid } = await contender.logged('command started');
    const address = await addressOf(contender);
    const { epoch } = bodyOf(await ask(address, '/leader'));
    contender.signal('SIGSTOP');
    await eventually('the end of its command, by the watchdog', () => !isAlive(Number(pid)));
    // Timers come before input when it wakes from this; for when they do not, see test/unit/http/endpoint.test.ts.
    // The kernel takes the connections, and the requests wait in them.
    const asked = Array.from({ length: 5 }, () => ask(address, '/leader'));
    const idle = connect(Number(address.split(':')[1]), '127.0.0.1');
    t.after(() => idle.destroy());
    await withDeadline('a connection behind theirs', once(idle, 'connect'));
    contender.signal('SIGCONT');
    for (const reply of await Promise.all(asked)) {
      // It may have been elected anew by then, in another term.
      assert.ok(reply.status === 503 || bodyOf(reply)['epoch'] !== epoch, reply.body);
    }
  },
);
