// Two short runs of the nemesis: with faults of every kind for a command that lasts, and some for a scheduled job.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PATIENCE_MS } from '../support/wait.js';
import { describeFigures, termsOf } from './figures.js';
import { runNemesis } from './nemesis.js';
import { Network } from './network.js';
import { formatPlan } from './plan-text.js';
import { KINDS, makePlan } from './plan.js';
import { drawTimeline } from './timeline.js';

const options = { timeout: 12 * PATIENCE_MS, skip: process.platform !== 'linux' && 'it needs /proc' };

const PLANS = [
  { seed: 23, faults: 20, job: 'lasting', only: KINDS, terms: 3 },
  {
    seed: 3356,
    faults: 7,
    job: 'scheduled',
    only: [
      'kill-supervisor',
      'stop-supervisor',
      'terminate-supervisor',
      'kill-watchdog',
      'kill-command',
      'cut-client',
      'ask-to-resign',
    ],
    terms: 2,
  },
] as const;

let network: Network;
before(async () => {
  network = await Network.start();
}, options);
after(() => network.stop(), options);

for (const { terms, ...plan } of PLANS) {
  const what = `at once, or leaves a process behind: ${plan.job}`;
  test(`no fault brings two commands to life ${what}`, options, async (t) => {
    const said: string[] = [];
    const run = await runNemesis({
      network,
      plan: (level) => makePlan({ ...plan, level }),
      say: (line) => said.push(line),
    });
    for (const line of describeFigures(run)) t.diagnostic(line);
    assert.deepEqual(run.violations, [], [...said, formatPlan(run.plan), ...drawTimeline(run)].join('\n'));
    assert.equal(run.faults.length, plan.faults);
    assert.ok(termsOf(run.history).length >= terms, 'too few terms to have shown anything');
  });
}
