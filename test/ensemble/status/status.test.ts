// Asks real servers, once, who stands in line: what is shown, what it costs them, and how the asking ends.
import assert from 'node:assert/strict';
import { openSync } from 'node:fs';
import { after, test } from 'node:test';
import { Ensemble } from '../../support/ensemble.js';
import { freePort } from '../../support/free-port.js';
import { TcpProxy } from '../../support/proxy.js';
import { Pipe } from '../program/pipe.js';
import { PERMISSIONS, RawSession } from '../program/raw-session.js';
import { newElection, options } from '../program/stage.js';
import { OP, Wire } from '../session/wire.js';
import { Line } from './line.js';
import { type Report, Watching } from './watching.js';

const ensemble = await Ensemble.start();
const zookeeper = ensemble.connectString;
const raw = await RawSession.open(zookeeper);
after(async () => {
  await raw.close();
  await ensemble.stop();
}, options);

const SESSION = `0x${raw.id.toString(16).padStart(16, '0')}`;

async function status(...words: readonly string[]): Promise<Report> {
  return new Watching(['-z', zookeeper, ...words]).report();
}

test('shows the line of an election, and ends with 0 for a leader and 1 for none', options, async () => {
  const line = await new Line(raw).make();
  const nobody = { code: 1, signal: null, stdout: `${line.path}: nobody leads\n`, stderr: '' };
  assert.deepEqual(await status('-e', line.path), nobody);
  const web1 = await line.join('web1');
  await line.join('web2');
  const { code, stdout } = await status('-e', line.path);
  assert.equal(code, 0);
  const rows = stdout.split('\n').map((row) => row.trim().split(/  +/));
  assert.deepEqual(rows[0], [`${line.path}: web1 leads, epoch ${await line.epoch(web1)}`]);
  assert.deepEqual(rows[1], 'place,id,host,pid,command,in line for,epoch,session,watches'.split(','));
  assert.deepEqual(rows[2]?.slice(0, 5), ['1', 'web1', 'host-of-web1', '4711', './job.sh']);
  assert.deepEqual(rows[2].slice(7), [SESSION, '-']);
  assert.deepEqual(rows[3]?.slice(7), [SESSION, 'web1']);
});

test('says that there is no election where there is none', options, async () => {
  const path = newElection();
  const report = await new Watching(['-z', `${zookeeper}/no-such-chroot`, '-e', path]).report();
  assert.deepEqual(report, { code: 1, signal: null, stdout: `there is no election ${path}\n`, stderr: '' });
});

test('gives programs what stands in the znodes, to the letter', options, async () => {
  const startedAt = Date.now();
  const line = await new Line(raw).make();
  const web1 = await line.join('web1');
  const facts = { id: 'web2\x1b[2J\x9b日本', pid: 1, more: true };
  const web2 = await line.join('web2', { data: JSON.stringify(facts) });
  const other = await line.join('other', { data: 'no JSON' });
  const { code, stdout } = await status('-e', line.path, '--json');
  assert.equal(code, 0);
  // eslint-disable-next-line no-control-regex -- none may reach a terminal
  assert.doesNotMatch(stdout.trimEnd(), /[\x00-\x1f\x7f-\x9f]/);
  const { at, ...seen } = JSON.parse(stdout) as { at: string; elections: Record<string, unknown>[] };
  assert.ok(Date.parse(at) >= startedAt);
  const [{ leader, standbys, ...election } = {}] = seen.elections;
  const contenders = [leader, ...(standbys as unknown[])] as Record<string, unknown>[];
  const nobody = { id: null, host: null, pid: null, command: null };
  const [first, ...others] = await Promise.all(
    [
      { id: 'web1', host: 'host-of-web1', pid: 4711, command: './job.sh', znode: web1 },
      { ...nobody, id: facts.id, pid: 1, znode: web2 },
      { ...nobody, znode: other },
    ].map(async (contender, index) => ({
      ...contender,
      place: index + 1,
      epoch: await line.epoch(contender.znode),
      session: SESSION,
      since: contenders[index]?.['since'],
      watches: [null, web1, web2][index],
    })),
  );
  assert.deepEqual(
    { path: line.path, elections: [{ ...election, leader, standbys }] },
    {
      path: line.path,
      elections: [{ election: line.path, leader: first, standbys: others, strangers: [], pause: null }],
    },
  );
  // By the clock of the ensemble, which is this machine's.
  for (const { since } of contenders) assert.ok(Math.abs(Date.parse(String(since)) - startedAt) < 3_600_000);
});

test('shows all elections under a path, and ends with 0 when each of them is led', options, async () => {
  const parent = newElection();
  const daily = await new Line(raw, `${parent}/daily`).make();
  const nightly = await new Line(raw, `${parent}/team/nightly`).make();
  await daily.join('web1');
  await nightly.join('web2');
  await daily.pause();
  await daily.resume();
  const titles = async (): Promise<[number | null, string[]]> => {
    const { code, stdout } = await status('-e', parent);
    return [code, stdout.split('\n').filter((text) => text.startsWith(parent))];
  };
  const both = [`${parent}/daily: web1 leads, epoch `, `${parent}/team/nightly: web2 leads, epoch `];
  const [code, shown] = await titles();
  assert.deepEqual([code, shown.map((title) => title.replace(/\d+$/, ''))], [0, both]);
  // As Curator makes its elections.
  await raw.create(`${parent}/weekly`, 'container');
  const [codeThen, shownThen] = await titles();
  assert.deepEqual([codeThen, shownThen.at(-1)], [1, `${parent}/weekly: nobody leads`]);
});

