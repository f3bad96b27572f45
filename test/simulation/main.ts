// Runs many plans from the command line: node dist/test/simulation/main.js --plans 20000 --seed 42

import { parseArgs } from 'node:util';
import { core } from './core.js';
import { Figures } from './figures.js';
import * as families from './families.js';
import type { Family } from './report.js';
import { describeFinding, search } from './report.js';

const { values } = parseArgs({
  options: {
    plans: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    path: { type: 'string' },
    family: { type: 'string', default: 'anyPlan' },
  },
});

const plans = Number(values.plans);
const seed = Number(values.seed);
if (!(values.family in families)) throw new Error(`--family: one of ${Object.keys(families).join(', ')}`);
const family = values.family as Family;
const figures = new Figures();
const startedAt = performance.now();
let saidAt = startedAt;

process.stdout.write(`seed ${seed}\n`);
const finding = search({
  core,
  plans,
  seed,
  family,
  ...(values.path === undefined ? {} : { path: values.path }),
  observe: (run) => {
    figures.add(run);
    const now = performance.now();
    if (now - saidAt < 5000) return;
    saidAt = now;
    process.stdout.write(`${figures.plans} of ${plans} plans, ${rate(now)} plans/s\n`);
  },
});
process.stdout.write(`${figures.describe()}\n${rate(performance.now())} plans/s\n`);
if (finding !== undefined) {
  process.stdout.write(`\n${describeFinding(core, finding)}\n`);
  process.exitCode = 1;
}

function rate(now: number): string {
  return (figures.plans / ((now - startedAt) / 1000)).toFixed(1);
}
