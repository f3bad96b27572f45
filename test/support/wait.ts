// Waits for events under a deadline. Every deadline in the tests is derived from PATIENCE_MS: a slow
// machine raises that one number, and no test depends on how fast something happens.
import { setTimeout as sleep } from 'node:timers/promises';

/** How long anything may take before a test gives up; TEST_PATIENCE_MS in the environment overrides it. */
export const PATIENCE_MS = patienceFrom(process.env['TEST_PATIENCE_MS']);

const POLL_MS = 25;

function patienceFrom(text: string | undefined): number {
  if (text === undefined || text === '') return 30_000;
  const patienceMs = Number(text);
  if (Number.isInteger(patienceMs) && patienceMs > 0) return patienceMs;
  throw new Error(`TEST_PATIENCE_MS: expected a number of milliseconds, got "${text}"`);
}

type Truthy<T> = Exclude<T, false | null | undefined | 0 | ''>;

/** Polls until the predicate returns something truthy, and returns it. One that throws is asked again. */
export async function eventually<T>(
  what: string,
  predicate: () => T | Promise<T>,
  { withinMs = PATIENCE_MS }: { withinMs?: number } = {},
): Promise<Truthy<T>> {
  const giveUpAt = performance.now() + withinMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await withDeadline(what, Promise.resolve(predicate()), {
        withinMs: Math.max(1, giveUpAt - performance.now()),
      });
      if (isTruthy(value)) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= giveUpAt) {
      throw new Error(`waited ${String(withinMs)} ms in vain: ${what}`, { cause });
    }
    await sleep(POLL_MS);
  }
}

function isTruthy<T>(value: T): value is T & Truthy<T> {
  return Boolean(value);
}

/** Settles as the promise does, or rejects once the time is up, saying what was waited for. */
export async function withDeadline<T>(
  what: string,
  promise: Promise<T>,
  { withinMs = PATIENCE_MS }: { withinMs?: number } = {},
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`waited ${String(Math.round(withinMs))} ms in vain: ${what}`));
    }, withinMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
