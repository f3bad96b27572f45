// Proves what the log on stderr is, and what it must never cost: a term, when nobody reads it.
import assert from 'node:assert/strict';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { LogLine } from '../../support/contender.js';
import { Ensemble } from '../../support/ensemble.js';
import { TcpProxy } from '../../support/proxy.js';
import { temporaryFolder } from '../../support/temporary.js';
import { eventually } from '../../support/wait.js';
import { type Launched, launch } from './launch.js';
import { Pipe } from './pipe.js';
import { contend, endOf, newElection, options, processesOf, script } from './stage.js';

const ensemble = await Ensemble.start();
after(() => ensemble.stop());
const zookeeper = ensemble.connectString;

/** The leader keeps its term while it has things to tell that nobody reads, and ends in time when asked to. */
async function leadsOn(launched: Launched, election: string, proxy: TcpProxy): Promise<void> {
  const beats = () => launched.stdout.split('\n').slice(0, -1);
  const zxid = async (): Promise<number> =>
    Number(/^Zxid: (0x[0-9a-f]+)$/m.exec((await ensemble.server(0).ask('srvr')) ?? '')?.[1]);
  await eventually('the first beat', () => beats().length > 0);
  for (let round = 1; round <= 3; round += 1) {
    const before = await zxid();
    const beatsBefore = beats().length;
    proxy.resetAll();
    // A heartbeat is a transaction, and there is nobody else here to make one.
    await eventually('two heartbeats', async () => (await zxid()) >= before + 2);
    await eventually('three beats', () => beats().length >= beatsBefore + 3);
  }
  process.kill(launched.pid, 'SIGTERM');
  assert.deepEqual(await launched.end(), { code: null, signal: 'SIGTERM' });
  assert.deepEqual(processesOf(election), []);
  assert.equal(new Set(beats()).size, 1, 'all beats are of the same process');
}

const BEAT = ['sh', '-c', 'while :; do echo "beat of $$"; sleep 0.05; done'];

test('a reader of the log who has stopped reading does not cost the leader its term', options, async (t) => {
  const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: ensemble.server(0).port });
  const log = new Pipe();
  t.after(() => {
    log.close();
  });
  log.fill();
  const election = newElection();
  const launched = launch(t, {
    zookeeper: proxy.address,
    election,
    command: BEAT,
    args: ['--log-level', 'debug'],
    stdio: ['ignore', 'pipe', log.writing],
  });
  t.after(() => proxy.close());
  await leadsOn(launched, election, proxy);
});

test('nor does one at the other end of a socket, as the journal is', options, async (t) => {
  const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: ensemble.server(0).port });
  const election = newElection();
  const launched = launch(t, {
    zookeeper: proxy.address,
    election,
    command: BEAT,
    args: ['--log-level', 'debug'],
    below: script('fill-stderr.mjs'),
    ignoreStderr: true,
  });
  t.after(() => proxy.close());
  await leadsOn(launched, election, proxy);
});

test('writes a JSON log of whole lines with the same fields first in each', options, async (t) => {
  const contender = contend(t, {
    id: 'wëb "1"',
    zookeeper,
    election: newElection(),
    command: ['sh', '-c', 'exit 3'],
    logLevel: 'debug',
  });
  await endOf(contender);
  assert.deepEqual(contender.errors, []);
  assert.ok(contender.log.length >= 8);
  for (const line of contender.log) {
    assert.deepEqual(Object.keys(line).slice(0, 5), ['time', 'level', 'event', 'message', 'id']);
    assert.equal(line['id'], 'wëb "1"');
    assert.match(String(line['level']), /^(error|warn|info|debug)$/);
    assert.equal(new Date(String(line['time'])).toISOString(), line['time']);
    assert.equal(line.message, line.message.toLowerCase());
  }
  const isOfStart = ({ message }: LogLine): boolean => message === 'watchdog ready';
  const ready = contender.log.find(isOfStart);
  assert.deepEqual(Object.keys(ready ?? {}).slice(5, 7), ['containment', 'watchdog_pid']);
  // It comes while the session is being opened, before or after.
  const story = contender.log.filter((line) => line['level'] !== 'debug' && !isOfStart(line));
  assert.deepEqual(
    story.map((line) => [line['event'], line.message, Object.keys(line).slice(5)]),
    [
      ['connected', 'connected', ['session', 'session_timeout_ms']],
      ['leading', 'leading', ['because', 'election', 'epoch', 'znode', 'waited_ms']],
      ['command-started', 'command started', ['pid']],
      ['ending-command', 'ending the command', ['because', 'epoch', 'kill_in_ms', 'cause', 'exit_code']],
      ['resigning', 'resigning', ['because', 'znode']],
      ['ended', 'ended', ['because', 'cause', 'exit_code']],
    ],
  );
});

