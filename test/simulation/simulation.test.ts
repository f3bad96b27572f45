// Owns the proof by many runs; SIMULATE_PLANS says how many. For more, and for one plan again: main.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { core } from './core.js';
import { Figures, LONGEST_HAND_OVER_MS } from './figures.js';
import type { Search } from './report.js';
import { describeFinding, search } from './report.js';
import type { Run } from './simulate.js';

const SEED = 20_260_101;
const plans = Number(process.env['SIMULATE_PLANS'] ?? 150);

/** Fails with the smallest plan that breaks a rule. */
function prove(options: Omit<Search, 'core' | 'seed'> & { readonly seed?: number }): void {
  const finding = search({ core, seed: SEED, ...options });
  if (finding !== undefined) assert.fail(describeFinding(core, finding));
}

test('never lets two commands live at once, and brings one up in the end', () => {
  const figures = new Figures();
  prove({
    plans,
    observe: (run) => {
      figures.add(run);
    },
  });
  assert.ok(figures.count('terms') > plans, figures.describe());
  assert.ok(figures.count('expiries') > plans / 10, figures.describe());
  assert.ok(figures.count('sessions ended for the dead') > plans / 10, figures.describe());
  assert.ok(figures.count('hooks') > plans / 2, figures.describe());
});

test('never lets two commands live at once when the leader of the ensemble is deposed', () => {
  prove({ plans: 30, family: 'leaderDeposed' });
});

test('never lets two commands live at once when the notes of its touches are lost', () => {
  prove({ plans: 30, family: 'pingsHeldThenRepliesLost' });
});

test('never lets two commands live at once when a ping comes late, and the next is held', () => {
  prove({ plans: 60, seed: 4, family: 'pingsLateAndHeld' });
});

test('ends the command in time while its supervisor stands still', () => {
  prove({ plans: 30, family: 'supervisorStalled' });
  prove({ plans: 30, family: 'cutOffThenStalled' });
});

test('ends the command in time while its watchdog stands still, or is told too late that it need not', () => {
  prove({ plans: 80, family: 'watchdogStalledWhenLeaseRunsOut' });
  prove({ plans: 30, family: 'renewalReadTooLate' });
});

test('hands over within the time that the kill takes when a supervisor is killed', () => {
  const figures = new Figures();
  prove({
    plans: 30,
    family: 'supervisorKilled',
    observe: (run) => {
      figures.add(run);
    },
  });
  assert.ok(figures.longestGapMs < LONGEST_HAND_OVER_MS, figures.describe());
});

test('leads only with a watchdog', () => {
  prove({ plans: 20, family: 'watchdogsReplaced' });
  prove({ plans: 20, family: 'watchdogThenSupervisorKilled' });
});

test('means the same moment in both of its processes, however old each is and however long the machine slept', () => {
  prove({ plans: 20, family: 'watchdogReplacedThenSupervisorStalled' });
  prove({ plans: 20, family: 'machineSuspended' });
});

test('does not wait behind a znode of its own that a create without an answer has left', () => {
  prove({ plans: 50, family: 'createsHeld' });
});

test('lets no hook run in a term that is over, nor let a term go while one runs', () => {
  prove({ plans: 30, family: 'mortalCommandsWithHooks' });
  prove({ plans: 30, family: 'supervisorStalledWithHooks' });
});

test('runs each tick at most once, and loses none, whatever becomes of the leader', () => {
  const figures = new Figures();
  const observe = (run: Run): void => {
    figures.add(run);
  };
  prove({ plans: 15, family: 'leaderLostInRun', observe });
  prove({ plans: 15, family: 'wallClocksWrong', observe });
  prove({ plans: 3, family: 'handedOverOften', observe });
  for (const figure of ['run tick', 'run late', 'run rerun', 'missed', 'skipped', 'result interrupted'])
    assert.ok(figures.count(figure) > 0, `${figure}: ${figures.describe()}`);
});

test('pauses between failures, and counts restarts, across terms', () => {
  prove({ plans: 10, family: 'leaderLostBetweenRestarts' });
});

test('writes nothing for a term whose znode was removed', () => {
  prove({ plans: 10, family: 'znodeRemovedBetweenRuns' });
});

test('runs the same plan the same way twice', () => {
  const first = new Figures();
  const second = new Figures();
  for (const figures of [first, second])
    prove({
      plans: 5,
      observe: (run) => {
        figures.add(run);
      },
    });
  assert.equal(first.describe(), second.describe());
});
