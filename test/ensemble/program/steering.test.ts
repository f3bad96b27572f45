// Hands over, pauses and unpauses elections of real contenders, as an operator does.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type TestContext, after, test } from 'node:test';
import type { Contender } from '../../support/contender.js';
import { Ensemble } from '../../support/ensemble.js';
import { TcpProxy } from '../../support/proxy.js';
import { type Answer, Subcommand } from '../../support/subcommand.js';
import { temporaryFolder } from '../../support/temporary.js';
import { eventually } from '../../support/wait.js';
import { RawClient } from '../session/raw-client.js';
import { OP, Wire } from '../session/wire.js';
import { Beats, contend, endOf, newElection, options, script, znodeOf } from './stage.js';

const ensemble = await Ensemble.start();
const raw = await RawClient.connect(ensemble.connectString);
after(async () => {
  raw.close();
  await ensemble.stop();
});
const zookeeper = ensemble.connectString;

/** Contenders in line, in this order; the first leads. */
class Line {
  readonly election = newElection();
  readonly beats = new Beats();
  readonly #t: TestContext;

  constructor(t: TestContext) {
    this.#t = t;
  }

  async join(
    id: string,
    commandArgs: readonly string[] = [],
    args: readonly string[] = [],
  ): Promise<Contender> {
    const command = script('beat.mjs', this.beats.path, ...commandArgs);
    const { election } = this;
    const contender = contend(this.#t, { id, zookeeper, election, command, args });
    await contender.until(`${id} to stand in line`, () =>
      contender.log.find(({ message }) => message === 'in line'),
    );
    return contender;
  }

  begin(subcommand: string, ...words: readonly string[]): Subcommand {
    return new Subcommand([subcommand, '-z', zookeeper, '-e', this.election, ...words]);
  }

  ask(subcommand: string, ...words: readonly string[]): Promise<Answer> {
    return this.begin(subcommand, ...words).answer;
  }

  /** Asks what `status` tells, and what `verify` tells of the one whose command could be thought to run. */
  async leads(contender: Contender): Promise<void> {
    const { epoch } = await contender.logged('leading');
    said(await this.ask('status'), new RegExp(`: ${contender.id} leads, epoch ${String(epoch)}\\n`));
    said(await this.ask('verify', '--epoch', String(epoch)), /^$/);
  }

  /** Nobody leads by the word of both, and of `run-now`, though that contender is first in line, and why. */
  async isLedByNobody(first: Contender, because: RegExp): Promise<void> {
    const stat = await raw.stat(await znodeOf(first));
    const epoch = String(stat?.czxid.readBigInt64BE());
    const status = await this.ask('status');
    assert.match(status.stdout, /: nobody leads\n/);
    assert.match(status.stdout, because);
    assert.deepEqual([status.code, status.stderr], [1, '']);
    refused(
      await this.ask('verify', '--epoch', epoch),
      /does not lead: nobody does, since \S+ on \S+ has paused/,
    );
  }

  /** No two of them have run at once, and each after the first began when nothing of the one before was left. */
  assertOneByOne(): void {
    const all = this.beats.all();
    for (const [index, beat] of all.entries()) {
      const before = all[index - 1];
      assert.ok(
        before === undefined || before.epoch <= beat.epoch,
        'a command beat after the next had begun',
      );
    }
  }
}

/** What a process has found in its environment. */
function environmentOf(pid: number): NodeJS.ProcessEnv {
  const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
  return Object.fromEntries(variables.map((each) => each.split(/=(.*)/s, 2)) as [string, string][]);
}

function joinByHand({ election }: Line): Promise<string> {
  return raw.createEphemeralSequential(`${election}/_c_${randomUUID()}-lock-`);
}

function said(answer: Answer, pattern: RegExp): void {
  assert.match(answer.stdout, pattern, answer.stderr);
  assert.deepEqual([answer.code, answer.stderr], [0, '']);
}

function refused(answer: Answer, pattern: RegExp): void {
  assert.match(answer.stderr, pattern);
  assert.deepEqual([answer.code, answer.stdout], [1, '']);
}

test('hands over to the next in line, and goes to the end of it', options, async (t) => {
  const line = new Line(t);
  const one = await line.join('one', ['--straggler', '--daemon'], ['--stop-timeout=1s']);
  await line.beats.goOn();
  const before = await znodeOf(one);
  const two = await line.join('two');
  said(
    await line.ask('resign', '--because', 'a new kernel'),
    /^two leads \(epoch \d+\), one has resigned\n$/,
  );
  await two.printed(/^beating /);
  line.assertOneByOne();
  const ending = await one.logged('ending the command');
  assert.match(String(ending['because']), /^asked to resign by \S+@\S+: a new kernel$/);
  await one.logged('standing by', { leader: 'two' });
  assert.notEqual(await znodeOf(one), before);
  const names = await raw.children(line.election);
  assert.equal(names.length, 2, 'something else stands under the election path');
  assert.deepEqual(await raw.children(`${line.election}.control`), [], 'the request was left behind');
  said(await line.ask('resign'), /^one leads /);
  line.assertOneByOne();
});

test('hands over at the word of the command itself', options, async (t) => {
  const line = new Line(t);
  const one = await line.join('one');
  await line.beats.goOn();
  await line.join('two');
  const [main] = line.beats.all();
  assert.ok(main !== undefined);
  const env = environmentOf(main.pid);
  assert.match(env['ZK_LEADER_RUN_ID'] ?? '', /^\d+-1$/);
  said(
    await new Subcommand(['resign', '--because', 'disk full'], env).answer,
    /^two leads \(epoch \d+\), one has resigned\n$/,
  );
  await one.logged('standing by', { leader: 'two' });
  // Nor does a contender that it starts take a run of its own for its name.
  const { stdout } = await new Subcommand(['config', '--', 'true'], env).answer;
  assert.match(stdout, /^id +\(HOST:PID\) +default$/m);
});

test('hands over to a contender by name, past those between', options, async (t) => {
  const line = new Line(t);
  await line.join('one');
  const two = await line.join('two');
  const three = await line.join('three');
  await line.beats.goOn();
  said(await line.ask('resign', '--to', 'three'), /^three leads \(epoch \d+\), one has resigned\n$/);
  await three.printed(/^beating /);
  assert.ok(!two.log.some(({ message }) => message === 'leading'), 'the one between has led');
  line.assertOneByOne();
  said(await line.ask('resign', '--to=three'), /^three leads already\n$/);
  refused(
    await line.ask('resign', '--to=four'),
    /four does not stand for election at .*; there are three, (one, two|two, one)\n$/,
  );
  refused(
    await line.ask('resign', '--id=one', '--to=two'),
    /one does not lead, and cannot hand over to two\n$/,
  );
});

test('sends a contender that does not lead to the end of the line', options, async (t) => {
  const line = new Line(t);
  await line.join('one');
  const pidFile = join(temporaryFolder(), 'two.pid');
  const two = await line.join('two', [], ['--pid-file', pidFile]);
  const three = await line.join('three');
  const before = await znodeOf(two);
  said(await line.ask('resign', '--pid-file', pidFile), /^one leads \(epoch \d+\), two has resigned\n$/);
  await three.logged('standing by', { place: 2 });
  await two.logged('standing by', { place: 3 });
  assert.notEqual(await znodeOf(two), before);
  two.signal('SIGTERM');
  await endOf(two);
  assert.equal(existsSync(pidFile), false, 'the pid file was left behind');
  writeFileSync(pidFile, '1\n');
  refused(
    await line.ask('resign', '--pid-file', pidFile),
    new RegExp(`process 1 of ${hostname()} does not stand for election`),
  );
});

test('refuses where the command would only be started anew, and where nobody leads', options, async (t) => {
  const line = new Line(t);
  refused(await line.ask('resign'), /nobody stands for election at /);
  refused(await line.ask('pause'), /^zk-leader-run: pause: there is no election \S+\n$/);
  assert.equal(await raw.stat(`${line.election}.control`), null, 'a misspelt path was left behind');
  const one = await line.join('one');
  await line.beats.goOn();
  refused(
    await line.ask('resign'),
    /one stands alone at .*, and would be elected anew; start another contender first/,
  );
  assert.ok(!one.log.some(({ message }) => message === 'ending the command'));
});

test('says who has been asked and has not let go in time, and lets that go on', options, async (t) => {
  const line = new Line(t);
  await line.join('one', ['--deaf']);
  await line.beats.goOn();
  const two = await line.join('two');
  const interrupted = line.begin('resign');
  const requests = (): Promise<string[]> => raw.children(`${line.election}.control`);
  await eventually('a request', async () => (await requests()).length === 1);
  interrupted.signal('SIGINT');
  assert.equal((await interrupted.answer).signal, 'SIGINT');
  assert.deepEqual(await requests(), [], 'the request was left behind');
  const { code, stderr } = await line.ask('resign', '--timeout=1500ms');
  assert.equal(code, 69, stderr);
  assert.match(
    stderr,
    /resign: one has been asked, and has not let go yet \(ensemble .*, --timeout 1.5s\)\n$/,
  );
  assert.ok(!two.log.some(({ message }) => message === 'leading'));
  // Not deaf to that one: the term it was asked to end is ended.
  const [main] = line.beats.all();
  assert.ok(main !== undefined);
  process.kill(main.pid, 'SIGUSR2');
  await two.printed(/^beating /);
  line.assertOneByOne();
});

test('elects nobody while an election is paused, whoever comes or goes', options, async (t) => {
  const line = new Line(t);
  const one = await line.join('one');
  await line.beats.goOn();
  const two = await line.join('two');
  said(
    await line.ask('pause', '--because=moving house'),
    /^paused: one is first in line, and goes on if it leads\n$/,
  );
  said(await line.ask('pause'), /^paused already, by \S+ since \S+: one is first in line/);
  await line.beats.goOn();
  await line.leads(one);
  one.signal('SIGTERM');
  const paused = await two.logged('first in line, and not leading: the election is paused');
  assert.match(String(paused['because']), /^paused by \S+@\S+: moving house$/);
  await line.isLedByNobody(two, /\npaused by \S+ on \S+ since \S+: moving house\n/);
  const three = await line.join('three');
  two.signal('SIGKILL');
  await three.logged('first in line, and not leading: the election is paused');
  const beats = line.beats.all().length;
  said(await line.ask('unpause'), /^no longer paused\n$/);
  await three.printed(/^beating /);
  assert.ok(!two.log.some(({ message }) => message === 'leading'));
  assert.ok(line.beats.all().length > beats);
  line.assertOneByOne();
  said(await line.ask('unpause'), /^was not paused\n$/);
});

test('names the first in line of the very moment of the pause', options, async (t) => {
  const line = new Line(t);
  await raw.makePath(line.election);
  const [one, two] = [await joinByHand(line), await joinByHand(line)];
  const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: ensemble.server(0).port });
  t.after(() => proxy.close());
  const wire = new Wire(proxy);
  wire.onRequest = ({ op, frame }) => {
    if (op !== OP.multi || !frame.includes('.control/pause')) return 'pass';
    wire.onRequest = () => 'pass';
    void raw.remove(one).finally(() => {
      proxy.release();
    });
    return 'hold';
  };
  const { answer } = new Subcommand(['pause', '-z', proxy.address, '-e', line.election]);
  said(await answer, /^paused: \S+ is first in line, and goes on if it leads\n$/);
  const stat = await raw.stat(two);
  said(await line.ask('status'), new RegExp(` leads, epoch ${String(stat?.czxid.readBigInt64BE())}\n`));
});

