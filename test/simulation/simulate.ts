// Owns one run: the faults of the plan, then calm, in which exactly one command must come up and stay.

import { Violation } from './checks.js';
import type { Core } from './core.js';
import { INIT_LIMIT } from './ensemble.js';
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
    longestGapMs: world.checks.longestGapMs,
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
  queue.runUntil(queue.now + settlingMs(plan));
  const before = onlyChild(world);
  queue.runUntil(queue.now + STEADY_SESSIONS * plan.timing.sessionTimeoutMs);
  const after = onlyChild(world);
  if (before !== after) throw new Violation('liveness', 'the command moved in calm weather');
}

const STEADY_SESSIONS = 1.5;

function onlyChild(world: World): unknown {
  const { running } = world.checks;
  const [only] = running;
  if (only === undefined || running.length > 1) {
    const phases = world.contenders.map((contender) => contender?.state.phase.name ?? 'gone');
    throw new Violation('liveness', `${running.length} commands run in calm weather: ${phases.join(', ')}`);
  }
  return only.child;
}

/**
 * How long it may take from calm to a command that runs: the servers find each other, what was left behind expires,
 * whoever is asked to stop does, and a last session of a contender that had to end its command first.
 */
function settlingMs({ timing, syncLimit }: Plan): number {
  const ensembleMs = 2 * (syncLimit + INIT_LIMIT + 2) * timing.tickTimeMs + 1000;
  const stoppingMs = timing.stopTimeoutMs + timing.leaseGraceMs + 2 * timing.killBudgetMs;
  return ensembleMs + stoppingMs + 3 * timing.sessionTimeoutMs + 3000;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
