// Owns the settings of one contender, and what the commands of its job are like.

import { RUN_ONCE } from '../../src/election/job.js';
import type { Settings } from '../../src/election/model.js';
import type { Habits } from './child.js';
import type { Plan } from './plan.js';
import type { Random } from './random.js';

export const TERM_HOOKS = ['elected', 'lost'] as const;

/** `by` is another one for every process. */
export function settingsOf(plan: Plan, place: number, by: string): Settings {
  const { timing, waitMs, onLost, hooks, work } = plan;
  const job = work?.job ?? RUN_ONCE;
  return {
    timing,
    pattern: { prefix: undefined },
    waitMs,
    onLost,
    hooks: hooks ? [...TERM_HOOKS, 'standby'] : [],
    stopSignal: 'SIGTERM',
    hangupEnds: true,
    job: { ...job, seed: job.seed + place },
    claimant: { by, host: `m${place}` },
  };
}

/** Once all is calm commands succeed, and those that are run once a term do not end. */
export function habitsOf(plan: Plan, random: Random, isCalm: () => boolean): Habits {
  const { stubborn, mortal, timing, work } = plan;
  const yieldMs = (): number => random.between(0, timing.leaseGraceMs * 1.5);
  const diesInMs = (): number | undefined =>
    random.chance(mortal) ? random.between(0, 3 * timing.sessionTimeoutMs) : undefined;
  const fails = work !== undefined && random.chance(work.failing);
  return {
    yieldsAfterMs: random.chance(stubborn) ? undefined : yieldMs(),
    livesMs: work === undefined ? diesInMs() : random.between(work.livesMs.least, work.livesMs.most),
    mayEnd: () => work !== undefined || !isCalm(),
    code: () => (fails && !isCalm() ? 1 : 0),
    hookLivesMs: () => (random.chance(stubborn) ? undefined : yieldMs()),
    leftoversMs: random.chance(0.3) ? random.between(0, timing.leaseGraceMs * 2) : 0,
    killTakesMs: timing.killBudgetMs * (random.chance(0.5) ? 1 : random.next()),
  };
}
