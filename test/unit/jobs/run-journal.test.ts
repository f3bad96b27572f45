// Proves what the log says of each run, in the words that an operator reads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../../../src/election/job.js';
import type { Settings } from '../../../src/election/model.js';
import type { Log } from '../../../src/log/log.js';
import { JobJournal } from '../../../src/supervisor/job-journal.js';
import { Journal } from '../../../src/supervisor/journal.js';
import { RunJournal } from '../../../src/supervisor/run-journal.js';
import { at, JobWalk, left, OURS, SCHEDULED } from './walk.js';

const PID = 4711;

/** Everything that a person reads of a job, in the order of a real log. */
function job(changed: Partial<Job> = {}) {
  let runs: RunJournal | undefined;
  const onlookers = (log: Log, settings: Settings) => {
    runs = new RunJournal({ log, settings });
    const journal = new Journal({ log, settings, electionPath: '/job', ensemble: 'zk' });
    return [runs, journal, new JobJournal({ log, settings })];
  };
  const walk = new JobWalk({ ...SCHEDULED, ...changed }, onlookers, { hooks: ['elected', 'lost'] });
  return {
    walk,
    /** The lines since the last call, but for what is told of details; a pause is partly chance. */
    told: () =>
      walk
        .told()
        .filter((line) => !line.startsWith('debug: '))
        .map((line) => line.replace(/(?<= in )[\d.]+m?s\b/, 'PAUSE')),
    /** The command of a run that is claimed runs. */
    start: () => {
      walk.written();
      runs?.started(PID);
    },
  };
}

test('says no more of a run than that it has started, and that it has ended', () => {
  const { walk, told, start } = job();
  walk.lead(left([]));
  told();
  for (const [run, tick] of [
    ['17-1', 10],
    ['17-2', 20],
  ] as const) {
    walk.passTo(tick * 1000);
    start();
    walk
      .passTo(tick * 1000 + 2000)
      .exit()
      .written();
    assert.deepEqual(told(), [
      `info: run started run="${run}" tick="${at(tick)}" because="its tick has come" attempt=1 pid=4711`,
      `info: run ended run="${run}" tick="${at(tick)}" result="succeeded" because="the command exited with 0" ` +
        `duration_ms=2001 next="tick ${at(tick + 10)}"`,
    ]);
  }
});

test('says once in a term that it leads, and what it follows', () => {
  const { walk, told, start } = job();
  walk.lead(left([]));
  assert.deepEqual(told(), [
    `info: leading because="nobody is ahead in line" election="/job" epoch="17" znode="/job/${OURS}" waited_ms=5`,
    `info: following a schedule schedule="every 10s" next="tick ${at(10)}"`,
  ]);
  for (const moment of [10_000, 20_000]) {
    walk.passTo(moment);
    start();
    walk.exit();
  }
  assert.equal(told().filter((line) => /leading|following/.test(line)).length, 0);
});

test('complains of a failure, counts those in a row, and says when it is tried again', () => {
  const { walk, told, start } = job({ onFailure: 'restart', restartDelayMs: 1000 });
  walk.lead(left([])).passTo(10_000);
  start();
  told();
  walk.exit({ kind: 'code', code: 3 });
  assert.deepEqual(told(), [
    `warn: run ended run="17-1" tick="${at(10)}" result="failed" because="the command exited with 3" ` +
      'duration_ms=2 failures=1 next="attempt 2 in PAUSE"',
  ]);
  walk.passTo(11_000);
  start();
  walk.exit({ kind: 'signal', signal: 'SIGSEGV' });
  assert.deepEqual(told(), [
    `info: run started run="17-2" tick="${at(10)}" because="the run before it has ended" attempt=2 pid=4711`,
    `warn: run ended run="17-2" tick="${at(10)}" result="failed" because="the command was ended by SIGSEGV" ` +
      'duration_ms=2 failures=2 next="attempt 3 in PAUSE"',
  ]);
});

test('says of a command that cannot be started that its run has ended, and not that it has started', () => {
  const { walk, told } = job();
  walk.lead(left([])).passTo(10_000).written();
  told();
  walk.exit({ kind: 'not-started', errno: 'ENOENT' });
  assert.deepEqual(told(), [
    `warn: run ended run="17-1" tick="${at(10)}" result="failed" ` +
      `because="the command could not be started: ENOENT" duration_ms=2 failures=1 next="tick ${at(20)}"`,
  ]);
});

test('says why it ends a run that takes too long, and how that ended', () => {
  const { walk, told, start } = job({ maxRuntimeMs: 3000 });
  walk.lead(left([])).passTo(10_000);
  start();
  told();
  walk.passTo(13_001).exit({ kind: 'signal', signal: 'SIGTERM' });
  assert.deepEqual(told(), [
    'warn: ending the command because="it ran for longer than --max-runtime allows" epoch="17" kill_in_ms=30000',
    `warn: run ended run="17-1" tick="${at(10)}" result="timed-out" ` +
      `because="it ran for longer than --max-runtime allows" duration_ms=3002 failures=1 next="tick ${at(20)}"`,
  ]);
});

