// Owns the proof of the proof: a core that lacks one protection is caught.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, mutants } from './mutants.js';
import { search } from './report.js';

const SEED = 1;

for (const mutant of mutants) {
  test(`catches the core ${mutant.name}`, async () => {
    const core = await load(mutant);
    const finding = search({
      core,
      plans: mutant.plans,
      seed: SEED,
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

test('says so when a mutant no longer applies', async () => {
  const patches = [{ file: 'election/lease', from: 'a text that is not there', to: '' }];
  await assert.rejects(load({ ...mutants[0]!, patches }), /mutant no longer applies/);
});
