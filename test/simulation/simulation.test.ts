// Owns the proof by many runs; SIMULATE_PLANS says how many. For more, and for one plan again: main.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wakeAt } from '../../src/election/passing-time.js';
import { begin, step } from '../../src/election/step.js';
import { Figures } from './figures.js';
import type { Search } from './report.js';
import { describeFinding, search } from './report.js';

const core = { begin, step, wakeAt };
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

test('does not wait behind a znode of its own that a create without an answer has left', () => {
  prove({ plans: 50, family: 'createsHeld' });
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
