// Owns the requests that the core asks for under one election path, over one session after the other.
// Must never interpret an answer: it turns each into an event, with the moment its request was sent.

import type { Stat } from 'node-zookeeper-client';
import type { Clock } from '../clock.js';
import type { Event } from '../election/messages.js';
import { LedgerFormatError } from '../ledger/format.js';
import type { LedgerWrite } from '../supervisor/hands.js';
import { type Acl, OPEN } from './acl.js';
import { ledgerPath, pausePath, resignRequestPath } from './control-path.js';
import { denialOf } from './denial.js';
import type { Server } from './ensemble.js';
import { CODE, EnsembleError, hasCode } from './errors.js';
import { readInstruction } from './instruction.js';
import { lookForRuns, putLedger, seeLedger } from './job-requests.js';
import { readLedger } from './ledger.js';
import { OwnZnode, type OwnZnodeOptions } from './own-znode.js';
import { checkExists, readChildren, readContenderId, readStat, removeZnode } from './requests.js';
import { Session } from './session.js';

export interface ElectionLineOptions extends OwnZnodeOptions {
  readonly sessionTimeoutMs: number;
  readonly clock: Clock;
  readonly push: (event: Event) => void;
  readonly onAttempt: (server: Server) => void;
  /** A server has not let us in; `refused` if it never will, as we are. */
  readonly onFailure: (server: Server, reason: string, refused: boolean) => void;
  /** Told of every connect, before the event: what it takes to end this session from outside. */
  readonly onSession: (id: string, password: Buffer, timeoutMs: number) => void;
}

/** Errors that no retry will mend. */
const FATAL = new Map<number, string>([
  [CODE.INVALID_ACL, 'the ensemble refuses our --acl'],
  [CODE.UNIMPLEMENTED, 'the ensemble does not know this request'],
  [CODE.NO_CHILDREN_FOR_EPHEMERALS, 'its parent is an ephemeral znode'],
]);

/** One contender's requests. Every method returns at once; answers come as events, or not at all when the connection is lost. */
export class ElectionLine {
  readonly #options: ElectionLineOptions;
  readonly #root: string;
  readonly #acl: Acl;
  readonly #ownZnode: OwnZnode;
  readonly #watchers = new Map<string, () => void>();
  #session: Session | undefined;
  #wasConnected = false;

  constructor(options: ElectionLineOptions) {
    this.#options = options;
    this.#root = options.ensemble.chroot + options.electionPath;
    this.#acl = options.ensemble.acl ?? OPEN;
    this.#ownZnode = new OwnZnode(options);
  }

  openSession(): void {
    const { onAttempt, onFailure, onSession, ensemble, sessionTimeoutMs, clock } = this.#options;
    this.#session?.abandon();
    this.#watchers.clear();
    const session = new Session(
      { ensemble, sessionTimeoutMs, clock },
      {
        connected: (sessionId, grantedMs, sentAt) => {
          this.#wasConnected = true;
          if (session === this.#session) onSession(sessionId, session.password, grantedMs);
          this.#report(session, { type: 'connected', sessionId, sessionTimeoutMs: grantedMs, sentAt });
        },
        suspended: (reason) => {
          this.#report(session, { type: 'suspended', reason });
        },
        lost: (reason) => {
          this.#report(session, { type: 'lost', reason });
        },
        attempt: onAttempt,
        failed: onFailure,
        denied: (message) => {
          // Whoever was let in before is more likely to be let in again than to have become wrong.
          if (!this.#wasConnected) this.#report(session, { type: 'denied', message });
        },
      },
    );
    this.#session = session;
  }

  /** Settles when the session has ended, or could not be ended in time; never rejects. */
  async close(): Promise<void> {
    await this.#session?.close();
  }

  /** Reads the names under the election path, and whatever of it may be ours. */
  survey(sentAt: number): void {
    this.#perform('survey', (session) => this.#ownZnode.survey(session, sentAt));
  }

  /** Makes the contender znode, and its missing parents. */
  join(sentAt: number): void {
    this.#perform('join', (session) => this.#ownZnode.join(session, sentAt));
  }

  read(sentAt: number): void {
    this.#perform('read of the contenders', async (session) => ({
      type: 'contenders',
      sentAt,
      names: await readChildren(session, 'read of the contenders', this.#root),
    }));
  }

