// The proof of the nemesis: programs that lack one protection each are caught.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PATIENCE_MS } from '../support/wait.js';
import { MUTANTS, mutated, planFor } from './mutants.js';
import { runNemesis } from './nemesis.js';
import { Network } from './network.js';

const options = { timeout: 6 * PATIENCE_MS, skip: process.platform !== 'linux' && 'it needs /proc' };

let network: Network;
before(async () => {
  network = await Network.start();
}, options);
after(() => network.stop(), options);

for (const mutant of MUTANTS) {
  test(`catches the program without ${mutant.without}`, options, async (t) => {
    const { plan, violations } = await runNemesis({
      network,
      program: mutated(mutant),
      containment: mutant.level,
      plan: (level) => planFor(mutant, level),
      say: (line) => {
        t.diagnostic(line);
      },
    });
    if (plan.level !== mutant.level) {
      t.skip(`there is no ${mutant.level} here`);
      return;
    }
    const broken = violations.map(({ rule }) => rule);
    assert.ok(
      mutant.breaks.some((rule) => broken.includes(rule)),
      `${mutant.breaks.join(' or ')}: ${broken.join(', ')}`,
    );
  });
}

test('says so when a mutant no longer applies', () => {
  const mutant = {
    without: 'nothing',
    file: 'watchdog/rules.js',
    from: 'a text that is not there',
    to: '',
  };
  assert.throws(() => mutated(mutant), /without nothing no longer applies/);
});