test('says of skipped ticks once in a run, and counts them at its end', () => {
  const { walk, told, start } = job();
  walk.lead(left([])).passTo(10_000);
  start();
  told();
  walk.passTo(30_500).exit();
  assert.deepEqual(told(), [
    `info: ticks are skipped count=1 first_tick="${at(20)}" last_tick="${at(20)}" because="run 17-1 was going"`,
    `info: run ended run="17-1" tick="${at(10)}" result="succeeded" because="the command exited with 0" ` +
      `duration_ms=20501 skipped=2 next="tick ${at(40)}"`,
  ]);
  walk.passTo(40_000);
  start();
  walk.exit();
  assert.equal(told().filter((line) => line.includes('skipped')).length, 0);
});

test('says which of the ticks that have waited is run, and that the others are skipped', () => {
  const { walk, told, start } = job({ overlap: 'queue' });
  walk.lead(left([])).passTo(10_000);
  start();
  told();
  walk.passTo(30_500).exit();
  start();
  assert.deepEqual(told(), [
    `info: run ended run="17-1" tick="${at(10)}" result="succeeded" because="the command exited with 0" ` +
      'duration_ms=20501 skipped=1 next="run 17-2 follows at once"',
    `info: ticks are skipped count=1 first_tick="${at(20)}" last_tick="${at(20)}" because="run 17-1 was going"`,
    `info: run started run="17-2" tick="${at(30)}" because="its tick came while another run was going" ` +
      'attempt=1 pid=4711',
  ]);
});

test('says that a run makes room for the next one', () => {
  const { walk, told, start } = job({ overlap: 'replace' });
  walk.lead(left([])).passTo(10_000);
  start();
  told();
  walk.passTo(20_000).exit({ kind: 'signal', signal: 'SIGTERM' });
  assert.deepEqual(told(), [
    'info: ending the command because="the next run takes its place" epoch="17" kill_in_ms=30000',
    `info: run ended run="17-1" tick="${at(10)}" result="replaced" because="the next run takes its place" ` +
      'duration_ms=10001 next="run 17-2 follows at once"',
  ]);
});

test('says what becomes of a contender whose run is the last of its term', () => {
  for (const [changed, next] of [
    [{ onFailure: 'exit' }, 'this program ends'],
    [
      { onFailure: 'resign' },
      'back to the end of the line in PAUSE: the run has ended, and somebody else is to try',
    ],
  ] as const) {
    const { walk, told, start } = job(changed);
    walk.lead(left([])).passTo(10_000);
    start();
    told();
    walk.exit({ kind: 'code', code: 3 });
    const [ending, ended, resigning] = told();
    assert.match(String(ending), /^info: ending the command because="the command exited with 3"/);
    assert.match(String(ended), /^warn: run ended run="17-1" .* next="/);
    assert.ok(ended?.endsWith(` failures=1 next="${next}"`), ended);
    assert.match(String(resigning), /^info: resigning because="/);
  }
});

test('says that restarts are used up, and that somebody else is to try', () => {
  const { walk, told, start } = job({
    schedule: undefined,
    onExit: 'restart',
    onFailure: 'restart',
    maxRestarts: { count: 1, periodMs: 60_000 },
  });
  walk.lead();
  start();
  walk.exit({ kind: 'code', code: 3 }).passTo(2000);
  start();
  told();
  walk.exit({ kind: 'code', code: 3 });
  const next = 'back to the end of the line in PAUSE: too many restarts, somebody else is to try';
  assert.deepEqual(told().slice(1), [
    `warn: run ended run="17-2" result="failed" because="the command exited with 3" duration_ms=2 failures=2 next="${next}"`,
    `warn: restarted too often restarts=1 period_ms=60000 next="${next}"`,
    `info: resigning because="too many restarts, somebody else is to try" znode="/job/${OURS}"`,
  ]);
});

test('says of a term that is lost between two runs why, whatever has ended it', () => {
  const lostBy = (end: (walk: JobWalk) => void) => {
    const { walk, told } = job();
    walk.lead(left([]));
    told();
    end(walk);
    return told();
  };
  const waiting = (because: string) => `info: waiting for the ensemble because="${because}" zookeeper="zk"`;
  const lost = (because: string) => `warn: the term is lost between two runs because="${because}" epoch="17"`;
  assert.deepEqual(
    lostBy((walk) => walk.take({ type: 'lost', reason: 'expired' })),
    [lost('leadership lost: expired'), waiting('session lost: expired')],
  );
  assert.deepEqual(
    lostBy((walk) => walk.take({ type: 'suspended', reason: 'cut' }).passTo(60_000)),
    [
      lost('no heartbeat was answered in time: the lease runs out'),
      waiting('the term is over, its session is left to end'),
    ],
  );
  assert.deepEqual(
    lostBy((walk) => walk.take({ type: 'heartbeat', sentAt: 5, znodeExists: false })),
    [lost('leadership lost: its znode was deleted by somebody else')],
  );
  assert.deepEqual(
    lostBy((walk) => walk.take({ type: 'signal', signal: 'SIGTERM' })),
    [`info: resigning because="received SIGTERM" znode="/job/${OURS}"`],
  );
});
