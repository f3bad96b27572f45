// Owns watching what stands at the ensemble, over one session after the other. It looks again when a watch fires or a
// connection is made, and never polls; what it asks every few seconds is whether its server still hears the quorum.

import type { Clock } from '../clock.js';
import { describeFailure } from './denial.js';
import { CODE, EnsembleError, hasCode } from './errors.js';
import { NOBODY } from './inquiry.js';
import { addressOf, type Ensemble } from './ensemble.js';
import { confirm } from './requests.js';
import { Session } from './session.js';

/** A silent server is left after a sixth of it: see silenceLimitMs(). */
const SESSION_MS = 12_000;
const CONFIRMATIONS_PER_SESSION = 6;

/** Between a lost session and the next: a reason to lose it may last. */
const PAUSE_MS = 500;

/** Told in order, outside the client's socket handler. */
export interface ObserverListener<Seen> {
  /** As it is: no older than the last change, or than the connection. */
  seen(seen: Seen): void;
  /** What was seen may be out of date, until something is seen again. */
  suspended(because: string): void;
  /** The last word: the ensemble does not let us look. */
  refused(because: string): void;
}

export interface ObserverOptions<Seen> {
  readonly ensemble: Ensemble;
  /** Where a quorum is asked for between the looks; without the chroot. */
  readonly path: string;
  /**
   * Looks over one connection, and has the watcher called when it may look different; rejects with an EnsembleError.
   * What it settles with is no older than the call.
   */
  readonly look: (session: Session, watcher: () => void) => Promise<Seen>;
  readonly clock: Clock;
}

/** Watches from its construction until it is closed. */
export class Observer<Seen> {
  readonly #options: ObserverOptions<Seen>;
  readonly #listener: ObserverListener<Seen>;
  #session: Session | undefined;
  #timer: NodeJS.Timeout | undefined;
  #missing = NOBODY;
  #reading = false;
  #outdated = false;
  #closed = false;

  constructor(options: ObserverOptions<Seen>, listener: ObserverListener<Seen>) {
    this.#options = options;
    this.#listener = listener;
    this.#open();
  }

  /** What nothing was seen for want of, as long as nothing was. */
  get missing(): string {
    return this.#missing;
  }

  /** Ends the session, if it can be reached. Settles within 2 s; never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#session?.close();
  }

  #open(): void {
    const { ensemble, clock } = this.#options;
    const session = new Session(
      { ensemble, sessionTimeoutMs: SESSION_MS, clock },
      {
        connected: (_id, grantedMs) => {
          this.#missing = 'no quorum has answered';
          this.#look(session, watcher);
          this.#keepConfirming(session, grantedMs / CONFIRMATIONS_PER_SESSION);
        },
        suspended: (reason) => {
          this.#suspend(reason);
        },
        lost: (reason) => {
          this.#suspend(`the session was lost: ${reason}`);
          this.#timer = setTimeout(() => {
            this.#open();
          }, PAUSE_MS);
        },
        attempt: () => undefined,
        failed: (server, reason) => {
          if (session.id === undefined) this.#missing = `${NOBODY}: ${addressOf(server)}: ${reason}`;
        },
        denied: (message) => {
          this.#tell(() => {
            this.#listener.refused(`${NOBODY}: ${message}`);
          });
        },
      },
    );
    // One function for all watches: the client keeps it for each path until it fires, and knows it by identity.
    const watcher = (): void => {
      queueMicrotask(() => {
        this.#look(session, watcher);
      });
    };
    this.#session = session;
  }

  /** One reading at a time: what changes meanwhile is in the next one. */
  #look(session: Session, watcher: () => void): void {
    this.#outdated = true;
    if (this.#reading) return;
    this.#reading = true;
    this.#perform(this.#lookWhileOutdated(session, watcher).finally(() => (this.#reading = false)));
  }

  async #lookWhileOutdated(session: Session, watcher: () => void): Promise<void> {
    while (this.#outdated && !this.#closed) {
      this.#outdated = false;
      const seen = await this.#options.look(session, watcher);
      this.#tell(() => {
        this.#listener.seen(seen);
      });
    }
  }

  #keepConfirming(session: Session, intervalMs: number): void {
    const { ensemble, path } = this.#options;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#perform(
        confirm(session, ensemble.chroot + path).then(() => {
          if (!this.#closed) this.#keepConfirming(session, intervalMs);
        }),
      );
    }, intervalMs);
  }

  #perform(work: Promise<void>): void {
    work.catch((error: unknown) => {
      // The session reports that itself, and connects again.
      if (hasCode(error, CODE.CONNECTION_LOSS)) return;
      if (!(error instanceof EnsembleError)) throw error;
      this.#tell(() => {
        this.#listener.refused(describeFailure(error, this.#options.ensemble));
      });
    });
  }

  #suspend(because: string): void {
    clearTimeout(this.#timer);
    this.#tell(() => {
      this.#listener.suspended(because);
    });
  }

  #tell(what: () => void): void {
    queueMicrotask(() => {
      if (!this.#closed) what();
    });
  }
}
