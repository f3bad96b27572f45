// Owns the end of a subcommand that has nothing to finish when a signal comes.

import type { SignalSource } from '../supervisor/signals.js';
import { type ExitStatus, exitStatusOf } from './exit-status.js';

const ENDING = new Set(['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGQUIT']);

/** Settles as the work does, or with the first signal that ends such a program. */
export function orInterrupted(signals: SignalSource, work: Promise<ExitStatus>): Promise<ExitStatus> {
  const interrupted = new Promise<ExitStatus>((resolve) => {
    signals.deliverTo((signal) => {
      if (ENDING.has(signal)) resolve(exitStatusOf({ kind: 'asked', signal }));
    });
  });
  return Promise.race([interrupted, work]);
}
