// Proves what the log says of a server's fitness. How results are counted is the core's: here they come counted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RUN_ONCE } from '../../../src/election/job.js';
import type { Fitness } from '../../../src/election/fitness.js';
import type { Phase, State } from '../../../src/election/model.js';
import { begin } from '../../../src/election/step.js';
import { FitnessJournal } from '../../../src/supervisor/fitness-journal.js';
import { logTo } from '../made-up-log.js';
import { SETTINGS } from '../settings.js';
import { OURS } from './walk.js';

const STANDBY: Phase = {
  name: 'standby',
  znode: { name: OURS, epoch: 17n },
  standing: { kind: 'unknown' },
  announced: false,
};
const AWAY: Phase = { name: 'away' };
const JOINING: Phase = { name: 'joining', step: 'surveying' };

const FIT: Fitness = { status: 'fit', streak: 0, dueAt: 0, running: false };
const UNFIT: Fitness = { ...FIT, status: 'unfit', because: 'the check exited with 1' };
const UNKNOWN: Fitness = { ...FIT, status: 'unknown' };

function run(rise = 2) {
  const lines: string[] = [];
  const settings = {
    ...SETTINGS,
    job: { ...RUN_ONCE, check: { intervalMs: 1000, rise, fall: 3 } },
  };
  const journal = new FitnessJournal({
    settings,
    log: logTo(({ level, message, fields }) => {
      const told = Object.entries(fields).filter(([, value]) => value !== undefined);
      lines.push(
        `${level}: ${message}${told.map(([key, value]) => ` ${key}=${JSON.stringify(value)}`).join('')}`,
      );
    }),
  });
  let state: State = { ...begin(settings, 0).state, fitness: UNKNOWN };
  const observe = (change: Partial<State>, now: number, passed?: boolean): readonly string[] => {
    const before = state;
    state = { ...state, ...change };
    const because = `the check exited with ${passed === true ? 0 : 1}`;
    const event =
      passed === undefined ? ({ type: 'clock' } as const) : ({ type: 'checked', passed, because } as const);
    journal.observe({ before, event, after: state, commands: [], now });
    return lines.splice(0);
  };
  return {
    /** A result of the check makes it so fit. */
    checked: (passed: boolean, fitness: Fitness) => observe({ fitness }, 0, passed),
    to: (phase: Phase, now = 0, awayUntil = 0) => observe({ phase, awayUntil }, now),
  };
}

test('says from which result on a server is fit, and from which on it is not', () => {
  const { checked, to } = run();
  to(AWAY);
  assert.deepEqual(checked(true, { ...UNKNOWN, streak: 1 }), ['debug: the check passed in_a_row=1 needed=2']);
  assert.deepEqual(checked(true, FIT), [
    'info: this server is fit to lead because="its check has passed 2 times in a row" next="it may stand for election"',
  ]);
  to(STANDBY);
  assert.deepEqual(checked(true, FIT), []);
  for (const streak of [1, 2]) {
    assert.deepEqual(checked(false, { ...FIT, streak, because: 'the check exited with 1' }), [
      `warn: the check failed because="the check exited with 1" in_a_row=${streak} needed=3`,
    ]);
  }
  assert.deepEqual(checked(true, FIT), ['info: the check passed']);
  checked(false, { ...FIT, streak: 2 });
  assert.deepEqual(checked(false, UNFIT), [
    'warn: this server is not fit to lead because="the check exited with 1" ' +
      'next="it resigns, and is back once its check has passed 2 times in a row"',
  ]);
});

test('does not repeat why a server is unfit, unless that has changed', () => {
  const { checked, to } = run(1);
  to(AWAY);
  assert.deepEqual(checked(false, UNFIT), [
    'warn: this server is not fit to lead because="the check exited with 1" ' +
      'next="it is out of the line until its check passes"',
  ]);
  assert.deepEqual(checked(false, UNFIT), ['debug: the check failed because="the check exited with 1"']);
  const changed = { ...UNFIT, because: 'the check took longer than 10s' };
  assert.match(String(checked(false, changed)), /^warn: the check failed because=/);
  assert.match(String(checked(false, changed)), /^debug: /);
  assert.deepEqual(checked(true, FIT), [
    'info: this server is fit to lead because="its check has passed" next="it may stand for election"',
  ]);
});

test('says that a server is out of the line, why and for how long, and that it is back', () => {
  const { checked, to } = run(1);
  assert.deepEqual(to(AWAY), [
    'info: out of the line because="this server has not been checked yet" next="back once its check passes"',
  ]);
  assert.deepEqual(to(AWAY, 500), []);
  checked(true, FIT);
  assert.deepEqual(to(JOINING, 1500), [
    'info: no longer out of the line because="its check passes" away_ms=1500',
  ]);
  to(STANDBY);
  assert.deepEqual(to(AWAY, 10_000, 14_200), [
    'info: out of the line because="somebody else is to try first" next="back in 4.2s"',
  ]);
  assert.deepEqual(to(JOINING, 14_200), [
    'info: no longer out of the line because="its pause is over" away_ms=4200',
  ]);
  assert.deepEqual(to(JOINING, 20_000), []);
});
