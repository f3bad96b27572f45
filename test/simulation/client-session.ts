// Owns one session of a contender, as src/zookeeper/session.ts and the client library beneath it keep it.

import { reconnectPauseMs } from '../../src/election/timing.js';
import type { ClientConnectionOptions } from './client-connection.js';
import { ClientConnection } from './client-connection.js';
import type { Appointment } from './queue.js';
import { cancel } from './queue.js';
import type { Answer, Read } from './server-connection.js';
import type { Server } from './server.js';
import type { Write } from './tree.js';

export interface SessionListener {
  connected(session: number, sentAt: number): void;
  suspended(reason: string): void;
  lost(reason: string): void;
  watchFired(name: string): void;
}

export interface ClientSessionOptions extends Pick<
  ClientConnectionOptions,
  'stage' | 'process' | 'sessionTimeoutMs' | 'silenceLimitMs'
> {
  readonly servers: readonly Server[];
}

/** As in workarounds/d14-connect-attempts. */
const FIRST_PAUSE_MS = 20;

export class ClientSession {
  readonly #options: ClientSessionOptions;
  readonly #listener: SessionListener;
  readonly #order: readonly Server[];
  #id: number | undefined;
  #connection: ClientConnection | undefined;
  #connected = false;
  #lastZxid = 0;
  #tried = 0;
  #next = 0;
  #failedRounds = 0;
  #timer: Appointment | undefined;
  #over = false;

  constructor(options: ClientSessionOptions, listener: SessionListener) {
    this.#options = options;
    this.#listener = listener;
    this.#order = options.stage.random.shuffled(options.servers);
    this.#attempt();
  }

  get id(): number | undefined {
    return this.#id;
  }

  get isConnected(): boolean {
    return this.#connected;
  }

  /** The server at the other end, while there is one. */
  get server(): Server | undefined {
    return this.#connected ? this.#connection?.server : undefined;
  }

  request(payload: Read | Write, what: string, answered: (answer: Answer) => void): void {
    if (this.#connected) this.#connection?.request(payload, what, answered);
  }

  /** Leaves the present server for another one. */
  drop(reason: string): void {
    if (this.#over || this.#connection === undefined) return;
    this.#connection.abandon();
    this.#onClosed(reason);
  }

  reset(): void {
    this.#connection?.reset();
  }

  /** Ends the session if it can be reached, and lets go of it in any case. */
  close(): void {
    if (this.#over) return;
    if (!this.#connected) {
      this.abandon();
      return;
    }
    this.#over = true;
    this.#connection?.request({ kind: 'close-session' }, 'close of the session', () => {
      this.abandon();
    });
  }

  abandon(): void {
    this.#over = true;
    cancel(this.#timer);
    this.#connection?.abandon();
  }

  /** All servers at once, one after the other, then again after a pause that grows. */
  #attempt(): void {
    const { stage, process, silenceLimitMs } = this.#options;
    const endOfRound = this.#tried > 0 && this.#tried % this.#order.length === 0;
    const longestMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#failedRounds, reconnectPauseMs(silenceLimitMs));
    if (endOfRound) this.#failedRounds += 1;
    this.#tried += 1;
    this.#timer = process.after(endOfRound ? longestMs * stage.random.between(0.5, 1) : 0, () => {
      this.#connect(this.#order[this.#next++ % this.#order.length]!);
    });
  }

  #connect(server: Server): void {
    this.#connection = new ClientConnection(
      { ...this.#options, server, session: this.#id, lastZxidSeen: this.#lastZxid },
      {
        welcome: (session, sentAt) => {
          this.#onWelcome(session, sentAt);
        },
        watchFired: (name) => {
          if (!this.#over) this.#listener.watchFired(name);
        },
        closed: (reason) => {
          this.#onClosed(reason);
        },
      },
    );
  }

  #onWelcome(session: number | undefined, sentAt: number): void {
    if (this.#over) return;
    if (session === undefined) {
      this.abandon();
      this.#listener.lost('expired');
      return;
    }
    this.#id = session;
    this.#connected = true;
    this.#tried = 0;
    this.#failedRounds = 0;
    this.#listener.connected(session, sentAt);
  }

  #onClosed(reason: string): void {
    if (this.#over) return;
    const wasConnected = this.#connected;
    this.#lastZxid = Math.max(this.#lastZxid, this.#connection?.lastZxid ?? 0);
    this.#connected = false;
    this.#attempt();
    if (wasConnected) this.#listener.suspended(reason);
  }
}
