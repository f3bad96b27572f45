// Proves what a signal to the supervisor does in each phase, with a command that says which signals reach it.
import assert from 'node:assert/strict';
import { type TestContext, after, test } from 'node:test';
import type { Contender } from '../../support/contender.js';
import { Ensemble } from '../../support/ensemble.js';
import { freePort } from '../../support/free-port.js';
import { TcpProxy } from '../../support/proxy.js';
import { RawSession } from './raw-session.js';
import { contend, endOf, newElection, options, processesOf, script, znodeOf } from './stage.js';

const ensemble = await Ensemble.start();
after(() => ensemble.stop());
const zookeeper = ensemble.connectString;

const FORWARDED = ['SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'] as const;
const IGNORED_WITHOUT_COMMAND = ['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'] as const;
const ENDING = [
  { signal: 'SIGINT', exit: { code: null, signal: 'SIGINT' } },
  { signal: 'SIGTERM', exit: { code: null, signal: 'SIGTERM' } },
  // 128+3: only HUP, INT, TERM and PIPE are passed on as a death of our own.
  { signal: 'SIGQUIT', exit: { code: 131, signal: null } },
] as const;

/** A leader whose command, and a child in the command's group, say which signals reach them. */
async function leader(
  t: TestContext,
  endsOn: NodeJS.Signals | 'none',
  args: readonly string[] = [],
  election = newElection(),
): Promise<Contender> {
  const command = script('signals.mjs', endsOn);
  const contender = contend(t, { id: 'leader', zookeeper, election, command, args });
  await contender.printed(/^main ready$/);
  await contender.printed(/^child ready$/);
  await contender.logged('command started');
  return contender;
}

async function bothGot(contender: Contender, signal: NodeJS.Signals): Promise<void> {
  await contender.printed(new RegExp(`^main ${signal}$`));
  await contender.printed(new RegExp(`^child ${signal}$`));
}

async function contenders(election: string): Promise<string[] | undefined> {
  const session = await RawSession.open(zookeeper);
  const names = await session.children(election);
  await session.close();
  return names;
}

test(
  'forwards HUP, QUIT, USR1, USR2, WINCH and CONT to the whole group while leading (consul#797, #1210, #2022)',
  options,
  async (t) => {
    const contender = await leader(t, 'SIGTERM');
    for (const signal of FORWARDED) {
      contender.signal(signal);
      await bothGot(contender, signal);
    }
    contender.signal('SIGTERM');
    await endOf(contender);
    const got = contender.output.filter((line) => !line.endsWith('ready')).sort();
    const expected = [...FORWARDED, 'SIGTERM'].flatMap((signal) => [`main ${signal}`, `child ${signal}`]);
    assert.deepEqual(got, expected.sort());
    // Node's default for SIGUSR1 is to open its inspector, and to say so on stderr.
    assert.deepEqual(contender.errors, []);
  },
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(
    `ends the whole group on ${signal}, then itself by it, its znode deleted (consul#3754, #4643, k8s-await-election#25)`,
    options,
    async (t) => {
      const election = newElection();
      const contender = await leader(t, 'SIGTERM', [], election);
      contender.signal(signal);
      // The command exits with 0 here: what asked counts, not what came of it.
      assert.deepEqual(await endOf(contender), { code: null, signal });
      await bothGot(contender, 'SIGTERM');
      assert.deepEqual(processesOf(election), []);
      assert.deepEqual(await contenders(election), []);
      await contender.logged('resigning', { because: `received ${signal}` });
    },
  );
}

test('ends the command with the signal of --stop-signal', options, async (t) => {
  const contender = await leader(t, 'SIGUSR2', ['--stop-signal', 'usr2']);
  contender.signal('SIGTERM');
  assert.deepEqual(await endOf(contender), { code: null, signal: 'SIGTERM' });
  await bothGot(contender, 'SIGUSR2');
  assert.doesNotMatch(contender.output.join(), /SIGTERM/);
});

