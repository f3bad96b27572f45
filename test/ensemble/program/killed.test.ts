// Proves by the commands' own traces that nothing outlives the lease, whichever of the two processes that guard it is
// killed or stopped; and that the next one leads without waiting for a session timeout where the watchdog has lived.
import assert from 'node:assert/strict';
import { type TestContext, after, test } from 'node:test';
import type { Contender } from '../../support/contender.js';
import { Ensemble } from '../../support/ensemble.js';
import { eventually } from '../../support/wait.js';
import {
  Beats,
  MIDDLE_SESSION,
  contend,
  isAlive,
  newElection,
  options,
  processesOf,
  script,
  znodeOf,
} from './stage.js';

/** Its sessions may be as long as ENDLESS_SESSION, and those of the other as short as MIDDLE_SESSION. */
const slow = await Ensemble.start({ tickTimeMs: 2000 });
const quick = await Ensemble.start();
after(() => Promise.all([slow.stop(), quick.stop()]));

/** Longer than any test waits: whoever leads before its end has not waited for it. */
const ENDLESS_SESSION = ['--session-timeout=40s'] as const;

interface Pair {
  readonly election: string;
  readonly old: Contender;
  readonly next: Contender;
  readonly beats: Beats;
}

/** Two contenders; the first leads, and its command has a straggler and a daemon, all deaf to SIGTERM. */
async function pair(
  t: TestContext,
  ensemble = slow,
  session: readonly string[] = ENDLESS_SESSION,
): Promise<Pair> {
  const zookeeper = ensemble.connectString;
  const election = newElection();
  const beats = new Beats();
  const deaf = script('beat.mjs', beats.path, '--deaf', '--straggler', '--daemon');
  const old = contend(t, { id: 'old', zookeeper, election, command: deaf }, session);
  await old.printed(/^beating /);
  await old.logged('command started');
  const command = script('beat.mjs', beats.path);
  const next = contend(t, { id: 'next', zookeeper, election, command }, session);
  await next.logged('standing by', { behind: await znodeOf(old) });
  return { election, old, next, beats };
}

/** Waits for the next leader's first beat, which must lie behind the last one of everybody of the old term. */
async function handedOver({ next, beats }: Pair): Promise<void> {
  await next.printed(/^beating /);
  await beats.goOn();
  const all = beats.all();
  const [first] = all;
  const old = all.filter(({ epoch }) => epoch === first?.epoch);
  assert.deepEqual(new Set(old.map(({ role }) => role)), new Set(['main', 'straggler', 'daemon']));
  const lastOfOld = old.reduce((latest, { at }) => (at > latest ? at : latest), 0n);
  const firstOfNext = all.find(({ epoch }) => epoch !== first?.epoch);
  assert.ok(firstOfNext !== undefined && lastOfOld < firstOfNext.at, 'two commands were alive at once');
  assert.ok(old.every(({ pid }) => !isAlive(pid)));
}

test(
  'the watchdog of a killed supervisor kills the command with all it started, and ends the session',
  options,
  async (t) => {
    const stage = await pair(t);
    stage.old.signal('SIGKILL');
    await handedOver(stage);
    await stage.old.exited;
  },
);

test('the watchdog of a killed standby ends its session', options, async (t) => {
  const stage = await pair(t);
  const { election, beats } = stage;
  const command = script('beat.mjs', beats.path);
  const zookeeper = slow.connectString;
  const third = contend(t, { id: 'third', zookeeper, election, command }, ENDLESS_SESSION);
  await third.logged('standing by', { place: 3 });
  stage.next.signal('SIGKILL');
  await third.logged('standing by', { place: 2, watching: 'old' });
});

test(
  'a stopped supervisor leaves nothing alive behind its lease, and goes back in line when it is continued',
  options,
  async (t) => {
    const stage = await pair(t, quick, MIDDLE_SESSION);
    const { old, next } = stage;
    const before = old.log.length;
    old.signal('SIGSTOP');
    await handedOver(stage);
    old.signal('SIGCONT');
    await old.logged('standing by', { behind: await znodeOf(next), place: 2 }, before);
    const told = old.log.slice(before).map(({ message }) => message);
    assert.ok(told.includes('the watchdog kills the command'), told.join(', '));
    assert.ok(!told.includes('leading'));
  },
);

for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
  test(
    `a leader whose watchdog is hit by ${signal} kills the rest, steps down, and gets another one`,
    options,
    async (t) => {
      const stage = await pair(t);
      const { old, next } = stage;
      const former = await old.watchdogPid();
      const before = old.log.length;
      process.kill(former, signal);
      await handedOver(stage);
      await old.logged('watchdog lost', {}, before);
      await old.logged('standing by', { behind: await znodeOf(next), place: 2 }, before);
      await eventually('the end of the former watchdog', () => !isAlive(former));
      assert.notEqual(await old.watchdogPid(), former);
    },
  );
}

test(
  'a standby whose watchdog is killed gets another one, and leads when its turn comes',
  options,
  async (t) => {
    const stage = await pair(t);
    const { next, old } = stage;
    const before = next.log.length;
    process.kill(await next.watchdogPid(), 'SIGKILL');
    await next.logged('watchdog ready', {}, before);
    old.signal('SIGKILL');
    await handedOver(stage);
  },
);

test('both killed at once: the switch of the cgroup ends the command', options, async (t) => {
  const stage = await pair(t, quick, MIDDLE_SESSION);
  const { containment } = await stage.old.logged('watchdog ready');
  if (containment !== 'cgroup') {
    t.skip(`the containment here is ${String(containment)}, which has no such switch`);
    return;
  }
  killBoth(stage.old.pid, await stage.old.watchdogPid());
  const pids = new Set(stage.beats.all().map(({ pid }) => pid));
  await eventually('the end of the command', () => [...pids].every((pid) => !isAlive(pid)));
  await handedOver(stage);
});

test(
  'what both have left behind is swept before the next run on the machine stands in line',
  options,
  async (t) => {
    const election = newElection();
    const zookeeper = slow.connectString;
    const beats = new Beats();
    const command = script('beat.mjs', beats.path, '--deaf', '--straggler', '--daemon');
    const args = ['--containment=subreaper'];
    const old = contend(t, { id: 'old', zookeeper, election, command, args }, ENDLESS_SESSION);
    await old.printed(/^beating /);
    await old.logged('command started');
    killBoth(old.pid, await old.watchdogPid());
    const again = contend(t, { id: 'again', zookeeper, election, command, args }, ENDLESS_SESSION);
    await again.logged('ending what an earlier run has left behind');
    await again.logged('watchdog ready');
    const left = new Set(beats.all().map(({ pid }) => pid));
    assert.deepEqual([...left].filter(isAlive), []);
    assert.ok(!again.log.some(({ message }) => message === 'leading'));
    assert.ok(processesOf(election).length > 0);
  },
);

/** So that neither sees the other go. */
function killBoth(...pids: readonly number[]): void {
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}
