// Owns a request for a run: the znode that asks for it, and finding in the ledger that it was granted.
// Must never ask twice for one wish: a request that has gone may have been granted.

import zookeeper from 'node-zookeeper-client';
import type { Instruction } from '../election/term.js';
import { EMPTY_LEDGER, type Ledger, runsOf, type RunEntry } from '../ledger/ledger.js';
import type { Acl } from './acl.js';
import { Alarm } from './alarm.js';
import { controlPath, ledgerPath, runRequestPath } from './control-path.js';
import { instructionData, readInstruction, type StandingInstruction } from './instruction.js';
import { readLedger } from './ledger.js';
import { makePath } from './parents.js';
import { createUnlessThere, removeZnode } from './requests.js';
import type { Session } from './session.js';

export interface RunRequestOptions {
  /** Of the election, with the chroot. */
  readonly path: string;
  readonly acl: Acl;
  readonly instruction: Instruction;
}

/** One wish for a run, over as many connections as it takes. Its methods reject with an EnsembleError. */
export class RunRequest {
  readonly #options: RunRequestOptions;
  /** The requests that stood when we looked, ours or somebody's: the run that grants one of them is the one. */
  readonly #followed = new Set<string>();
  #standing: StandingInstruction | undefined;
  #isWithdrawn = false;

  constructor(options: RunRequestOptions) {
    this.#options = options;
  }

  /** Whoever asked before us, as long as that request stands; undefined where it is our own that does. */
  get asker(): Instruction | undefined {
    return this.#isOurs ? undefined : this.#standing;
  }

  /** It may have been made without our hearing of it: what is in it tells. */
  get #isOurs(): boolean {
    const { host, since } = this.#options.instruction;
    return this.#standing?.host === host && this.#standing.since === since;
  }

  /** Asks unless somebody has asked already, and settles with the run that comes of it. */
  async granted(session: Session): Promise<RunEntry> {
    const { path, acl } = this.#options;
    await makePath(session, controlPath(path), acl);
    const alarm = new Alarm();
    for (;;) {
      await this.#look(session, alarm.watcher);
      // Read behind the request: if that has gone because it was granted, this shows the run.
      const run = this.#grantedIn(await readLedger(session, ledgerPath(path), alarm.watcher));
      if (run !== undefined) return run;
      if (this.#standing === undefined && !this.#isWithdrawn) await this.#ask(session);
      await alarm.woken();
    }
  }

  /** Takes our own request back, for good; settles with the run, if one was granted before. */
  async withdraw(session: Session): Promise<RunEntry | undefined> {
    const { path } = this.#options;
    this.#isWithdrawn = true;
    await this.#look(session);
    if (this.#isOurs) await removeZnode(session, 'removal of a request', runRequestPath(path));
    return this.#grantedIn(await readLedger(session, ledgerPath(path)));
  }

  async #look(session: Session, watcher?: () => void): Promise<void> {
    const path = runRequestPath(this.#options.path);
    this.#standing = await readInstruction(session, 'look for a request', path, watcher);
    if (this.#standing !== undefined) this.#followed.add(String(this.#standing.zxid));
  }

  #grantedIn(ledger: Ledger | undefined): RunEntry | undefined {
    return runsOf(ledger ?? EMPTY_LEDGER).find(
      ({ request }) => request !== undefined && this.#followed.has(request),
    );
  }

  /** Somebody may be faster: the next look shows whose it is. */
  async #ask(session: Session): Promise<void> {
    const { path, acl, instruction } = this.#options;
    await createUnlessThere(session, 'create of a request', {
      path: runRequestPath(path),
      data: instructionData(instruction),
      acl,
      mode: zookeeper.CreateMode.EPHEMERAL,
    });
  }
}
