// Owns the system calls that Node has no words for, through koffi, which is loaded here and nowhere else.
// Must never be loaded by whoever does not need them: it costs some 10 ms.

import { createRequire } from 'node:module';
import type * as Koffi from 'koffi';

/** As in the manual: -1 tells of an error, which `errno` names. */
export interface Libc {
  prctl(option: number, value: number): number;
  /** Puts the wait status into the first element. */
  waitpid(pid: number, status: Int32Array, options: number): number;
  kill(pid: number, signal: number): number;
  getpgid(pid: number): number;
  errno(): number;
}

export const PR_SET_CHILD_SUBREAPER = 36;
export const WNOHANG = 1;

/** Throws where koffi is not installed, or has no binary for this machine. */
export function loadLibc(): Libc {
  // An optional dependency must not be bundled, and no import of it may fail at start-up.
  const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
  const libc = koffi.load(null);
  const prctl = libc.func('int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)');
  return {
    prctl: (option, value) => prctl(option, value, 0, 0, 0) as number,
    waitpid: libc.func('int waitpid(int, int *, int)'),
    kill: libc.func('int kill(int, int)'),
    getpgid: libc.func('int getpgid(int)'),
    errno: () => koffi.errno(),
  };
}
