// The checkers of the ledger, on one that is made up: a sound one passes, and each way of spoiling it is caught.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry, Ledger, RunEntry } from '../../src/ledger/ledger.js';
import { History, type Life } from './history.js';
import { HISTORY, type Job } from './job.js';
import { judgeLedger } from './ledger-rules.js';
import { describeRuns } from './run-figures.js';
import { madeUpRun } from './made-up.js';

const EVERY_MS = 1000;
const JOB: Job = {
  everyMs: EVERY_MS,
  overlap: 'skip',
  catchUpMs: 0,
  rerunInterrupted: true,
  onFailure: 'restart',
  maxRuntimeMs: 0,
};

function run(id: string, tick: number, more: Partial<RunEntry> = {}): RunEntry {
  return {
    kind: 'run',
    id,
    reason: 'tick',
    tick: tick * EVERY_MS,
    attempt: 1,
    by: 'a',
    host: 'here',
    epoch: BigInt(id.split('-')[0]!),
    claimedAt: tick * EVERY_MS,
    result: 'succeeded',
    ...more,
  };
}

function gap(kind: 'missed' | 'skipped', first: number, last: number): Entry {
  return { kind, first: first * EVERY_MS, last: last * EVERY_MS, count: last - first + 1, by: 'a' };
}

const FAILED = run('5-2', 14, { result: 'failed' });
const TRIED_AGAIN = run('5-3', 14, { reason: 'restart', attempt: 2, result: 'interrupted' });
const RERUN = run('8-1', 14, { reason: 'rerun', attempt: 3, by: 'b' });
const SOUND: readonly Entry[] = [
  run('5-1', 10),
  gap('skipped', 11, 12),
  gap('missed', 13, 13),
  FAILED,
  TRIED_AGAIN,
  RERUN,
  run('8-2', 15, { by: 'b' }),
];

function ledgerOf(entries: readonly Entry[], upTo = 15): Ledger {
  return { tick: upTo * EVERY_MS, schedule: 'every 1s', failures: 0, entries };
}

/** The commands of these runs, each as the ledger has it. */
function livesOf(entries: readonly Entry[]): readonly Life[] {
  const history = new History();
  for (const [index, entry] of entries.entries()) {
    if (entry.kind !== 'run') continue;
    const { id, by, tick, attempt } = entry;
    const occasion = `${new Date(tick ?? 0).toISOString()} ${attempt}`;
    history.add(`${index * 1000} start ${by} ${id} main ${index + 100} polite ${occasion}`);
    history.add(`${index * 1000 + 900} end ${by} ${id} main ${index + 100}`);
  }
  assert.deepEqual(history.violations, []);
  return history.lives;
}

interface Circumstances {
  readonly lives?: readonly Life[];
  readonly job?: Job;
  readonly upTo?: number;
  readonly isOver?: boolean;
}

function judge(
  entries: readonly Entry[],
  { lives = livesOf(SOUND), job = JOB, upTo = 15, isOver = true }: Circumstances = {},
): string[] {
  const ledger = ledgerOf(entries, upTo);
  return judgeLedger({ ledger, isOver, lives, job }).map(({ rule, message }) => `${rule}: ${message}`);
}

function without(entry: Entry): readonly Entry[] {
  return SOUND.filter((each) => each !== entry);
}

function instead(entry: RunEntry, more: Partial<RunEntry>): readonly Entry[] {
  return SOUND.map((each) => (each === entry ? { ...entry, ...more } : each));
}

test('a ledger that accounts for every tick and every run breaks no rule', () => {
  assert.deepEqual(judge(SOUND), []);
});

test('runs that were claimed and never beat break no rule', () => {
  assert.deepEqual(judge(SOUND, { lives: [] }), []);
});

test('catches a job without a ledger', () => {
  const [only] = judgeLedger({ ledger: undefined, isOver: true, lives: [], job: JOB });
  assert.equal(only?.message, 'in the ledger: there is none');
});

test('catches a tick that is not accounted for, wherever it is', () => {
  for (const entry of SOUND.slice(1, 3))
    assert.match(judge(without(entry)).join(), /^ledger: .*nothing is said/);
  assert.deepEqual(judge(SOUND, { upTo: 16 }), [
    'ledger: in the ledger: its last tick is 1970-01-01T00:00:15.000Z, and it says 16000',
  ]);
});

test('catches a tick that is accounted for twice', () => {
  const twice = [...SOUND, gap('missed', 15, 15)];
  assert.deepEqual(judge(twice), [
    'ledger: in the ledger: tick 1970-01-01T00:00:15.000Z is accounted for twice',
  ]);
  assert.match(judge(SOUND.with(1, gap('skipped', 10, 12))).join(), /00:00:10.000Z is accounted for twice/);
});

