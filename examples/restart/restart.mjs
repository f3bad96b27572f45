// A command that fails is kept running, with longer and longer pauses, until another server is to try its luck.
// Exits 0 when everything happened so, 1 otherwise; leaves no process behind.
//
//   node restart.mjs [CONNECT]
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Contender, hear, perform, tell } from '../contenders.mjs';

const FLAKY = fileURLToPath(new URL('flaky.sh', import.meta.url));
const OPTIONS = ['--on-exit', 'restart', '--restart-delay', '100ms', '--max-restarts', '2/1m'];

const folder = mkdtempSync(join(tmpdir(), 'restart-'));

function start(name) {
  return new Contender(name, OPTIONS, [FLAKY], { COUNT_FILE: join(folder, 'count') });
}

/** Waits for that start, and resolves with who made it, when, and in which term. */
async function started(count, what) {
  const { contender, match } = await hear(/^start (\d+): (\w+) \(attempt (\d+), epoch (\d+)\)$/);
  const [, number, word, attempt, epoch] = match;
  assert.ok(Number(number) === count && word === what, `start ${count} should say that it ${what}`);
  assert.ok(Number(attempt) === count, 'whoever leads should go on counting');
  return { contender, count, epoch, at: performance.now() };
}

/** Waits for the next start, and says how long the pause before it was, as seen from here. */
async function startedAfter(before, what) {
  const next = await started(before.count + 1, what);
  tell(`${((next.at - before.at) / 1000).toFixed(1)} s later`);
  return next;
}

async function play() {
  tell('two servers; the command fails five times before it works');
  start('alpha');
  start('beta');
  const first = await started(1, 'fails');
  const third = await startedAfter(await startedAfter(first, 'fails'), 'fails');
  assert.ok(third.epoch === first.epoch, 'a restart should be of the same term');

  tell(`that were two restarts: ${first.contender.name} resigns, and the other goes on with the pauses`);
  const fourth = await startedAfter(third, 'fails');
  assert.ok(fourth.contender !== first.contender, 'the other should lead');
  const sixth = await startedAfter(await startedAfter(fourth, 'fails'), 'works');
  assert.ok(sixth.epoch === fourth.epoch, 'a restart should be of the same term');
  tell('it works');
}

await perform(play);
rmSync(folder, { recursive: true });
