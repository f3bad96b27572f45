// Owns one run: the faults of the plan, then calm, in which all must be as it should.

import { settle } from './calm.js';
import { Violation } from './checks.js';
import type { Core } from './core.js';
import { doFaults } from './faults.js';
import type { Plan } from './plan.js';
import { World } from './world.js';

export interface Run {
  readonly violation: Violation | undefined;
  /** How often each thing happened. */
  readonly counts: ReadonlyMap<string, number>;
  readonly longestGapMs: number;
  readonly mostEvidence: number;
  readonly simulatedMs: number;
  readonly events: number;
}

/** Runs the plan to its end, or to the first broken rule. */
export function simulate(
  plan: Plan,
  core: Core,
  say: (at: number, line: () => string) => void = () => undefined,
): Run {
  const counts = new Map<string, number>();
  const world = new World({
    plan,
    core,
    say,
    count: (figure) => counts.set(figure, (counts.get(figure) ?? 0) + 1),
  });
  let violation: Violation | undefined;
  try {
    play(world);
  } catch (error) {
    violation = error instanceof Violation ? error : new Violation('model', stackOf(error));
    say(world.queue.now, () => `BROKEN: ${String(violation?.message)}`);
  }
  return {
    violation,
    counts,
    longestGapMs: plan.work === undefined ? world.checks.longestGapMs : 0,
    mostEvidence: world.mostEvidence,
    simulatedMs: world.queue.now,
    events: world.queue.taken,
  };
}

function play(world: World): void {
  const { queue, plan } = world;
  const faults = { areOver: false };
  queue.runUntil(plan.calmMs);
  doFaults(world, () => {
    faults.areOver = true;
  });
  while (!faults.areOver) queue.runUntil(queue.now + 10);
  queue.runUntil(queue.now + world.random.between(0, 2 * plan.timing.sessionTimeoutMs));
  world.calmDown();
  settle(world);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
