// Owns what a contender asks of the ensemble for its job: the ledger, and whether somebody wants a run.
// Must never interpret an answer: it turns each into an event.

import type { Event } from '../election/messages.js';
import type { LedgerWrite } from '../supervisor/hands.js';
import type { Acl } from './acl.js';
import { ledgerPath, runRequestPath } from './control-path.js';
import { readInstruction } from './instruction.js';
import { readLedger, writeLedger } from './ledger.js';
import type { Session } from './session.js';

/** Looks whether somebody asks for a run. */
export async function lookForRuns(
  session: Session,
  electionPath: string,
  watcher: () => void,
): Promise<Event> {
  const path = runRequestPath(electionPath);
  const found = await readInstruction(session, 'look for a wanted run', path, watcher);
  if (found === undefined) return { type: 'run-not-asked' };
  const { zxid, ...instruction } = found;
  return { type: 'run-asked', request: { id: String(zxid), instruction } };
}

/** Reads the ledger, and sets a watch. */
export async function seeLedger(session: Session, electionPath: string, watcher: () => void): Promise<Event> {
  const ledger = await readLedger(session, ledgerPath(electionPath), watcher);
  return { type: 'ledger-seen', ledger: { ledger } };
}

/** Writes the ledger as long as our znode stands. The request is on its way when this returns. */
export async function putLedger(
  session: Session,
  electionPath: string,
  { name, ledger, exists, revision }: LedgerWrite,
  { acl, sentAt }: { readonly acl: Acl; readonly sentAt: number },
): Promise<Event> {
  const outcome = await writeLedger(session, {
    znodePath: `${electionPath}/${name}`,
    path: ledgerPath(electionPath),
    ledger,
    exists,
    acl,
  });
  return { type: 'ledger-written', sentAt, revision, outcome };
}
