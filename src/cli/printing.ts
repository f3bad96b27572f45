// Owns printing a text that is all that was asked for: to print it is to succeed.

import { exitCodes } from '../exit-codes.js';
import { isErrno } from '../errno.js';
import { Output } from '../status/output.js';
import type { SignalSource } from '../supervisor/signals.js';
import { complain } from './complaint.js';
import { type ExitStatus, exitStatusOf } from './exit-status.js';
import { interruption } from './interruption.js';

/** Writes it on stdout. Settles with the way to exit. */
export function print(subcommand: string, text: string, signals: SignalSource): Promise<ExitStatus> {
  const output = new Output();
  output.write(text);
  return Promise.race([
    output.broken.then((error) => endOfBroken(subcommand, error)),
    interruption(signals),
    output.end().then((): ExitStatus => ({ kind: 'code', code: 0 })),
  ]);
}

/** A reader that has seen enough is no error. */
export function endOfBroken(subcommand: string, error: unknown): ExitStatus {
  if (isErrno(error, 'EPIPE', 'EIO')) return exitStatusOf({ kind: 'asked', signal: 'SIGPIPE' });
  complain(subcommand, `cannot write: ${error instanceof Error ? error.message : String(error)}`);
  return { kind: 'code', code: exitCodes.ownError };
}
