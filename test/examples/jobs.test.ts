// Proves that the examples with jobs happen as they are told, and leave nothing behind when they are interrupted.
import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import { Ensemble } from '../support/ensemble.js';
import { freePort } from '../support/free-port.js';
import { PATIENCE_MS } from '../support/wait.js';
import { example, Program } from './program.js';

const options = { timeout: 3 * PATIENCE_MS };

let ensemble: Ensemble;
before(async () => {
  // An ensemble of the usual tickTime grants as much; one of ours would otherwise grant no more than 10 s.
  ensemble = await Ensemble.start({ maxSessionTimeoutMs: 40_000 });
});
after(() => ensemble.stop());

function start(t: TestContext, path: string, connectString = ensemble.connectString): Program {
  return new Program(t, [process.execPath, example(path), connectString]);
}

/** What it has said, without what differs from run to run. */
async function told(program: Program): Promise<string[]> {
  const exit = await program.exited();
  assert.deepEqual(program.errors, [], program.output.join('\n'));
  assert.deepEqual(exit, { code: 0, signal: null });
  await program.isGone();
  const epochs: string[] = [];
  // Whoever is the first to stand in line leads, and is one here.
  const names: string[] = [];
  const standIn = (known: string[], word: string, names: readonly string[]): string => {
    if (!known.includes(word)) known.push(word);
    return names[known.indexOf(word)] ?? word;
  };
  return program.output.map((line) =>
    line
      .replace(/epoch (\d+)/, (_, epoch: string) => `epoch ${standIn(epochs, epoch, ['A', 'B', 'C'])}`)
      .replace(/alpha|beta/, (name) => standIn(names, name, ['ONE', 'TWO']))
      .replace(/^(ONE|TWO) +/, '$1 ')
      .replace(/[\d.]+ s later/, 'SOME s later'),
  );
}

test('does every tick exactly once, though two leaders are killed', options, async (t) => {
  const program = start(t, 'cron-free/cron-free.mjs');
  const lines = await told(program);
  assert.equal(lines.at(-1), '-- every tick was done exactly once');
  const table = lines.slice(lines.findIndex((line) => line.startsWith('tick ')) + 1);
  const rows = table.filter((line) => /^\d\d:\d\d:\d\d /.test(line));
  assert.ok(rows.length >= 4, lines.join('\n'));
  assert.ok(
    rows.every((row) => / once(;|$)/.test(row)),
    lines.join('\n'),
  );
  assert.ok(
    rows.some((row) => row.endsWith(' was killed in the middle of it')),
    lines.join('\n'),
  );
});

test('keeps a failing command running, on one server and then on the other', options, async (t) => {
  assert.deepEqual(await told(start(t, 'restart/restart.mjs')), [
    '-- two servers; the command fails five times before it works',
    'ONE | start 1: fails (attempt 1, epoch A)',
    'ONE | start 2: fails (attempt 2, epoch A)',
    '-- SOME s later',
    'ONE | start 3: fails (attempt 3, epoch A)',
    '-- SOME s later',
    '-- that were two restarts: ONE resigns, and the other goes on with the pauses',
    'TWO | start 4: fails (attempt 4, epoch B)',
    '-- SOME s later',
    'TWO | start 5: fails (attempt 5, epoch B)',
    '-- SOME s later',
    'TWO | start 6: works (attempt 6, epoch B)',
    '-- SOME s later',
    '-- it works',
  ]);
});

test('drains a server whose file is touched', options, async (t) => {
  const lines = await told(start(t, 'health-check/health-check.mjs'));
  // A check may speak more than once before its server is asked to go on.
  assert.deepEqual(
    lines.filter((line) => !line.endsWith(' is to be drained')),
    [
      '-- two servers; both pass their check',
      'ONE | serves (epoch A)',
      '-- touch ONE',
      'ONE | has ended its work',
      'TWO | serves (epoch B)',
      '-- rm ONE',
      '-- touch TWO',
      'TWO | has ended its work',
      'ONE | serves (epoch C)',
      '-- ONE is back',
      'ONE | has ended its work',
    ],
  );
});

test('leaves no process when it is interrupted', options, async (t) => {
  const program = start(t, 'health-check/health-check.mjs');
  await program.said(/ serves /);
  program.signalGroup('SIGINT');
  assert.deepEqual(await program.exited(), { code: 1, signal: null });
  assert.deepEqual(program.errors, ['-- received SIGINT']);
  await program.isGone();
});

test('say why nothing happens where no ZooKeeper is', options, async (t) => {
  const program = start(t, 'restart/restart.mjs', `127.0.0.1:${await freePort()}`);
  await program.said(/still waiting for the ensemble .*because="connect ECONNREFUSED/);
  program.signal('SIGINT');
  assert.deepEqual(await program.exited(), { code: 1, signal: null });
  await program.isGone();
});
