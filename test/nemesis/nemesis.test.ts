// A short run of the nemesis, with faults of every kind.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PATIENCE_MS } from '../support/wait.js';
import { describeFigures } from './figures.js';
import { runNemesis } from './nemesis.js';
import { formatPlan } from './plan-text.js';
import { makePlan } from './plan.js';
import { drawTimeline } from './timeline.js';

const SEED = 23;
const FAULTS = 20;

const options = { timeout: 12 * PATIENCE_MS, skip: process.platform !== 'linux' && 'it needs /proc' };

test('no fault brings two commands to life at once, or leaves a process behind', options, async (t) => {
  const said: string[] = [];
  const run = await runNemesis({
    plan: (level) => makePlan({ seed: SEED, faults: FAULTS, level }),
    say: (line) => said.push(line),
  });
  for (const line of describeFigures(run)) t.diagnostic(line);
  assert.deepEqual(run.violations, [], [...said, formatPlan(run.plan), ...drawTimeline(run)].join('\n'));
  assert.equal(run.faults.length, FAULTS);
  assert.ok(run.history.terms.length > 3, 'too few terms to have shown anything');
});
