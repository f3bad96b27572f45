// Owns the numbers this program ends with when it does not end with the command's own.
import { constants } from 'node:os';

/** The exit codes of zk-leader-run itself: sysexits.h where it has a word for it, else those of env(1) and nohup(1). */
export const exitCodes = {
  /** The answer of a question is no: that epoch does not lead. */
  no: 1,
  /** No ensemble in time, one that denies us access, or leadership lost with `--on-lost exit` (EX_UNAVAILABLE). */
  unavailable: 69,
  /** The command ran for longer than `--max-runtime`, as timeout(1) says it. */
  overran: 124,
  /** Not elected within `--wait`; trying again later may help (EX_TEMPFAIL). */
  notElected: 75,
  /** An error of our own, or of the command line: the command was not started because of it. */
  ownError: 125,
  /** The command exists and cannot be executed. */
  notExecutable: 126,
  /** The command, or the interpreter that it names, does not exist. */
  notFound: 127,
} as const;

/** Returns 128+n, the code by which shells report a process that signal number n ended. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
