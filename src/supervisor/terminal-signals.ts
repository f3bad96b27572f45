// Owns what a signal says of our terminal, before anything is decided by it.

import type { Event } from '../election/messages.js';

/** What has to be known to understand it. */
export interface Circumstances {
  /** Whether one of our standard streams was a terminal when we began. */
  readonly terminalIsOurs: boolean;
  readonly terminalHasGone: () => boolean;
  readonly isUnderJobControl: () => boolean;
}

/**
 * Makes an event of a signal; undefined for one that is not meant for us. A SIGHUP tells a service to read its
 * configuration again, and whoever was started on a terminal that this has gone. A program that keeps none of its
 * streams on it, as under nohup, is to outlive it: that SIGHUP was ignored has been forgotten, for Node resets it.
 */
export function eventOf(signal: string, circumstances: Circumstances): Event | undefined {
  if (signal === 'SIGHUP' && circumstances.terminalHasGone()) {
    return circumstances.terminalIsOurs ? { type: 'hangup' } : undefined;
  }
  // Nobody would ever continue us; the kernel leaves those it would stop alone, too.
  if (signal === 'SIGTSTP' && !circumstances.isUnderJobControl()) return undefined;
  return { type: 'signal', signal };
}
