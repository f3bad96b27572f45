// Shows and removes the records that a stand-in for a leader has written on a real server.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ledgerPath } from '../../../src/zookeeper/control-path.js';
import { PROGRAM } from '../../support/contender.js';
import { Ensemble } from '../../support/ensemble.js';
import { TcpProxy } from '../../support/proxy.js';
import { type Answer, Subcommand } from '../../support/subcommand.js';
import { Terminal } from '../../support/terminal.js';
import { RawSession } from '../program/raw-session.js';
import { newElection, options } from '../program/stage.js';
import { OP, Wire } from '../session/wire.js';
import { Watching } from '../status/watching.js';
import { StandIn } from './stand-in.js';

const ensemble = await Ensemble.start();
const zookeeper = ensemble.connectString;
const raw = await RawSession.open(zookeeper);
after(async () => {
  await raw.close();
  await ensemble.stop();
}, options);

const SUCCEEDED = { result: 'succeeded', exit: { kind: 'code', code: 0 } } as const;
const FAILED = { result: 'failed', exit: { kind: 'code', code: 2 } } as const;

function history(path: string, ...words: readonly string[]): Promise<Answer> {
  return new Subcommand(['history', '-z', zookeeper, '-e', path, ...words]).answer;
}

function answer(code: number, stdout: string, stderr = ''): Answer {
  return { code, signal: null, stdout, stderr };
}

function absent(path: string): string {
  return `no runs are recorded at ${path}: records are kept with --every, --cron, --once-per, --on-exit or --on-failure\n`;
}

test('shows the runs of an election, for people and for programs', options, async () => {
  const leader = await StandIn.at(raw);
  assert.deepEqual(await history(leader.path), answer(1, absent(leader.path)));
  const one = await leader.begin();
  await leader.end(one, FAILED);
  const two = await leader.begin();
  const [people, programs, none] = await Promise.all([
    history(leader.path),
    history(leader.path, '--json', '--last', '1'),
    history(newElection(), '--json'),
  ]);
  assert.deepEqual([people.code, people.stderr], [0, '']);
  const lines = people.stdout.split('\n');
  assert.deepEqual(lines.slice(0, 3), [
    `${leader.path}: no schedule`,
    '2 runs kept: 1 failed, 1 not ended',
    'runs  F>  F failed, > running',
  ]);
  assert.match(
    lines[4] ?? '',
    new RegExp(`^restart +${one} +1  failed \\(code 2\\) +\\S.* 1m 30s  web1  host1 `),
  );
  assert.match(lines[5] ?? '', new RegExp(`^restart +${two} +1  running `));
  assert.deepEqual([programs.code, programs.stderr], [0, '']);
  const { entries, totals, leaderEpoch } = JSON.parse(programs.stdout) as {
    entries: { id: string; epoch: string }[];
    totals: { runs: number };
    leaderEpoch: string;
  };
  assert.deepEqual(
    entries.map(({ id, epoch }) => [id, epoch]),
    [[two, leaderEpoch]],
  );
  assert.equal(totals.runs, 2);
  assert.equal(none.code, 1);
  assert.deepEqual((JSON.parse(none.stdout) as { entries: unknown[] }).entries, []);
});

test('asks for a quorum before it reads, and writes nothing', options, async (t) => {
  const leader = await StandIn.at(raw);
  await leader.begin();
  const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: ensemble.server(0).port });
  t.after(() => proxy.close());
  const wire = new Wire(proxy);
  const { code } = await new Subcommand(['history', '-z', proxy.address, '-e', leader.path]).answer;
  assert.equal(code, 0);
  const ops = wire.requests.map(({ op }) => op);
  assert.deepEqual([ops[0], ops[1], ops.at(-1)], [OP.connect, OP.multi, OP.closeSession]);
  const reading: readonly number[] = [OP.exists, OP.getChildren, OP.getData];
  assert.deepEqual(
    ops.slice(2, -1).filter((op) => !reading.includes(op)),
    [],
  );
});

test('removes the records, says what they were, and that there are none', options, async () => {
  const leader = await StandIn.at(raw);
  const id = await leader.begin();
  await leader.end(id, SUCCEEDED);
  await leader.begin();
  const removed = `removed the records of ${leader.path}: 2 runs, 0 ticks missed, 0 ticks skipped\n`;
  assert.deepEqual(await history(leader.path, '--remove'), answer(0, removed));
  assert.equal(await raw.stat(ledgerPath(leader.path)), undefined);
  const nothing = answer(1, '', `zk-leader-run: history: ${absent(leader.path)}`);
  assert.deepEqual(await history(leader.path, '--remove'), nothing);
});

test('cannot tell of records that it cannot read, and removes them all the same', options, async () => {
  const leader = await StandIn.at(raw);
  await raw.create(ledgerPath(leader.path), 'persistent', '{"version":2}');
  const newer = 'its format is 2, and this zk-leader-run reads none newer than 1; update it';
  assert.deepEqual(
    await history(leader.path),
    answer(69, '', `zk-leader-run: history: the records beside ${leader.path} cannot be read: ${newer}\n`),
  );
  assert.deepEqual(
    await history(leader.path, '--remove'),
    answer(0, `removed what stood beside ${leader.path} and could not be read: ${newer}\n`),
  );
});

test('says a line for each change, until it is interrupted', options, async (t) => {
  const leader = await StandIn.at(raw);
  const words = ['-z', zookeeper, '-e', leader.path, '--watch'];
  const watching = new Watching(words, { subcommand: 'history' });
  t.after(() => {
    watching.kill();
  });
  await watching.says(absent(leader.path).trimEnd());
  const id = await leader.begin();
  await watching.says(`run ${id} of web1 (restart) begins`);
  await leader.end(id, FAILED);
  await watching.says(`run ${id} of web1 (restart) failed (code 2) after 1m 30s`);
  await leader.write({ schedule: 'every 5m' });
  await watching.says('schedule: every 5m');
  // Who stands in line is no matter of the records.
  await leader.line.join('web2');
  await raw.remove(ledgerPath(leader.path));
  await watching.says('the records have been removed');
  assert.equal(watching.changes.length, 5, watching.stdout);
  watching.signal('SIGTERM');
  assert.equal((await watching.report()).signal, 'SIGTERM');
});

test('redraws the runs in a terminal, and leaves them behind at Ctrl-C', options, async (t) => {
  const leader = await StandIn.at(raw);
  const id = await leader.begin();
  const words = [process.execPath, PROGRAM, 'history', '-z', zookeeper, '-e', leader.path, '--watch'];
  const terminal = new Terminal(words, { columns: 100, env: { LC_ALL: 'C.UTF-8', NO_COLOR: '' } });
  t.after(() => {
    terminal.close();
  });
  await terminal.shows('the run', (lines) => lines.some((line) => line.includes('1 run kept: 1 not ended')));
  await leader.end(id, SUCCEEDED);
  await terminal.shows('its end', (lines) => lines.includes('runs up to 1m 30s  █'));
  await leader.leave();
  await terminal.shows('its leader gone', (lines) =>
    lines.includes('nobody leads: nothing is run until somebody does'),
  );
  terminal.press('\x03');
  assert.deepEqual(await terminal.end(), { code: 130, signal: null });
  assert.deepEqual([terminal.screen.isAlternate, terminal.screen.cursorIsShown], [false, true]);
  const [title, , , strip] = terminal.screen.lines;
  assert.deepEqual([title, strip], [`${leader.path}: no schedule`, 'runs up to 1m 30s  █']);
});
