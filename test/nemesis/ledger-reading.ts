// Owns how the nemesis reads the ledger: itself, from the servers, and through no contender.

import { monotonicClock } from '../../src/clock.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { parseEnsemble } from '../../src/options/connect-string.js';
import { ledgerPath } from '../../src/zookeeper/control-path.js';
import { inquire } from '../../src/zookeeper/inquiry.js';
import { readLedger } from '../../src/zookeeper/ledger.js';
import { PATIENCE_MS } from '../support/wait.js';

/** Reads the ledger of an election; undefined if there is none. */
export async function ledgerOf(election: string, servers: string): Promise<Ledger | undefined> {
  const reply = await inquire({
    ensemble: parseEnsemble('--zookeeper', servers),
    timeoutMs: PATIENCE_MS,
    clock: monotonicClock(),
    ask: (session) => readLedger(session, ledgerPath(election)),
  });
  if (reply.kind === 'unknown') throw new Error(`the ledger could not be read: ${reply.because}`);
  return reply.answer;
}
