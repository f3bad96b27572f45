// Proves what is refused before the command could run: contradictions, commands that cannot run, strangers.
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, after, test } from 'node:test';
import { Ensemble } from '../../support/ensemble.js';
import { TcpProxy } from '../../support/proxy.js';
import { temporaryFolder } from '../../support/temporary.js';
import { RawSession } from './raw-session.js';
import { Beats, contend, endOf, newElection, options, script, znodeOf } from './stage.js';

const ensemble = await Ensemble.start();
const raw = await RawSession.open(ensemble.connectString);
after(async () => {
  await raw.close();
  await ensemble.stop();
});
const zookeeper = ensemble.connectString;

const ECHO = ['sh', '-c', 'echo started'];

test(
  'exits with 125 for timings that contradict each other, and shows the arithmetic',
  options,
  async (t) => {
    const { proxy, contender } = await refusedContender(t, ECHO, ['--session-timeout=5s']);
    assert.deepEqual(await endOf(contender), { code: 125, signal: null });
    assert.equal(contender.errors.length, 1);
    assert.match(
      contender.errors.join(),
      /^zk-leader-run: --session-timeout: .*session timeout 5000ms x 0\.98 - proof lag \d+ms \(--heartbeat 1000ms, --tick-time 2000ms\) - --margin 500ms - --kill-budget 1000ms - --lease-grace 3000ms = -\d+ms; a session timeout of at least \d+ms is needed/,
    );
    assert.equal(proxy.accepted, 0);
  },
);

test(
  'exits with 125 when the ensemble grants less than the timings need, out of line',
  options,
  async (t) => {
    const meagre = await Ensemble.start({ maxSessionTimeoutMs: 4000 });
    t.after(() => meagre.stop());
    const election = newElection();
    const contender = contend(t, { id: 'a', zookeeper: meagre.connectString, election, command: ECHO });
    assert.deepEqual(await endOf(contender), { code: 125, signal: null });
    const { because } = await contender.logged('refused to stand for election', { level: 'error' });
    assert.match(String(because), /^the ensemble granted a session timeout of 4000ms/);
    assert.match(
      String(because),
      /session timeout 4000ms x 0\.98 - proof lag \d+ms \(--heartbeat 500ms, --tick-time 500ms\) - --margin 200ms - --kill-budget 500ms - --lease-grace 1000ms = \d+ms; a session timeout of at least \d+ms is needed/,
    );
    assert.deepEqual(contender.output, []);
    const session = await RawSession.open(meagre.connectString);
    assert.equal(await session.stat(election), undefined);
    await session.close();
  },
);

const UNRUNNABLE = [
  { what: 'a command that is not in PATH', code: 127, command: () => 'no-such-command-anywhere' },
  { what: 'a path where nothing is', code: 127, command: () => join(temporaryFolder(), 'nothing') },
  {
    what: 'a script whose interpreter is missing',
    code: 127,
    command: () => file('#!/no/such/shell\n', 0o755),
  },
  { what: 'a file that is not executable', code: 126, command: () => file('#!/bin/sh\n', 0o644) },
  { what: 'a folder', code: 126, command: () => temporaryFolder() },
];

for (const { what, code, command } of UNRUNNABLE) {
  test(`exits with ${code} for ${what}, before it has joined`, options, async (t) => {
    const { proxy, contender, election } = await refusedContender(t, [command()]);
    assert.deepEqual(await endOf(contender), { code, signal: null });
    assert.match(contender.errors.join('\n'), /^zk-leader-run: COMMAND: expected [^\n]+$/);
    assert.equal(await raw.stat(election), undefined);
    assert.equal(proxy.accepted, 0);
  });
}

test('exits with 127 when the command has gone by its turn, and lets the next one in', options, async (t) => {
  const election = newElection();
  const leader = contend(t, { id: 'leader', zookeeper, election, command: ['sleep', '120'] });
  await leader.logged('command started');
  const path = file('#!/no/such/shell\n', 0o755);
  writeFileSync(path, '#!/bin/sh\n');
  const unlucky = contend(t, { id: 'b', zookeeper, election, command: [path] });
  await unlucky.logged('standing by', { behind: await znodeOf(leader) });
  const next = contend(t, { id: 'c', zookeeper, election, command: ECHO });
  await next.logged('standing by', { behind: await znodeOf(unlucky) });
  writeFileSync(path, '#!/no/such/shell\n');
  leader.signal('SIGTERM');
  assert.deepEqual(await endOf(unlucky), { code: 127, signal: null });
  assert.deepEqual(await endOf(next), { code: 0, signal: null });
  assert.deepEqual(await raw.children(election), []);
});

test("exits with 125 for a stranger's znode, and names it and our pattern", options, async (t) => {
  const election = newElection();
  await raw.create(election.slice(0, election.lastIndexOf('/'))).catch(() => undefined);
  await raw.create(election);
  // As `kazoo.recipe.lock` names it without its option.
  await raw.create(`${election}/6f1c0b3e__lock__0000000004`);
  const contender = contend(t, { id: 'a', zookeeper, election, command: ECHO });
  assert.deepEqual(await endOf(contender), { code: 125, signal: null });
  const { because } = await contender.logged('refused to stand for election', { level: 'error' });
  assert.match(String(because), /"6f1c0b3e__lock__0000000004".*_c_<guid>-lock-NNNNNNNNNN/);
  assert.deepEqual(contender.output, []);
  assert.deepEqual(await raw.children(election), ['6f1c0b3e__lock__0000000004']);
});

test('complains loudly of a stranger that comes later, and lets the command go on', options, async (t) => {
  const election = newElection();
  const beats = new Beats();
  const command = script('beat.mjs', beats.path);
  const contender = contend(t, { id: 'a', zookeeper, election, command });
  await contender.printed(/^beating /);
  await raw.create(`${election}/stranger`);
  await contender.logged('strangers stand under the election path', {
    level: 'error',
    strangers: 'stranger',
    expected: '_c_<guid>-lock-NNNNNNNNNN',
  });
  await beats.goOn();
  await raw.remove(`${election}/stranger`);
  await contender.logged('no stranger stands under the election path any more');
  assert.equal(new Set(beats.all().map(({ pid }) => pid)).size, 1);
  contender.signal('SIGTERM');
  assert.deepEqual(await endOf(contender), { code: null, signal: 'SIGTERM' });
});

/** A contender whose every connection would be seen. */
async function refusedContender(t: TestContext, command: readonly string[], session?: readonly string[]) {
  const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: ensemble.server(0).port });
  t.after(() => proxy.close());
  const election = newElection();
  const contender = contend(t, { id: 'a', zookeeper: proxy.address, election, command }, session);
  return { proxy, election, contender };
}

function file(text: string, mode: number): string {
  const path = join(temporaryFolder(), 'job');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}
