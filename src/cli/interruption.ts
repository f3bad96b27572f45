// Owns what ends a subcommand that has nothing to finish.

import type { SignalSource } from '../supervisor/signals.js';
import { type ExitStatus, exitStatusOf } from './exit-status.js';

const ENDING = new Set(['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGQUIT']);

/** Settles with the way to exit at the first signal that asks for it; others are handed on. */
export function interruption(
  signals: SignalSource,
  other: (signal: string) => void = () => undefined,
): Promise<ExitStatus> {
  return new Promise((resolve) => {
    signals.deliverTo((signal) => {
      if (ENDING.has(signal)) resolve(exitStatusOf({ kind: 'asked', signal }));
      else other(signal);
    });
  });
}
