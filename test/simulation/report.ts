// Owns what a failure shows: the plan in words, the timeline's end, and the command that shows it again.

import fc from 'fast-check';
import type { Core } from './core.js';
import * as families from './families.js';
import type { Plan } from './plan.js';
import { describePlan } from './plan-text.js';
import type { Run } from './simulate.js';
import { simulate } from './simulate.js';

export type Family = keyof typeof families;

export interface Search {
  readonly core: Core;
  readonly plans: number;
  readonly seed: number;
  readonly path?: string;
  readonly family?: Family;
  readonly observe?: (run: Run) => void;
  readonly shrink?: boolean;
}

export interface Finding {
  readonly rule: string;
  /** How many plans it took, without those tried while shrinking. */
  readonly plansTried: number;
  readonly seed: number;
  readonly path: string;
  readonly family: Family;
  readonly plan: Plan;
}

/** How much of the timeline is shown. */
const LINES = 120;

/** Runs plan after plan until one breaks a rule, and makes that one as small as it will go. */
export function search(options: Search): Finding | undefined {
  const { core, plans, seed, path, family = 'anyPlan', observe, shrink = true } = options;
  const details = fc.check(
    fc.property(families[family], (plan) => {
      const run = simulate(plan, core);
      observe?.(run);
      return run.violation === undefined;
    }),
    { numRuns: plans, seed, endOnFailure: !shrink, ...(path === undefined ? {} : { path }) },
  );
  if (!details.failed) return undefined;
  if (details.counterexample === null) throw new Error(`internal error: ${String(details.errorInstance)}`);
  const [plan] = details.counterexample;
  return {
    rule:
      simulate(plan, core).violation?.rule ?? 'nothing, the second time: the simulation is not deterministic',
    plansTried: details.numRuns,
    seed: details.seed,
    path: details.counterexamplePath,
    family,
    plan,
  };
}

/** Everything a person needs to understand a finding, and to see it again. */
export function describeFinding(core: Core, { plan, seed, path, family, plansTried }: Finding): string {
  const timeline: string[] = [];
  const { violation } = simulate(plan, core, (at, line) => {
    timeline.push(`${at.toFixed(1).padStart(10)}  ${line()}`);
  });
  return [
    `plan ${plansTried} broke a rule: ${violation?.message ?? 'none, the second time'}`,
    '',
    describePlan(plan),
    '',
    ...timeline.slice(-LINES),
    '',
    `again: node dist/test/simulation/main.js --family ${family} --seed ${seed} --path ${path}`,
  ].join('\n');
}
