// Proves that the tutorial happens as the tutorials tell it, on a real ZooKeeper.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Contender } from '../support/contender.js';
import { Ensemble } from '../support/ensemble.js';
import { freePort } from '../support/free-port.js';
import { PATIENCE_MS } from '../support/wait.js';
import { example, Program } from './program.js';

const options = { timeout: 3 * PATIENCE_MS };
const tutorial = [process.execPath, example('tutorial/tutorial.mjs')] as const;

let ensemble: Ensemble;
before(async () => {
  // An ensemble of the usual tickTime grants as much; one of ours would otherwise grant no more than 10 s.
  ensemble = await Ensemble.start({ maxSessionTimeoutMs: 40_000 });
});
after(() => ensemble.stop());

// As it is here: more of the short session is left for a machine that stalls.
const tick = { ZK_LEADER_RUN_TICK_TIME: '500ms' };

// A chroot of its own has each test begin at p_0000000000.
function connectString(chroot: string): string {
  return `${ensemble.connectString}/${chroot}`;
}

test('tells the tutorial, killing two contenders as power cuts do', options, async (t) => {
  const program = new Program(t, [...tutorial, connectString('killed')], { env: tick });
  const exit = await program.exited();
  assert.deepEqual(program.errors, []);
  assert.deepEqual(exit, { code: 0, signal: null });
  assert.deepEqual(program.output, [
    'contender 1 | I am the new leader!',
    'contender 2 | Setting watch on node with path: /election/p_0000000000',
    'contender 3 | Setting watch on node with path: /election/p_0000000001',
    'contender 4 | Setting watch on node with path: /election/p_0000000002',
    '-- kill the leader; its session lasts a while yet',
    'contender 2 | I am the new leader!',
    '-- kill contender 3; its session lasts a while yet',
    'contender 4 | Setting watch on node with path: /election/p_0000000001',
    '-- everything happened as told',
  ]);
  await program.isGone();
});

test('tells the tutorial, ending two contenders in order', options, async (t) => {
  const env = { ...tick, ZK_LEADER_RUN_ZOOKEEPER: connectString('polite') };
  const program = new Program(t, [...tutorial, '--polite'], { env });
  const exit = await program.exited();
  assert.deepEqual(program.errors, []);
  assert.deepEqual(exit, { code: 0, signal: null });
  assert.deepEqual(program.output, [
    'contender 1 | I am the new leader!',
    'contender 2 | Setting watch on node with path: /election/p_0000000000',
    'contender 3 | Setting watch on node with path: /election/p_0000000001',
    'contender 4 | Setting watch on node with path: /election/p_0000000002',
    '-- end the leader',
    'contender 2 | I am the new leader!',
    '-- end contender 3',
    'contender 4 | Setting watch on node with path: /election/p_0000000001',
    '-- everything happened as told',
  ]);
  await program.isGone();
});

test('fails when somebody else leads', options, async (t) => {
  const stranger = new Contender({
    id: 'stranger',
    zookeeper: connectString('occupied'),
    election: '/election',
    args: ['--znode-prefix', 'p_'],
    command: ['sleep', '1000'],
  });
  t.after(() => stranger.end());
  await stranger.logged('leading');
  const program = new Program(t, [...tutorial, connectString('occupied')], { env: tick });
  assert.deepEqual(await program.exited(), { code: 1, signal: null });
  assert.deepEqual(program.output, []);
  assert.deepEqual(program.errors, ['-- contender 1 should lead; does somebody else stand in /election?']);
  await program.isGone();
});

test('leaves no process when it is interrupted', options, async (t) => {
  const program = new Program(t, [...tutorial, connectString('interrupted')], { env: tick });
  await program.said(/contender 2 \| Setting watch/);
  program.signalGroup('SIGINT');
  assert.deepEqual(await program.exited(), { code: 1, signal: null });
  assert.ok(program.errors.includes('-- received SIGINT'), program.errors.join('\n'));
  await program.isGone();
});

test('says why nothing happens where no ZooKeeper is', options, async (t) => {
  const program = new Program(t, [...tutorial, `127.0.0.1:${await freePort()}`]);
  await program.said(/^contender 1 \| no ZooKeeper lets it in: connect ECONNREFUSED/);
  program.signal('SIGINT');
  assert.deepEqual(await program.exited(), { code: 1, signal: null });
  await program.isGone();
});
