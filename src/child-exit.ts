// Owns how the end of a child, or that it never began, is put into our words out of Node's.

import type { ChildExit } from './election/endings.js';

/** Takes what Node tells with `exit`: one of the two is null. */
export function exitOf(code: number | null, signal: NodeJS.Signals | null): ChildExit {
  return signal === null ? { kind: 'code', code: code ?? 0 } : { kind: 'signal', signal };
}

/** Takes what `spawn` has thrown, or has told with `error`. */
export function notStarted(error: unknown): ChildExit {
  const errno = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return { kind: 'not-started', errno };
}
