// Proves what is answered, from what was seen and the time of the question.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Endpoint } from '../../../src/http/endpoint.js';
import { JobWalk, left, SCHEDULED } from '../jobs/walk.js';
import { SETTINGS } from '../settings.js';
import { FIRST, TERMINATE_AT, Walk } from './walk.js';

/** A contender that is looked on at, and a question to it at any moment. */
function contender() {
  let now = 0;
  const endpoint = new Endpoint({ settings: SETTINGS, clock: () => now, id: 'web3', electionPath: '/job' });
  const walk = new Walk(endpoint);
  return {
    endpoint,
    walk,
    ask: async (path: string, { method = 'GET', at = walk.now } = {}) => {
      now = at;
      return endpoint.answer(method, path);
    },
  };
}

/** One that runs a job every ten seconds. */
function job() {
  const endpoints: Endpoint[] = [];
  const walk = new JobWalk(SCHEDULED, (_, settings, clock) => {
    endpoints.push(new Endpoint({ settings, clock, id: 'web3', electionPath: '/job' }));
    return endpoints;
  });
  return { walk, leads: async () => (await endpoints[0]?.answer('GET', '/leader'))?.status };
}

type Asked = ReturnType<typeof contender>;

async function body({ ask }: Asked, path: string, at?: number): Promise<unknown> {
  const { body: text } = await ask(path, at === undefined ? {} : { at });
  return JSON.parse(text);
}

async function statuses({ ask }: Asked, at?: number): Promise<readonly number[]> {
  const paths = ['/leader', '/livez', '/readyz'];
  const answers = paths.map((path) => ask(path, at === undefined ? {} : { at }));
  return (await Promise.all(answers)).map(({ status }) => status);
}

test('says who leads, who lives and who is ready, in every part of a life', async () => {
  const asked = contender();
  assert.deepEqual(await statuses(asked), [503, 200, 503]);
  asked.walk.stand(FIRST);
  assert.deepEqual(await statuses(asked), [503, 200, 200]);
  asked.walk.take({ type: 'watch-fired', name: FIRST });
  assert.deepEqual(await statuses(asked), [503, 200, 200]);
  const leader = contender();
  leader.walk.lead();
  assert.deepEqual(await statuses(leader), [200, 200, 200]);
  leader.walk.take({ type: 'signal', signal: 'SIGTERM' });
  assert.deepEqual(await statuses(leader), [503, 200, 503]);
  leader.walk.take({ type: 'tree-empty' });
  assert.deepEqual(await statuses(leader), [503, 200, 503]);
});

test('says that it leads between two runs, and while the first of them is being ended', async () => {
  const { walk, leads } = job();
  walk.lead(left([]));
  assert.equal(await leads(), 200);
  walk.passTo(10_000).written();
  assert.equal(await leads(), 200);
  walk.take({ type: 'child-exited', exit: { kind: 'code', code: 0 } });
  assert.deepEqual([walk.state.phase.name, await leads()], ['stopping', 200]);
  walk.take({ type: 'tree-empty' });
  assert.deepEqual([walk.state.phase.name, await leads()], ['idle', 200]);
  walk.take({ type: 'suspended', reason: 'cut' }).passTo(60_000);
  assert.equal(await leads(), 503);
});

test('does not say that it leads when the lease has run out before anybody has noticed', async () => {
  const leader = contender();
  leader.walk.lead();
  assert.deepEqual(await statuses(leader, TERMINATE_AT - 1), [200, 200, 200]);
  assert.deepEqual(await statuses(leader, TERMINATE_AT), [503, 200, 503]);
});

test('says so in small objects as well', async () => {
  const leader = contender();
  leader.walk.lead();
  assert.deepEqual(await body(leader, '/leader'), { leading: true, id: 'web3', epoch: '17' });
  assert.deepEqual(await body(leader, '/livez'), { alive: true });
  assert.deepEqual(await body(leader, '/readyz'), { ready: true, phase: 'leading', connected: true });
});

test('tells the watchdog and the command of a term, from its begin to its end', async () => {
  const asked = contender();
  const { endpoint, walk } = asked;
  const told = async (): Promise<readonly unknown[]> => {
    const status = (await body(asked, '/status')) as Readonly<Record<string, unknown>>;
    return ['containment', 'watchdog_pid', 'pid', 'epoch'].map((field) => status[field]);
  };
  assert.deepEqual(await told(), [null, null, null, null]);
  endpoint.watchdogReady(100, 'cgroup');
  walk.lead();
  assert.deepEqual(await told(), ['cgroup', 100, null, '17']);
  const { leading_since: since } = (await body(asked, '/status')) as { leading_since: string };
  assert.equal(new Date(since).toISOString(), since);
  endpoint.commandStarted(101);
  assert.deepEqual(await told(), ['cgroup', 100, 101, '17']);
  walk.takeAt(1004, { type: 'clock' });
  walk.take({ type: 'signal', signal: 'SIGTERM' });
  assert.deepEqual(await told(), ['cgroup', 100, 101, '17']);
  walk.take({ type: 'tree-empty' });
  assert.deepEqual(await told(), ['cgroup', 100, null, null]);
});

test('exposes metrics of the moment of the scrape', async () => {
  const leader = contender();
  leader.walk.lead();
  leader.endpoint.commandStarted(101);
  const { status, contentType, body: text } = await leader.ask('/metrics', { at: 4200 });
  assert.deepEqual([status, contentType], [200, 'text/plain; version=0.0.4; charset=utf-8']);
  for (const [name, value] of [
    ['is_leader', 1],
    ['lease_left_seconds', 10],
    ['command_starts_total', 1],
  ] as const) {
    assert.ok(text.includes(`\nzk_leader_run_${name}{election="/job"} ${value}\n`), name);
  }
  assert.match((await leader.ask('/metrics', { at: 60_000 })).body, /\nzk_leader_run_is_leader\{.*\} 0\n/);
});

test('a mistake in the metrics costs the metrics, and neither a term nor another answer', async () => {
  const leader = contender();
  leader.walk.lead();
  leader.walk.take({ type: 'heartbeat', sentAt: NaN, znodeExists: true });
  await assert.rejects(leader.ask('/metrics'), /not a valid number/);
  assert.deepEqual((await statuses(leader))[1], 200);
});

test('knows its paths, and no method but GET and HEAD', async () => {
  const { ask } = contender();
  assert.equal((await ask('/livez', { method: 'HEAD' })).status, 200);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const { status, headers } = await ask('/leader', { method });
    assert.deepEqual([status, headers], [405, { allow: 'GET, HEAD' }]);
  }
  for (const path of [
    '/',
    '',
    '/leader/',
    '/Leader',
    '//leader',
    '/toString',
    '/__proto__',
    'http://a/leader',
  ]) {
    const { status, body: text } = await ask(path);
    assert.equal(status, 404, path);
    assert.deepEqual(JSON.parse(text), {
      error: 'not found',
      paths: ['/leader', '/livez', '/readyz', '/status', '/metrics'],
    });
  }
});