test('tells of a job that keeps records each run, with the process of its command', options, async (t) => {
  const contender = contend(t, {
    id: 'one',
    zookeeper,
    election: newElection(),
    command: ['sh', '-c', 'echo $$ $ZK_LEADER_RUN_ID; exit 3'],
    args: ['--once-per', 'release-7'],
  });
  await endOf(contender);
  const runs = contender.log.filter(({ message }) => message.startsWith('run '));
  const [pid, run] = contender.output.join().split(' ');
  assert.deepEqual(
    runs.map((line) => [
      line['event'],
      line['run'],
      line['tick'],
      line['pid'],
      line['result'],
      line['exit_code'],
    ]),
    [
      ['run-started', run, 'release-7', Number(pid), undefined, undefined],
      ['run-ended', run, 'release-7', undefined, 'failed', 3],
    ],
  );
  assert.equal(contender.log.filter(({ message }) => message === 'leading').length, 1);
  assert.ok(!contender.log.some(({ message }) => message === 'command started'));
});

const STAMPED = /^\d{4}-\d\d-\d\dT[\d:.]+Z zk-leader-run info: connected /m;
const UNSTAMPED = /^zk-leader-run info: connected /m;

test(
  'stamps a text log with the time, except where the journal does so (JOURNAL_STREAM)',
  options,
  async (t) => {
    const texts: string[] = [];
    for (const matches of [false, true]) {
      const pipe = new Pipe();
      t.after(() => {
        pipe.close();
      });
      const { dev, ino } = fstatSync(pipe.writing);
      const launched = launch(t, {
        zookeeper,
        election: newElection(),
        command: ['sh', '-c', 'exit 0'],
        env: { JOURNAL_STREAM: `${dev}:${matches ? ino : ino + 1}` },
        stdio: ['ignore', 'ignore', pipe.writing],
      });
      pipe.handOver();
      texts.push((await pipe.readSlowly(4096, 1)).toString());
      assert.deepEqual(await launched.end(), { code: 0, signal: null });
    }
    const [elsewhere = '', journald = ''] = texts;
    assert.match(elsewhere, STAMPED);
    assert.doesNotMatch(elsewhere, UNSTAMPED);
    assert.match(journald, UNSTAMPED);
    assert.doesNotMatch(journald, /^\d{4}-/m);
  },
);

test('appends to a file in which the command writes, too', options, async (t) => {
  const path = join(temporaryFolder(), 'log');
  const file = openSync(path, 'w');
  const launched = launch(t, {
    zookeeper,
    election: newElection(),
    command: ['sh', '-c', 'echo one; echo two >&2; echo three'],
    stdio: ['ignore', file, file],
  });
  closeSync(file);
  assert.deepEqual(await launched.end(), { code: 0, signal: null });
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  assert.deepEqual(
    lines.filter((line) => !line.includes('zk-leader-run info:')),
    ['one', 'two', 'three'],
  );
  assert.match(lines.at(-1) ?? '', /info: ended /);
});
