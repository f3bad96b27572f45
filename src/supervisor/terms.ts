// Owns the question whether a step begins a term, and with what. Reads what the core has done, no more.

import type { Ledger } from '../ledger/ledger.js';
import type { Step } from './supervisor.js';

/** A term begins with this step. */
export function beginsTerm({ before, after }: Step): boolean {
  return !('term' in before.phase) && 'term' in after.phase;
}

/** What the last leader has left to the term that begins with this step. */
export function foundLedger({ after: { session } }: Step): Ledger | undefined {
  return session.status === 'live' && session.link.status === 'connected'
    ? session.link.ledger?.ledger
    : undefined;
}
