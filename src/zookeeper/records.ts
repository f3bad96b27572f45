// Owns reading what is remembered of a job, and who could run it now. Reads only.

import type { NamePattern } from '../election/contenders.js';
import { LedgerFormatError } from '../ledger/format.js';
import type { Ledger } from '../ledger/ledger.js';
import { ledgerPath } from './control-path.js';
import { readLedger } from './ledger.js';
import { confirm, readChildren } from './requests.js';
import { readMembers, type Roster } from './roster.js';
import type { Session } from './session.js';

/** What is remembered of a job, as it was read. */
export type Records =
  | { readonly kind: 'kept'; readonly ledger: Ledger; readonly roster: Roster }
  | { readonly kind: 'none' }
  /** Something stands there that cannot be read as a ledger. */
  | { readonly kind: 'unreadable'; readonly because: string };

/** Whose records, and who is called, once, when they may look different. */
export interface RecordsSearch {
  /** With the chroot. */
  readonly path: string;
  readonly pattern: NamePattern;
  readonly watcher?: (() => void) | undefined;
}

/**
 * Reads the records of an election. They are at least as new as the call: a server that was cut off from the quorum
 * does not answer.
 * @throws {EnsembleError} by rejection: CONNECTION_LOSS, or what the ensemble refuses.
 */
export async function readRecords(session: Session, search: RecordsSearch): Promise<Records> {
  const { path, pattern, watcher } = search;
  await confirm(session, path);
  try {
    const ledger = await readLedger(session, ledgerPath(path), watcher);
    if (ledger === undefined) return { kind: 'none' };
    const names = await readChildren(session, 'read of the contenders', path, watcher);
    return { kind: 'kept', ledger, roster: await readMembers(session, path, pattern, names, watcher) };
  } catch (error) {
    if (error instanceof LedgerFormatError) return { kind: 'unreadable', because: error.message };
    throw error;
  }
}
