// Owns how this program ends: with a code, or through the signal that ended the command or asked us to stop.

import { closeSync } from 'node:fs';
import type { ChildExit, Ending } from '../election/endings.js';
import { exitCodes, signalExitCode } from '../exit-codes.js';

export type ExitStatus =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals };

/** The signals after which a shell's loop, or systemd, must see that we died of the same one. */
const DIED_OF = new Set(['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGPIPE']);

/** Tells how to end. As PID 1, where a signal to oneself has no effect, it is always a code. */
export function exitStatusOf(
  ending: Ending,
  { skipCode = 0, pid = process.pid }: { readonly skipCode?: number; readonly pid?: number } = {},
): ExitStatus {
  switch (ending.kind) {
    case 'child-exited':
      return statusOfChild(ending.exit, pid);
    case 'asked':
      return bySignal(ending.signal, pid);
    case 'overran':
      return { kind: 'code', code: exitCodes.overran };
    case 'already-run':
      return { kind: 'code', code: skipCode };
    case 'not-elected':
      return { kind: 'code', code: exitCodes.notElected };
    case 'no-ensemble':
    case 'denied':
    case 'leadership-lost':
      return { kind: 'code', code: exitCodes.unavailable };
    case 'refused':
      return { kind: 'code', code: exitCodes.ownError };
  }
}

function statusOfChild(exit: ChildExit, pid: number): ExitStatus {
  switch (exit.kind) {
    case 'code':
      return { kind: 'code', code: exit.code };
    case 'signal':
      return bySignal(exit.signal, pid);
    case 'not-started':
      return { kind: 'code', code: startFailureCode(exit.errno) };
  }
}

/** The code of a command that could not be started. */
export function startFailureCode(errno: string): number {
  if (errno === 'ENOENT') return exitCodes.notFound;
  if (errno === 'EACCES' || errno === 'ENOEXEC') return exitCodes.notExecutable;
  return exitCodes.ownError;
}

function bySignal(name: string, pid: number): ExitStatus {
  const signal = name as NodeJS.Signals;
  return DIED_OF.has(signal) && pid !== 1
    ? { kind: 'signal', signal }
    : { kind: 'code', code: signalExitCode(signal) };
}

/** Ends this process so; returns only if the signal takes a moment to arrive. */
export function exitWith(status: ExitStatus): void {
  if (status.kind === 'code') {
    letGoOfTerminal();
    process.exit(status.code);
  }
  // Node ignores SIGPIPE from its start; a listener that goes again leaves the default behind.
  process.on(status.signal, () => undefined);
  process.removeAllListeners(status.signal);
  process.kill(process.pid, status.signal);
  // A signal that is blocked, or ignored by a tracer, must not leave us hanging.
  setTimeout(() => process.exit(signalExitCode(status.signal)), 1000);
}

/**
 * On its way out Node sets a terminal's modes to what they were when it began: from the background it would undo what
 * the program in the foreground has set since, and where the terminal has gone it crashes (nodejs/node#58200).
 */
function letGoOfTerminal(): void {
  for (const descriptor of [0, 1, 2]) closeSync(descriptor);
}
