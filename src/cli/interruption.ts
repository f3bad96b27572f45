// Owns what ends a subcommand that has nothing to finish but its session.

import type { SignalSource } from '../supervisor/signals.js';
import type { Session } from '../zookeeper/session.js';
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

type Ask<Answer> = (session: Session) => Promise<Answer>;

/**
 * Settles as `carryOut` does, which is given the question, or at such a signal, once the session that was asked is
 * closed: what was asked for by an ephemeral znode is taken back with it.
 */
export function interruptible<Answer>(
  signals: SignalSource,
  ask: Ask<Answer>,
  carryOut: (ask: Ask<Answer>) => Promise<ExitStatus>,
): Promise<ExitStatus> {
  let session: Session | undefined;
  const interrupted = async (): Promise<ExitStatus> => {
    const status = await interruption(signals);
    await session?.close();
    return status;
  };
  const carriedOut = carryOut((opened) => {
    session = opened;
    return ask(opened);
  });
  return Promise.race([interrupted(), carriedOut]);
}
