// Proves the order of a hand-over by the commands' own traces: nobody of the new term before the last of the old one.
import assert from 'node:assert/strict';
import { type TestContext, after, test } from 'node:test';
import type { Contender } from '../../support/contender.js';
import { Ensemble } from '../../support/ensemble.js';
import { eventually } from '../../support/wait.js';
import { RawSession } from './raw-session.js';
import {
  type Beat,
  Beats,
  LONG_SESSION,
  MIDDLE_SESSION,
  contend,
  endOf,
  isAlive,
  newElection,
  options,
  script,
  znodeOf,
} from './stage.js';

const ensemble = await Ensemble.start();
const raw = await RawSession.open(ensemble.connectString);
after(async () => {
  await raw.close();
  await ensemble.stop();
});
const zookeeper = ensemble.connectString;

interface Pair {
  readonly old: Contender;
  readonly next: Contender;
  /** Of the commands of both. */
  readonly beats: Beats;
}

/** Two contenders, the first of them leading. */
async function pair(
  t: TestContext,
  commandArgs: readonly string[] = [],
  oldSession: readonly string[] = LONG_SESSION,
): Promise<Pair> {
  const election = newElection();
  const beats = new Beats();
  const oldCommand = script('beat.mjs', beats.path, ...commandArgs);
  const old = contend(t, { id: 'old', zookeeper, election, command: oldCommand }, oldSession);
  await old.printed(/^beating /);
  await old.logged('command started');
  const command = script('beat.mjs', beats.path);
  const next = contend(t, { id: 'next', zookeeper, election, command });
  await next.logged('standing by', { behind: await znodeOf(old) });
  return { old, next, beats };
}

/** Waits for the next command's first beat, and returns the last one of the old term, which must lie before it. */
async function handedOver({ old, next, beats }: Pair): Promise<Beat> {
  await next.printed(/^beating /);
  const all = beats.all();
  const oldEpoch = all.at(0)?.epoch;
  const last = all.findLast(({ epoch }) => epoch === oldEpoch);
  const first = all.find(({ epoch }) => epoch !== oldEpoch);
  const story = `${old.story()}\n${next.story()}`;
  assert.ok(last !== undefined && first !== undefined, story);
  assert.ok(last.at < first.at, story);
  assert.ok(all.indexOf(last) < all.indexOf(first), story);
  assert.ok(last.epoch < first.epoch, story);
  for (const { pid } of all.filter(({ epoch }) => epoch === oldEpoch)) assert.ok(!isAlive(pid), story);
  return last;
}

/** Lets the old command's main process exit with 0, as one does whose work is done. */
function endByItself({ beats }: Pair): void {
  const main = beats.all().find(({ role }) => role === 'main');
  if (main === undefined) throw new Error('no beat of the main process');
  process.kill(main.pid, 'SIGUSR2');
}

/** Waits until the main process has gone, and returns the straggler that it has left behind. */
async function stragglerLeft({ beats }: Pair): Promise<number> {
  const pidOf = (role: string) => beats.all().find((beat) => beat.role === role)?.pid ?? NaN;
  const main = pidOf('main');
  await eventually('the main process to end', () => !isAlive(main));
  return pidOf('straggler');
}

test('hands over when the command has ended at SIGTERM (kubernetes#139991)', options, async (t) => {
  const both = await pair(t);
  both.old.signal('SIGTERM');
  assert.equal((await handedOver(both)).role, 'main');
  assert.deepEqual(await endOf(both.old), { code: null, signal: 'SIGTERM' });
});

test(
  'hands over only when a straggler that ignores TERM has gone, too (kubernetes#139991, consul#2022)',
  options,
  async (t) => {
    const both = await pair(t, ['--straggler']);
    const znode = await znodeOf(both.old);
    both.old.signal('SIGTERM');
    const straggler = await stragglerLeft(both);
    await both.beats.goOn();
    assert.notEqual(await raw.stat(znode), undefined);
    assert.equal(isAlive(both.old.pid), true);
    process.kill(straggler, 'SIGUSR2');
    assert.equal((await handedOver(both)).role, 'straggler');
    assert.deepEqual(await endOf(both.old), { code: null, signal: 'SIGTERM' });
  },
);

test(
  'hands over when the command has ended by itself, without a session timeout in between',
  options,
  async (t) => {
    const both = await pair(t);
    endByItself(both);
    assert.equal((await handedOver(both)).role, 'main');
    assert.deepEqual(await endOf(both.old), { code: 0, signal: null });
    const resigned = await both.old.logged('resigning', { because: 'the command exited with 0' });
    const led = await both.next.logged('leading');
    // The session would have lasted ten seconds; it was not waited for.
    const tookMs = Date.parse(String(led['time'])) - Date.parse(String(resigned['time']));
    assert.ok(tookMs < 5000, `${tookMs} ms`);
    assert.equal(await raw.stat(String(resigned['znode'])), undefined);
  },
);

test(
  'kills what the command has left behind when it ended by itself, and hands over then (consul#2022)',
  options,
  async (t) => {
    const both = await pair(t, ['--straggler']);
    endByItself(both);
    assert.equal((await handedOver(both)).role, 'straggler');
    assert.deepEqual(await endOf(both.old), { code: 0, signal: null });
    await both.old.logged('ending the command', { because: 'the command exited with 0' });
    await both.old.logged('killing the command');
  },
);

test(
  'hands over when the leader and its command die at once, as soon as its session is over',
  options,
  async (t) => {
    const both = await pair(t, [], MIDDLE_SESSION);
    const { session_timeout_ms: timeoutMs } = await both.old.logged('connected');
    await both.old.powerCut();
    await handedOver(both);
    const { waited_ms: waitedMs } = await both.next.logged('leading');
    assert.ok(Number(waitedMs) < 2 * Number(timeoutMs), `${String(waitedMs)} ms`);
  },
);
