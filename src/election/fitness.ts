// placeholder, replaced by the branch
import type { Check } from './job.js';
export interface Fitness {
  readonly status: 'unknown' | 'fit' | 'unfit';
  readonly streak: number;
  readonly dueAt: number;
  readonly running: boolean;
  readonly because?: string;
}
export function initialFitness(check: Check | undefined, now: number): Fitness {
  return { status: check ? 'unknown' : 'fit', streak: 0, dueAt: check ? now : Infinity, running: false };
}
export function startCheck(f: Fitness, _now: number): Fitness {
  return { ...f, running: true };
}
export function checked(_check: Check, f: Fitness, passed: boolean, because: string, now: number): Fitness {
  return { ...f, status: passed ? 'fit' : 'unfit', running: false, dueAt: now + 1000, because };
}