test('stops the command everywhere with pause --resign, until unpause', options, async (t) => {
  const line = new Line(t);
  await line.join('one');
  await line.beats.goOn();
  const two = await line.join('two');
  said(await line.ask('pause', '--resign'), /^paused: one has resigned\n$/);
  await two.logged('first in line, and not leading: the election is paused');
  await line.isLedByNobody(two, /\npaused by /);
  said(await line.ask('pause', '--resign'), /^paused already, .*: nobody leads, and two is first in line\n$/);
  said(
    await line.ask('resign', '--to=two'),
    /^two is first in line \(epoch \d+\), and leads when the pause of /,
  );
  said(await line.ask('unpause'), /^no longer paused\n$/);
  await two.printed(/^beating /);
  await line.leads(two);
  line.assertOneByOne();
});

test('says what is wrong with what it was given, and when there is no ensemble', options, async () => {
  const cases = [
    [
      ['resign', '-e', '/e', '--id=a', '--pid-file=/b'],
      125,
      /^zk-leader-run: --pid-file: expected it or --id, got both;/,
    ],
    [
      ['resign', '-e', '/e', '--pid-file=/no/such'],
      125,
      /--pid-file: expected a file that zk-leader-run --pid-file has written, got "\/no\/such", which cannot be read \(ENOENT\)/,
    ],
    [['resign'], 125, /^zk-leader-run: --election: expected a path such as .*, got none; pass --election/],
    [
      ['pause', '-e', '/e', '--because', 'x'.repeat(201)],
      125,
      /--because: expected one line of at most 200 characters/,
    ],
    [
      ['pause', '-e', '/e', '--', 'true'],
      125,
      /^zk-leader-run: COMMAND: expected none, since zk-leader-run pause runs none/,
    ],
    [
      ['pause', '-z', '127.0.0.1:1', '-e', '/e', '--timeout=2s'],
      69,
      /^zk-leader-run: pause: no server has let us in: 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1 \(ensemble 127.0.0.1:1, --timeout 2s\)\n$/,
    ],
  ] as const;
  const asked = cases.map(async ([words, code, pattern]) => {
    const answer = await new Subcommand(words).answer;
    assert.match(answer.stderr, pattern);
    assert.deepEqual([answer.code, answer.stdout], [code, '']);
  });
  await Promise.all(asked);
});
