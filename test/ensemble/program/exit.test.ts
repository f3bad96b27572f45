// Proves the exit statuses of the real program, each with what must be true by then: nobody runs, no znode is left.
import assert from 'node:assert/strict';
import { type TestContext, after, test } from 'node:test';
import { SHORT_SESSION } from '../../support/contender.js';
import { Ensemble } from '../../support/ensemble.js';
import { freePort } from '../../support/free-port.js';
import { TcpProxy } from '../../support/proxy.js';
import { RawSession } from './raw-session.js';
import { Beats, contend, endOf, newElection, options, processesOf, script } from './stage.js';

const ensemble = await Ensemble.start();
const raw = await RawSession.open(ensemble.connectString);
after(async () => {
  await raw.close();
  await ensemble.stop();
});
const zookeeper = ensemble.connectString;

const SIGNAL_EXITS = [
  ['KILL', { code: 137, signal: null }],
  ['QUIT', { code: 131, signal: null }],
  ['USR1', { code: 138, signal: null }],
  ['SEGV', { code: 139, signal: null }],
  ['HUP', { code: null, signal: 'SIGHUP' }],
  ['INT', { code: null, signal: 'SIGINT' }],
  ['TERM', { code: null, signal: 'SIGTERM' }],
  ['PIPE', { code: null, signal: 'SIGPIPE' }],
] as const;

for (const code of [0, 7, 255]) {
  test(`exits with ${code} when the command does, its znode deleted`, options, async (t) => {
    const election = newElection();
    const contender = contend(t, { id: 'a', zookeeper, election, command: ['sh', '-c', `exit ${code}`] });
    assert.deepEqual(await endOf(contender), { code, signal: null });
    assert.deepEqual(await raw.children(election), []);
    await contender.logged('resigning', { because: `the command exited with ${code}` });
  });
}

for (const [signal, exit] of SIGNAL_EXITS) {
  const how = exit.signal === null ? `exits with ${exit.code}` : `dies of SIG${signal}`;
  test(`${how} when SIG${signal} has ended the command`, options, async (t) => {
    const election = newElection();
    // Whatever stands behind it means that the shell has outlived its own signal.
    const command = ['sh', '-c', `ulimit -c 0; kill -${signal} $$; exit 42`];
    const contender = contend(t, { id: 'a', zookeeper, election, command });
    assert.deepEqual(await endOf(contender), exit);
    assert.deepEqual(await raw.children(election), []);
    await contender.logged('resigning', { because: `the command was ended by SIG${signal}` });
  });
}

test('dies of the signal that asked it to stop, whatever the command exits with', options, async (t) => {
  const command = ['sh', '-c', 'trap "exit 7" TERM; echo ready; while :; do sleep 0.05; done'];
  const contender = contend(t, { id: 'a', zookeeper, election: newElection(), command });
  await contender.printed(/^ready$/);
  contender.signal('SIGINT');
  assert.deepEqual(await endOf(contender), { code: null, signal: 'SIGINT' });
});

test('exits with 75 when not elected within --wait, out of line (consul#2399)', options, async (t) => {
  const election = await ledElection(t);
  const [leader] = (await raw.children(election)) ?? [];
  const late = contend(t, { id: 'b', zookeeper, election, command: ECHO, args: ['--wait', '6s'] });
  await late.logged('standing by');
  assert.deepEqual(await endOf(late), { code: 75, signal: null });
  assert.deepEqual(await raw.children(election), [leader]);
  assert.deepEqual(late.output, []);
  await late.logged('resigning', { because: 'not elected in the time that --wait allows' });
});

test('exits with 75 at once with --wait 0 where somebody leads (consul#780)', options, async (t) => {
  const election = await ledElection(t);
  const late = contend(t, { id: 'b', zookeeper, election, command: ECHO, args: ['--wait', '0'] });
  assert.deepEqual(await endOf(late), { code: 75, signal: null });
  assert.deepEqual(late.output, []);
  assert.equal((await raw.children(election))?.length, 1);
  assert.equal(
    late.log.some(({ message }) => message === 'standing by'),
    false,
  );
});

test('runs the command with --wait 0 where nobody leads', options, async (t) => {
  const command = ['sh', '-c', 'echo started; exit 7'];
  const contender = contend(t, {
    id: 'a',
    zookeeper,
    election: newElection(),
    command,
    args: ['--wait', '0'],
  });
  assert.deepEqual(await endOf(contender), { code: 7, signal: null });
  assert.deepEqual(contender.output, ['started']);
});

test('exits with 69 when no ensemble answers within --wait', options, async (t) => {
  const nowhere = `127.0.0.1:${await freePort()}`;
  const hole = await TcpProxy.listen({ host: '127.0.0.1', port: ensemble.server(0).port });
  t.after(() => hole.close());
  hole.blackhole();
  for (const address of [nowhere, hole.address]) {
    const contender = contend(t, {
      id: 'a',
      zookeeper: address,
      election: newElection(),
      command: ECHO,
      args: ['--wait', '3s'],
      logLevel: 'warn',
    });
    assert.deepEqual(await endOf(contender), { code: 69, signal: null });
    assert.deepEqual(contender.output, []);
    const why = await contender.logged('still waiting for the ensemble', { last: address });
    assert.equal(typeof why['because'], 'string');
    await contender.logged('ended', { because: 'no answer from the ensemble in time' });
  }
});

test('exits with 69 with --wait 0 when no ensemble answers within a session timeout', options, async (t) => {
  const contender = contend(
    t,
    {
      id: 'a',
      zookeeper: `127.0.0.1:${await freePort()}`,
      election: newElection(),
      command: ECHO,
      args: ['--wait', '0'],
    },
    SHORT_SESSION,
  );
  assert.deepEqual(await endOf(contender), { code: 69, signal: null });
});

test('exits with 69 with --on-lost exit, the command ended before (consul#2399)', options, async (t) => {
  const election = newElection();
  const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: ensemble.server(0).port });
  t.after(() => proxy.close());
  const beats = new Beats();
  const contender = contend(
    t,
    {
      id: 'a',
      zookeeper: proxy.address,
      election,
      command: script('beat.mjs', beats.path, '--deaf'),
      args: ['--on-lost', 'exit'],
    },
    SHORT_SESSION,
  );
  await contender.printed(/^beating /);
  proxy.stall();
  assert.deepEqual(await endOf(contender), { code: 69, signal: null });
  assert.deepEqual(processesOf(election), []);
  await contender.logged('killing the command');
  await contender.logged('ended', { because: 'leadership was lost, and --on-lost is exit' });
});

const ECHO = ['sh', '-c', 'echo started'];

/** An election that somebody leads for as long as the test takes. */
async function ledElection(t: TestContext): Promise<string> {
  const election = newElection();
  const contender = contend(t, { id: 'leader', zookeeper, election, command: ['sleep', '120'] });
  await contender.logged('command started');
  return election;
}