for (const [first, second] of [
  ['SIGTERM', 'SIGTERM'],
  ['SIGTERM', 'SIGINT'],
  ['SIGINT', 'SIGINT'],
  ['SIGINT', 'SIGTERM'],
] as const) {
  test(`kills at once a command that ignores TERM on ${second} behind ${first}`, options, async (t) => {
    const election = newElection();
    const contender = await leader(t, 'none', ['--stop-timeout', '10m'], election);
    contender.signal(first);
    await bothGot(contender, 'SIGTERM');
    assert.ok(processesOf(election).length >= 3);
    contender.signal(second);
    assert.deepEqual(await endOf(contender), { code: null, signal: first });
    await contender.logged('killing the command');
    assert.deepEqual(processesOf(election), []);
    assert.deepEqual(await contenders(election), []);
  });
}

test('forwards signals while the command is being stopped, and keeps the znode', options, async (t) => {
  const election = newElection();
  const contender = await leader(t, 'none', ['--stop-timeout', '10m'], election);
  contender.signal('SIGTERM');
  await bothGot(contender, 'SIGTERM');
  for (const signal of FORWARDED) {
    contender.signal(signal);
    await bothGot(contender, signal);
  }
  assert.deepEqual(
    (await contenders(election))?.map((name) => `${election}/${name}`),
    [await znodeOf(contender)],
  );
  contender.signal('SIGTERM');
  assert.deepEqual(await endOf(contender), { code: null, signal: 'SIGTERM' });
  assert.deepEqual(contender.errors, []);
});

test('kills the command when --stop-timeout is over, and not before', options, async (t) => {
  const election = newElection();
  const contender = await leader(t, 'none', ['--stop-timeout', '700ms'], election);
  // The line that says so is stamped when it is written, which a busy machine may do late.
  const askedAt = Date.now();
  contender.signal('SIGTERM');
  await contender.logged('ending the command', { kill_in_ms: 700 });
  const killed = await contender.logged('killing the command');
  assert.deepEqual(await endOf(contender), { code: null, signal: 'SIGTERM' });
  await bothGot(contender, 'SIGTERM');
  assert.ok(Date.parse(String(killed['time'])) - askedAt >= 699);
  assert.deepEqual(processesOf(election), []);
  assert.deepEqual(await contenders(election), []);
});

for (const { signal, exit } of ENDING) {
  test(`ends on ${signal} while standing by, its znode deleted (consul#4439)`, options, async (t) => {
    const election = newElection();
    const first = await leader(t, 'SIGTERM', [], election);
    const waiting = contend(t, { id: 'b', zookeeper, election, command: ['sh', '-c', 'echo started'] });
    await waiting.logged('standing by', { behind: await znodeOf(first) });
    for (const ignored of IGNORED_WITHOUT_COMMAND) waiting.signal(ignored);
    waiting.signal(signal);
    assert.deepEqual(await endOf(waiting), exit);
    await waiting.logged('resigning', { because: `received ${signal}` });
    assert.deepEqual(
      (await contenders(election))?.map((name) => `${election}/${name}`),
      [await znodeOf(first)],
    );
    assert.deepEqual([waiting.output, waiting.errors], [[], []]);
    assert.equal(first.commandPid !== undefined, true);
  });

  test(`ends on ${signal} while no server listens`, options, async (t) => {
    await endsWhileConnecting(t, `127.0.0.1:${await freePort()}`, signal, exit);
  });
}

test('ends on SIGTERM while a server accepts and never answers', options, async (t) => {
  const hole = await TcpProxy.listen({ host: '127.0.0.1', port: await freePort() });
  t.after(() => hole.close());
  hole.blackhole();
  await endsWhileConnecting(t, hole.address, 'SIGTERM', { code: null, signal: 'SIGTERM' });
});

async function endsWhileConnecting(
  t: TestContext,
  nowhere: string,
  signal: NodeJS.Signals,
  exit: { readonly code: number | null; readonly signal: NodeJS.Signals | null },
): Promise<void> {
  const contender = contend(t, {
    id: 'a',
    zookeeper: nowhere,
    election: newElection(),
    command: ['sh', '-c', 'echo started'],
  });
  await contender.logged('trying a server');
  for (const ignored of IGNORED_WITHOUT_COMMAND) contender.signal(ignored);
  contender.signal(signal);
  assert.deepEqual(await endOf(contender), exit);
  await contender.logged('ended', { because: `received ${signal}` });
  assert.deepEqual([contender.output, contender.errors], [[], []]);
}