  /** Sets the one watch of a standby, and asks who stands there and who leads. */
  watch(name: string, leader: string, sentAt: number): void {
    this.#perform('watch of the predecessor', async (session) => {
      const [stat, predecessorId, leaderId] = await Promise.all([
        this.#exists(session, name, this.#watcher(session, name, { type: 'watch-fired', name })),
        this.#idOf(session, name),
        this.#idOf(session, leader),
      ]);
      const ids = { predecessor: predecessorId, leader: leaderId };
      return { type: 'watching', sentAt, name, exists: stat !== null, ids };
    });
  }

  /** What it reads behind the heartbeat is at least as new: whatever was confirmed before it is seen. */
  heartbeat(name: string, looksAround: boolean, sentAt: number): void {
    this.#perform('heartbeat', async (session) => {
      const [znodeExists, pause, ledger] = await Promise.all([
        checkExists(session, 'heartbeat', this.#path(name)),
        looksAround ? readInstruction(session, 'look for a pause', pausePath(this.#root)) : undefined,
        looksAround && this.#options.keepsLedger ? readLedger(session, ledgerPath(this.#root)) : undefined,
      ]);
      const found = looksAround && this.#options.keepsLedger ? { ledger } : undefined;
      return { type: 'heartbeat', sentAt, znodeExists, pause, ledger: found };
    });
  }

  /** Looks for a request to the contender of that name; answers only if there is one. */
  listen(name: string): void {
    this.#perform('look for requests', async (session) => {
      const path = resignRequestPath(this.#root, name);
      const watcher = this.#watcher(session, path, { type: 'request-fired', name });
      const request = await readInstruction(session, 'look for requests', path, watcher);
      return request && { type: 'resign-asked', name, request };
    });
  }

  /** Looks whether somebody asks for a run. */
  listenForRuns(): void {
    this.#perform('look for a wanted run', (session) =>
      lookForRuns(session, this.#root, this.#watcher(session, 'run-now', { type: 'run-request-fired' })),
    );
  }

  /** Answers now, and whenever the ledger has changed on this connection. */
  watchLedger(): void {
    this.#perform('look at the ledger', (session) => {
      const watcher = this.#watcherThat('ledger', () => {
        if (session === this.#session) this.watchLedger();
      });
      return seeLedger(session, this.#root, watcher);
    });
  }

  writeLedger(request: LedgerWrite, sentAt: number): void {
    this.#perform('write of the ledger', (session) =>
      putLedger(session, this.#root, request, { acl: this.#acl, sentAt }),
    );
  }

  remove(name: string, sentAt: number): void {
    this.#perform('removal of our znode', async (session) => {
      await removeZnode(session, 'removal of our znode', this.#path(name));
      return { type: 'removed', sentAt, name };
    });
  }

  /** Hands an event on outside the client's socket handler, where a bug of ours would pass for an unreadable answer. */
  #report(session: Session, event: Event): void {
    queueMicrotask(() => {
      this.#push(session, event);
    });
  }

  /** What a session has said that was given up meanwhile would pass for the next one's. */
  #push(session: Session, event: Event): void {
    if (session === this.#session) this.#options.push(event);
  }

  #perform(what: string, request: (session: Session) => Promise<Event | undefined>): void {
    const session = this.#session;
    if (session === undefined) return;
    const answer = (event: Event | undefined): void => {
      if (event !== undefined) this.#push(session, event);
    };
    request(session).then(answer, (error: unknown) => {
      // The session has reported, or will report, that the connection is gone: the core starts over with the next.
      if (hasCode(error, CODE.CONNECTION_LOSS)) return;
      const where = `${what} at ${this.#options.electionPath}`;
      if (error instanceof LedgerFormatError) {
        answer({ type: 'refused', message: this.#unreadable(error) });
        return;
      }
      if (!(error instanceof EnsembleError)) throw error;
      const denial = denialOf(error, this.#options.ensemble);
      const fatal = FATAL.get(error.code);
      if (denial !== undefined) answer({ type: 'denied', message: `${where}: ${denial}` });
      else if (fatal !== undefined) answer({ type: 'refused', message: `${where}: ${fatal}` });
      else session.drop(error.message);
    });
  }

  #unreadable({ message, isNewer }: LedgerFormatError): string {
    const wayOut = isNewer
      ? ''
      : '; remove it with zk-leader-run history --remove, or choose another --election';
    return `${ledgerPath(this.#options.electionPath)} cannot be read as the records of runs: ${message}${wayOut}`;
  }

  #path(name: string): string {
    return `${this.#root}/${name}`;
  }

  #exists(session: Session, name: string, watcher?: () => void): Promise<Stat | null> {
    return readStat(session, 'look at a contender', this.#path(name), watcher);
  }

  #idOf(session: Session, name: string): Promise<string | undefined> {
    return readContenderId(session, 'look at a contender', this.#path(name));
  }

  #watcher(session: Session, key: string, event: Event): () => void {
    return this.#watcherThat(key, () => {
      this.#push(session, event);
    });
  }

  /** One function for each key: the client keeps a watcher until it fires, and knows a second one by identity. */
  #watcherThat(key: string, act: () => void): () => void {
    const known = this.#watchers.get(key);
    if (known !== undefined) return known;
    const watcher = (): void => {
      this.#watchers.delete(key);
      queueMicrotask(act);
    };
    this.#watchers.set(key, watcher);
    return watcher;
  }
}
