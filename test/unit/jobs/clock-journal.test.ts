// Proves what the log says of wall clocks, and that it says nothing where they do no harm.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../../../src/election/job.js';
import type { Event } from '../../../src/election/messages.js';
import { ClockJournal } from '../../../src/supervisor/clock-journal.js';
import { at, JobWalk, left, OURS, runOf, SCHEDULED, WALL } from './walk.js';

function job(changed: Partial<Job> = SCHEDULED): JobWalk {
  return new JobWalk(changed, (log, settings) => [new ClockJournal({ log, settings })]);
}

function set(walk: JobWalk, aheadMs: number): readonly string[] {
  return walk.take({ type: 'wall-clock', offsetMs: (walk.state.wallOffsetMs ?? WALL) + aheadMs }).told();
}

test('says by how much the wall clock was set, and what that does to a schedule', () => {
  const walk = job().stand();
  assert.deepEqual(walk.told(), []);
  walk.passTo(4999);
  assert.deepEqual(set(walk, 60_000), [
    `warn: the wall clock was set was="${at(5)}" is="${at(65)}" ahead_ms=60000 ` +
      'next="ticks that were passed over are run late, or missed"',
  ]);
  walk.passTo(9999);
  assert.deepEqual(set(walk, -3_600_000), [
    `warn: the wall clock was set was="${at(70)}" is="${at(-3530)}" ahead_ms=-3600000 ` +
      'next="no tick is run twice: the schedule goes on once the clock has come to its next tick"',
  ]);
  assert.deepEqual([...set(walk, 999), ...set(walk, -999)], []);
});

/** Our znode is made between the moments 0 and 2 of ours; the ensemble's clock shows this then. */
function joined(createdAt: number | undefined): Event {
  return {
    type: 'joined',
    sentAt: 0,
    znode: { name: OURS, epoch: 17n },
    ...(createdAt !== undefined && { createdAt }),
  };
}

test('compares the clocks of this machine and of the ensemble, beyond what the way there may take', () => {
  const told = (createdAt: number | undefined, now: number, changed?: Partial<Job>): readonly string[] =>
    job(changed).take({ type: 'wall-clock', offsetMs: WALL }, 0).take(joined(createdAt), now).told();
  assert.deepEqual(told(WALL - 5000, 2000), [
    'warn: the wall clock differs from that of the ensemble ' +
      `ours="${at(0)}" theirs="${at(-5)}" ahead_ms=5000 danger="if ours is wrong, ticks are run too early here"`,
  ]);
  assert.deepEqual(told(WALL + 5000, 2000), [
    'warn: the wall clock differs from that of the ensemble ' +
      `ours="${at(2)}" theirs="${at(5)}" ahead_ms=-3000 danger="if ours is wrong, ticks are run too late here"`,
  ]);
  for (const harmless of [undefined, WALL - 1000, WALL, WALL + 2000, WALL + 3000]) {
    assert.deepEqual(told(harmless, 2000), []);
  }
  assert.deepEqual(told(WALL - 5000, 2000, {}), []);
  assert.equal(told(WALL - 5000, 2000, { oncePer: { kind: 'tick', tick: WALL } }).length, 1);
});

test('says once in a term that a tick was claimed that lies in the future, by whom, and the ways out', () => {
  const way =
    'next="no tick up to that one is run" ' +
    'instead="set this clock right; or, if that of the other was wrong, remove the records while the election is paused"';
  const future = `warn: the last tick that was claimed lies in the future tick="${at(600)}"`;
  const walk = job().lead(left([runOf(600)]));
  assert.deepEqual(walk.told(), [`${future} by="web1" ours="${new Date(WALL + 5).toISOString()}" ${way}`]);
  assert.deepEqual(walk.passTo(5000).told(), []);
  const unknown = job().lead(left([], { tick: WALL + 600_000 }));
  assert.deepEqual(unknown.told(), [`${future} ours="${new Date(WALL + 5).toISOString()}" ${way}`]);
  assert.deepEqual(
    job()
      .lead(left([runOf(60)]))
      .told(),
    [],
  );
});

test('says so, too, when the clock is set back behind the ticks of this very term', () => {
  const walk = job().lead(left([])).passTo(10_000).written();
  const [clock, tick] = set(walk, -300_000);
  assert.match(String(clock), /^warn: the wall clock was set /);
  assert.match(
    String(tick),
    /lies in the future tick="2026-01-01T00:00:10.000Z" by="us" ours="2025-12-31T23:55/,
  );
});