test('catches ticks that are miscounted', () => {
  const miscounted = { ...gap('skipped', 11, 12), count: 3 } as Entry;
  assert.match(judge(SOUND.with(1, miscounted)).join(), /ticks from .* to .* are counted as 3/);
});

test('catches a run that beat and is not in the ledger', () => {
  assert.deepEqual(judge(without(RERUN)), ['ledger: in the ledger: run 8-1 beat and is not in it']);
});

test('catches a run that is not what its command saw', () => {
  assert.deepEqual(judge(instead(RERUN, { by: 'c' })), [
    'ledger: in the ledger: run 8-1 has by c, and its command saw b',
  ]);
  assert.match(judge(instead(FAILED, { epoch: 6n })).join(), /run 5-2 has epoch 6, and its command saw 5/);
  const moved = instead(FAILED, { tick: 13_000 });
  assert.match(judge(moved).join(), /run 5-2 has tick 13000, and its command saw 14000/);
});

test('catches a run without a result', () => {
  const last = SOUND.at(-1) as RunEntry;
  assert.match(
    judge(instead(RERUN, { result: undefined }), { isOver: false }).join(),
    /run 8-1 has no result/,
  );
  assert.deepEqual(judge(instead(last, { result: undefined }), { isOver: false }), []);
  assert.match(judge(instead(last, { result: undefined })).join(), /run 8-2 has no result, and is not going/);
});

test('catches a run that is said to have succeeded though its command never came to its end, or failed', () => {
  for (const spoil of [{ ended: false }, { manner: 'polite+failing' }]) {
    const lives = livesOf(SOUND).map((life) => (life.number === 2 ? { ...life, ...spoil } : life));
    assert.deepEqual(judge(SOUND, { lives }), [
      'ledger: in the ledger: run 8-2 is said to have succeeded, and its command did not',
    ]);
  }
});

test('catches another attempt where the plan allows none', () => {
  assert.match(
    judge(SOUND, { job: { ...JOB, rerunInterrupted: false } }).join(),
    /^tried again: run 8-1 is attempt 3 at tick 1970-01-01T00:00:14.000Z, for the reason "rerun"$/,
  );
  assert.match(
    judge(SOUND, { job: { ...JOB, onFailure: 'stay' } }).join(),
    /^tried again: run 5-3 .*"restart"$/,
  );
  assert.match(judge(instead(RERUN, { reason: 'late' })).join(), /^tried again: run 8-1 .*"late"$/);
});

test('catches another attempt behind one that ended otherwise, or behind none', () => {
  assert.deepEqual(judge(instead(TRIED_AGAIN, { result: 'succeeded' })), [
    'tried again: run 8-1 is attempt 3 at tick 1970-01-01T00:00:14.000Z, by a rerun, and the one before is succeeded',
  ]);
  assert.match(judge(instead(FAILED, { result: 'interrupted' })).join(), /by a restart, .* is interrupted/);
  const lives = livesOf(SOUND).filter(({ epoch, number }) => epoch === 8n || number === 1);
  assert.match(
    judge(without(TRIED_AGAIN), { lives }).join(),
    /^tried again: run 8-1 .*, without the one before$/,
  );
});

test('forgives what a full ledger has forgotten at its oldest end, and nothing else', () => {
  const later = Array.from({ length: HISTORY - 1 }, (_, index) => run(`9-${index + 1}`, 15 + index));
  const full = [RERUN, ...later];
  const lives = livesOf([...SOUND.slice(0, -1), ...later]);
  const upTo = 15 + later.length - 1;
  assert.deepEqual(judge(full, { lives, upTo }), []);
  const spoilt = full.toSpliced(HISTORY / 2, 1);
  assert.match(judge(spoilt, { lives, upTo }).join(), /nothing is said of tick/);
});

test('the figures of a scheduled job count its ticks and what became of its runs', () => {
  const made = madeUpRun([['a', 1, 5]], [], ledgerOf(SOUND));
  assert.deepEqual(describeRuns(made), []);
  const words = describeRuns({ ...made, plan: { ...made.plan, job: JOB } });
  assert.deepEqual(words.slice(1), [
    '1 runs beat',
    '6 ticks: 3 run, 1 missed, 2 skipped',
    '5 runs, 2 of them of a tick once more: 3 succeeded, 1 failed, 0 timed-out, 0 replaced, 1 interrupted',
    'started twice: 0',
  ]);
});