test('names the election that it may not look at', options, async () => {
  const parent = newElection();
  await new Line(raw, `${parent}/daily`).make();
  const { path } = await new Line(raw, `${parent}/nightly`).make();
  await raw.permit(path, PERMISSIONS.create);
  const because = `read of the contenders of ${path}: the ensemble denies access (ACL) to whoever shows no credentials`;
  const reports = [[], ['--watch']].map(async (words) => {
    const { code, stderr } = await status('-e', parent, ...words);
    assert.equal(code, 69);
    assert.ok(stderr.includes(`cannot tell: ${because}; pass --auth-file`), stderr);
  });
  await Promise.all(reports);
});

test('shows a pause, also before anybody has come, and strangers', options, async () => {
  const line = await new Line(raw, `${newElection()}/nightly`).make();
  const web1 = await line.join('web1');
  const stranger = await line.join('x', { prefix: 'p_' });
  await line.pause(web1);
  const paused = 'paused by ann on admin1 since 2026-11-22T12:00:00Z: new disks';
  const { code, stdout } = await status('-e', line.path);
  assert.equal(code, 0);
  const name = stranger.slice(line.path.length + 1);
  assert.deepEqual(stdout.split('\n').slice(1, 3), [
    paused,
    `strangers, beside whom nobody new starts: ${name}`,
  ]);
  const other = await new Line(raw, `${newElection()}/empty/nightly`).make();
  await raw.remove(other.path);
  await other.pause();
  for (const path of [other.path, other.path.slice(0, -'/nightly'.length)]) {
    const report = await status('-e', path);
    assert.deepEqual([report.code, report.stdout], [1, `${other.path}: nobody leads\n${paused}\n`]);
  }
});

test('takes ephemeral znodes of another naming for strangers, not for elections', options, async () => {
  const line = await new Line(raw).make();
  const path = await line.join('x', { prefix: 'p_' });
  const name = path.slice(line.path.length + 1);
  const { code, stdout } = await status('-e', line.path);
  assert.deepEqual(
    [code, stdout],
    [1, `${line.path}: nobody leads\nstrangers, beside whom nobody new starts: ${name}\n`],
  );
  assert.equal((await status('-e', line.path, '--znode-prefix=p_')).code, 0);
});

test('asks for a quorum before it reads, writes nothing, and closes its session', options, async (t) => {
  const line = await new Line(raw).make();
  await line.join('web1');
  const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: ensemble.server(0).port });
  t.after(() => proxy.close());
  const wire = new Wire(proxy);
  assert.equal((await new Watching(['-z', proxy.address, '-e', line.path]).report()).code, 0);
  const ops = wire.requests.map(({ op }) => op);
  assert.deepEqual(ops.slice(0, 2), [OP.connect, OP.multi]);
  assert.equal(ops.at(-1), OP.closeSession);
  const reading: readonly number[] = [OP.exists, OP.getChildren, OP.getData];
  assert.deepEqual(
    ops.slice(2, -1).filter((op) => !reading.includes(op)),
    [],
  );
  // Nor does it leave a watch behind.
  assert.doesNotMatch((await ensemble.server(0).ask('wchp')) ?? '', new RegExp(line.path));
});

test('cannot tell without an ensemble, and says so in time', options, async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const reports = [[], ['--watch'], ['--json']].map(async (words) => {
    const report = await new Watching(['-z', address, '--timeout', '2s', ...words]).report();
    const stderr =
      `zk-leader-run: status: cannot tell: no server has let us in: ${address}: connect ECONNREFUSED ${address} ` +
      `(ensemble ${address}, --timeout 2s)\n`;
    assert.deepEqual(report, { code: 69, signal: null, stdout: '', stderr });
  });
  await Promise.all(reports);
});

test('writes all of it to a reader that is slow', options, async (t) => {
  const line = await new Line(raw).make();
  // A pipe takes 64 KiB at once.
  const id = 'web1'.repeat(50_000);
  await line.join('web1', { data: JSON.stringify({ id }) });
  const pipe = new Pipe();
  t.after(() => {
    pipe.close();
  });
  const watching = new Watching(['-z', zookeeper, '-e', line.path, '--json'], { stdout: pipe.writing });
  pipe.handOver();
  const written = JSON.parse((await pipe.readSlowly(16_384, 10)).toString()) as {
    elections: { leader: { id: string } }[];
  };
  assert.equal(written.elections[0]?.leader.id, id);
  assert.equal((await watching.report()).code, 0);
});

test('ends quietly when its reader has gone, and loudly when there is no room', options, async () => {
  const line = await new Line(raw).make();
  const watching = new Watching(['-z', zookeeper, '-e', line.path]);
  watching.hangUp();
  assert.deepEqual(await watching.report(), { code: null, signal: 'SIGPIPE', stdout: '', stderr: '' });
  const full = new Watching(['-z', zookeeper, '-e', line.path], { stdout: openSync('/dev/full', 'w') });
  const { code, stderr } = await full.report();
  assert.equal(code, 125);
  assert.match(stderr, /^zk-leader-run: status: cannot write: ENOSPC/);
});
