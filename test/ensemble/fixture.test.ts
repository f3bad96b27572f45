// Proves that the ensembles the other tests rely on are real ones, and break the way they say.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { Ensemble, type EnsembleOptions } from '../support/ensemble.js';
import { freePort } from '../support/free-port.js';
import { PATIENCE_MS, eventually } from '../support/wait.js';

const options = { timeout: 3 * PATIENCE_MS };

test(
  'a port is not handed out again, in another process neither, though nobody listens on it',
  options,
  async () => {
    const port = await freePort();
    assert.notEqual(await freePort(), port);
    const module = new URL('../support/free-port.js', import.meta.url).href;
    const script = `console.log(await (await import('${module}')).freePort())`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    assert.match(stdout, /^\d{5}\n$/);
    assert.notEqual(Number(stdout), port);
  },
);

test('one server serves, and serves again after SIGKILL', options, async (t) => {
  const ensemble = await startEnsemble(t);
  const server = ensemble.server(0);
  assert.equal(await server.role(), 'standalone');
  assert.equal(await server.ask('ruok'), 'imok');
  const pid = server.pid;
  await server.kill();
  assert.equal(server.running, false);
  assert.equal(await server.role(), undefined);
  await server.restart();
  assert.notEqual(server.pid, pid);
  assert.equal(await ensemble.leader(), server);
});

test('a paused server accepts and does not answer', options, async (t) => {
  const ensemble = await startEnsemble(t);
  const server = ensemble.server(0);
  await server.pause();
  assert.equal(await server.ask('ruok'), undefined);
  server.resume();
  await server.serving();
});

test('three servers elect a leader, and another one when it is killed', options, async (t) => {
  const ensemble = await startEnsemble(t, { servers: 3 });
  const leader = await ensemble.leader();
  assert.equal((await ensemble.followers()).length, 2);
  await leader.kill();
  assert.notEqual(await ensemble.leader(), leader);
  await leader.restart();
  assert.equal(await leader.role(), 'follower');
});

test('a follower cut off from both others stops serving while they go on', options, async (t) => {
  const ensemble = await startEnsemble(t, { servers: 3, quorumProxies: true });
  const leader = await ensemble.leader();
  const [lonely, other] = await ensemble.followers();
  assert.ok(lonely !== undefined && other !== undefined);
  ensemble.cut(lonely, leader);
  ensemble.cut(lonely, other);
  await eventually('the follower to give its leader up', async () => (await lonely.role()) === undefined);
  assert.equal(await leader.role(), 'leader');
  assert.equal(await other.role(), 'follower');
  ensemble.heal();
  await lonely.serving();
  assert.equal(await lonely.role(), 'follower');
});

test('a leader whose words are lost is given up by all, and hears of it once healed', options, async (t) => {
  const ensemble = await startEnsemble(t, { servers: 3, quorumProxies: true });
  const leader = await ensemble.leader();
  const followers = await ensemble.followers();
  for (const follower of followers) ensemble.cutOneWay(leader, follower);
  await eventually('the two others to elect a leader', async () => {
    const roles = await Promise.all(followers.map((follower) => follower.role()));
    return roles.includes('leader') && roles.includes('follower');
  });
  ensemble.heal();
  await eventually('the old leader to follow', async () => (await leader.role()) === 'follower');
});

test('a server that cannot start says why', options, async () => {
  await assert.rejects(
    Ensemble.start({ settings: { tickTime: 'soon' } }),
    /does not serve:\n[^]*tickTime|soon/,
  );
});

test('stopping leaves no process and no folder', options, async (t) => {
  const ensemble = await startEnsemble(t);
  const { folder, pid } = ensemble.server(0);
  await ensemble.stop();
  assert.equal(existsSync(folder), false);
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

async function startEnsemble(t: TestContext, ensembleOptions: EnsembleOptions = {}): Promise<Ensemble> {
  const startedAt = performance.now();
  const ensemble = await Ensemble.start(ensembleOptions);
  t.diagnostic(`started in ${String(Math.round(performance.now() - startedAt))} ms`);
  ensemble.explains(t);
  t.after(() => ensemble.stop());
  return ensemble;
}
