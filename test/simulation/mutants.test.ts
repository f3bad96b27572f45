// Owns the proof of the proof: a core that lacks one protection is caught.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Figures, LONGEST_HAND_OVER_MS } from './figures.js';
import { jobMutants } from './job-mutants.js';
import { load, mutants } from './mutants.js';
import { search } from './report.js';

const SEED = 1;

for (const mutant of [...mutants, ...jobMutants]) {
  test(`catches the core ${mutant.name}`, async () => {
    const core = await load(mutant);
    const finding = search({
      core,
      plans: mutant.plans,
      seed: mutant.seed ?? SEED,
      family: mutant.family,
      shrink: false,
    });
    assert.ok(finding !== undefined, `no violation in ${mutant.plans} plans`);
    assert.ok(
      mutant.breaks.some((rule) => rule === finding.rule),
      `found "${finding.rule}" instead`,
    );
  });
}

test("misses the end of a dead supervisor's session: nobody leads until it runs out", async () => {
  const core = await load({
    ...mutants[0]!,
    patches: [
      {
        file: 'watchdog/rules',
        from: "supervisor === 'gone' && session !== undefined",
        to: 'false',
      },
    ],
  });
  const figures = new Figures();
  const finding = search({
    core,
    plans: 5,
    seed: SEED,
    family: 'supervisorKilled',
    shrink: false,
    observe: (run) => {
      figures.add(run);
    },
  });
  assert.equal(finding, undefined);
  assert.ok(figures.longestGapMs > LONGEST_HAND_OVER_MS, figures.describe());
});

test('says so when a mutant no longer applies', async () => {
  const patches = [{ file: 'election/lease', from: 'a text that is not there', to: '' }];
  await assert.rejects(load({ ...mutants[0]!, patches }), /the mutant .* no longer applies/);
});
