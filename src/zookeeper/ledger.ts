// Owns the ledger's znode: reading it, writing it on behalf of a term, removing it.
// Must never write for a term that is over: each write checks the contender's own znode in one transaction.

import zookeeper, { type OperationResult } from 'node-zookeeper-client';
import type { LedgerOutcome } from '../election/term.js';
import { decodeLedger, encodeLedger } from '../ledger/format.js';
import type { Ledger } from '../ledger/ledger.js';
import { type Acl, toEntries } from './acl.js';
import { CODE } from './errors.js';
import { readStat, readZnode, removeZnode } from './requests.js';
import type { Session } from './session.js';

export interface LedgerPut {
  /** The contender's own, which stands as long as its term may go on. */
  readonly znodePath: string;
  /** The ledger's. */
  readonly path: string;
  readonly ledger: Ledger;
  /** Whether there is a ledger, as far as we know. */
  readonly exists: boolean;
  readonly acl: Acl;
}

/**
 * Reads the ledger, or undefined where there is none; the watcher is called, once, when that may have changed.
 * @throws {EnsembleError} by rejection: CONNECTION_LOSS, or what the ensemble refuses.
 * @throws {LedgerFormatError} by rejection, where something stands there that is none.
 */
export async function readLedger(
  session: Session,
  path: string,
  watcher?: () => void,
): Promise<Ledger | undefined> {
  const what = 'read of the ledger';
  // A watch that is set by a read of the data would miss the making of a ledger.
  if (watcher !== undefined && (await readStat(session, what, path, watcher)) === null) return undefined;
  const znode = await readZnode(session, what, path);
  return znode && decodeLedger(znode.data);
}

/**
 * Writes the ledger at a quorum, unless the contender's znode has gone. The request is on its way when this returns:
 * what is asked later over the same connection is answered later.
 * @throws {EnsembleError} by rejection: CONNECTION_LOSS, after which nothing is known, or what the ensemble refuses.
 */
export function writeLedger(session: Session, put: LedgerPut): Promise<LedgerOutcome> {
  const { znodePath, path, ledger, exists, acl } = put;
  const data = encodeLedger(ledger);
  return session.request<LedgerOutcome>('write of the ledger', (client, done) => {
    const transaction = client.transaction().check(znodePath);
    if (exists) transaction.setData(path, data);
    else transaction.create(path, data, toEntries(acl), zookeeper.CreateMode.PERSISTENT);
    transaction.commit((error, results) => {
      const refusal = results && refusalIn(results);
      if (refusal === undefined) done(error, 'written');
      else done(undefined, refusal);
    });
  });
}

/** Removes the ledger; settles with whether there was one. Rejects with an EnsembleError. */
export function removeLedger(session: Session, path: string): Promise<boolean> {
  return removeZnode(session, 'removal of the ledger', path);
}

/** Which of the refusals that are answers it is. The server says of each operation why it was not carried out. */
function refusalIn([check, change]: readonly OperationResult[]): LedgerOutcome | undefined {
  if (check?.err === CODE.NO_NODE) return 'znode-gone';
  if (change?.err === CODE.NO_NODE) return 'ledger-gone';
  if (change?.err === CODE.NODE_EXISTS) return 'ledger-exists';
  return undefined;
}
