// A job every two seconds on three servers, whose leader is killed in the middle of a run, and the next one between two.
// Exits 0 if every tick was done exactly once, 1 otherwise; leaves no process behind.
//
//   node cron-free.mjs [CONNECT]
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Contender, hear, paint, perform, stopAll, tell } from '../contenders.mjs';

const TICK = fileURLToPath(new URL('tick.sh', import.meta.url));
const EVERY_MS = 2000;
const OPTIONS = ['--every', '2s', '--overlap', 'queue', '--rerun-interrupted'];

const folder = mkdtempSync(join(tmpdir(), 'cron-free-'));
const log = join(folder, 'ticks.log');

function start(name) {
  new Contender(name, OPTIONS, [TICK], { TICK_LOG: log });
}

/** What the runs have noted, by ticks. */
function ticks() {
  const byTick = new Map();
  for (const line of readFileSync(log, 'utf8').trim().split('\n')) {
    const [tick, what, by, , attempt] = line.split(' ');
    const notes = byTick.get(tick) ?? [];
    byTick.set(tick, [...notes, { what, by, attempt }]);
  }
  return byTick;
}

/** One row for each tick there was, also for one that nobody has noted anything of. */
function* judge(byTick) {
  const moments = [...byTick.keys()].map(Date.parse);
  for (let at = Math.min(...moments); at <= Math.max(...moments); at += EVERY_MS) {
    const notes = byTick.get(new Date(at).toISOString()) ?? [];
    const done = notes.filter(({ what }) => what === 'done');
    const died = notes.filter(
      ({ what, by, attempt }) =>
        what === 'begun' && !done.some((end) => end.by === by && end.attempt === attempt),
    );
    yield {
      time: new Date(at).toISOString().slice(11, 19),
      by: done.map(({ by }) => by).join(', '),
      remark: died.map(({ by }) => `${by} was killed in the middle of it`).join(', '),
      verdict: ['lost', 'once'][done.length] ?? `done ${done.length} times`,
    };
  }
}

function showTable(rows) {
  console.log();
  console.log(paint('bold', 'tick      done by  how often'));
  for (const { time, by, remark, verdict } of rows) {
    const word = paint(verdict === 'once' ? 'green' : 'red', verdict);
    console.log(`${time}  ${by.padEnd(7)}  ${word}${remark === '' ? '' : `; ${remark}`}`);
  }
  console.log();
}

async function play() {
  tell('three servers, each with the same line: a job every 2 s');
  for (const name of ['alpha', 'beta', 'gamma']) start(name);
  await hear(/ done /);

  const { contender: first } = await hear(/ begun /);
  tell(`kill ${first.name} in the middle of a run`);
  await first.kill();
  const { contender: second } = await hear(/ done .*attempt 2/);
  await hear(/ done /);
  // Killed before its end is written down, a run counts as interrupted, whatever it has noted itself.
  await sleep(EVERY_MS / 2);
  tell(`kill ${second.name} between two runs`);
  await second.kill();
  await hear(/ done /);
  tell('end what is left');
  await stopAll();

  const rows = [...judge(ticks())];
  showTable(rows);
  assert.ok(
    rows.every(({ verdict }) => verdict === 'once'),
    'not every tick was done exactly once',
  );
  tell('every tick was done exactly once');
}

await perform(play);
rmSync(folder, { recursive: true });
