// Owns one ZooKeeper session: its client, its connections, its requests.
// Must never decide whether we lead: it reports, and no answer or state of the client's is a lease.
//
// What it works around in node-zookeeper-client 1.1.3, and where:
//   D1, D10  silence, lost callbacks      request(): every request has a limit; past it the connection is dropped
//   D2       unanswered connect           workarounds/d02-unanswered-connect
//   D3       pings held back by traffic   the core sends a request of its own every T/6 at least
//   D4       partial reply kept           workarounds/d04-kept-partial-reply
//   D5       answers that crash           workarounds/d05-crashing-answers
//   D6, D16  close(), dead clients        workarounds/d06-close; one client for each session
//   D7       retries double a create      retries: 0
//   D8       answers that come too late   the core counts from the moment of sending
//   D9, D11  requests executed late       request(): only when connected; workarounds/d09-late-requests
//   D12      credentials                  workarounds/d12-auth; `connected` waits until they are taken
//   D13      version 0 means any          no versions are used
//   D14      attempts, addresses          workarounds/d14-connect-attempts, d14-failed-attempts
//   D15      watches silent when lost     the core reads again after every connect
//   D17      no TLS                       workarounds/d17-plain-sockets

import type { Client, ClientError } from 'node-zookeeper-client';
import zookeeper from 'node-zookeeper-client';
import type { Clock } from '../clock.js';
import { silenceLimitMs } from '../election/timing.js';
import { Admission, type AdmissionListener } from './admission.js';
import { readAuthFile } from './auth-file.js';
import type { Ensemble, Server } from './ensemble.js';
import { CODE, EnsembleError, hasCode } from './errors.js';
import { connectTls } from './tls.js';
import { limitConnectAttempts } from './workarounds/d02-unanswered-connect.js';
import { forgetPartialReplies } from './workarounds/d04-kept-partial-reply.js';
import { nameEveryErrorCode, surviveUnreadableAnswers } from './workarounds/d05-crashing-answers.js';
import { abandon, closeIfConnected } from './workarounds/d06-close.js';
import { forgetUnsentRequests } from './workarounds/d09-late-requests.js';
import { AuthRefused, showCredentials } from './workarounds/d12-auth.js';
import { chooseServers } from './workarounds/d14-connect-attempts.js';
import { tellEnds } from './workarounds/d14-failed-attempts.js';
import { connectSecurely } from './workarounds/d17-plain-sockets.js';
import { STATE } from './workarounds/state.js';

/** Told of every change, in order, and never again after `lost`. */
export interface SessionListener extends AdmissionListener {
  /** `sentAt`: a moment of the clock before the connect request was written. */
  connected(sessionId: string, sessionTimeoutMs: number, sentAt: number): void;
  suspended(reason: string): void;
  /** The session is certainly gone, or can never be had back. */
  lost(reason: string): void;
  attempt(server: Server): void;
}

export interface SessionOptions {
  readonly ensemble: Ensemble;
  /** Asked of the ensemble, in milliseconds. */
  readonly sessionTimeoutMs: number;
  /** How long a server may be silent; by the session's timeout, min(T/6, 2 s), unless it is given. */
  readonly silenceLimitMs?: number;
  readonly clock: Clock;
}

nameEveryErrorCode();

type Done<T> = (error: ClientError | null | undefined, result: T) => void;

/** A session from its first attempt to connect to its end. It begins with the constructor. */
export class Session {
  readonly #client: Client;
  readonly #listener: SessionListener;
  readonly #fixedSilenceLimitMs: number | undefined;
  readonly #cancel: (() => void)[] = [];
  #sessionTimeoutMs: number;
  #sessionId: string | undefined;
  #dropReason: string | undefined;
  #connected = false;
  readonly #admission: Admission;
  /** Fails each request that is under way. */
  readonly #underWay = new Set<() => void>();
  #over = false;

  constructor(options: SessionOptions, listener: SessionListener) {
    this.#sessionTimeoutMs = options.sessionTimeoutMs;
    this.#listener = listener;
    const { authFile, servers, tls } = options.ensemble;
    this.#admission = new Admission(options.ensemble, listener);
    this.#fixedSilenceLimitMs = options.silenceLimitMs;
    // The address given here is never used: chooseServers() brings the real ones.
    this.#client = zookeeper.createClient('127.0.0.1:1', {
      sessionTimeout: options.sessionTimeoutMs,
      spinDelay: 0,
      retries: 0,
    });
    const manager = this.#client.connectionManager;
    // Servers before 3.5 leak a slot for a request numbered 0 (node-zookeeper-client#100).
    manager.xid = 1;
    // Its own limit for the TCP handshake is made of the timeout asked for, which may be next to nothing.
    if (options.silenceLimitMs !== undefined) manager.connectTimeout = options.silenceLimitMs;
    forgetPartialReplies(this.#client);
    forgetUnsentRequests(this.#client);
    surviveUnreadableAnswers(this.#client);
    tellEnds(this.#client, (error) => {
      if (this.#connected || this.#over) return;
      const dropped = this.#dropped();
      this.#admission.failed(error ?? dropped);
    });
    if (tls !== undefined) connectSecurely(this.#client, (server) => connectTls(server, tls));
    if (authFile !== undefined) showCredentials(this.#client, () => readAuthFile(authFile));
    const limitMs = (): number => this.#silenceLimitMs();
    const attempts = limitConnectAttempts(this.#client, limitMs, () => {
      this.drop(`it does not answer within ${Math.round(limitMs())}ms`);
    });
    const choice = chooseServers(this.#client, servers, this.#silenceLimitMs(), (server) => {
      attempts.begin();
      this.#admission.attempt(server);
      this.#listener.attempt(server);
    });
    this.#cancel.push(choice.cancel, attempts.cancel);

    let connectSentAt = options.clock();
    const sendConnect = manager.onSocketConnected.bind(manager);
    manager.onSocketConnected = () => {
      connectSentAt = options.clock();
      sendConnect();
    };
    const letIn = (sentAt: number): void => {
      choice.connected();
      this.#admission.settle();
      this.#onConnected(sentAt);
    };
    const showThenLetIn = async (sentAt: number): Promise<void> => {
      if (await this.#credentialsTaken()) letIn(sentAt);
    };
    manager.on('state', (state: number) => {
      if (state === STATE.CONNECTED) {
        if (authFile === undefined) letIn(connectSentAt);
        else void showThenLetIn(connectSentAt);
      } else if (state === STATE.DISCONNECTED) {
        this.#onDisconnected();
      } else if (state === STATE.SESSION_EXPIRED) {
        this.#onLost('expired');
      }
    });
    this.#client.connect();
  }

  /** 16 hexadecimal digits, or undefined before the first connect. */
  get id(): string | undefined {
    return this.#sessionId;
  }

  /** As granted; as asked before the first connect. */
  get timeoutMs(): number {
    return this.#sessionTimeoutMs;
  }

  /** What the server wants to see of whoever takes the session up, or ends it: 16 bytes. */
  get password(): Buffer {
    return this.#client.getSessionPassword();
  }

  /** Credentials go out first, and are answered only if they are refused: the answer to the next request will do. */
  async #credentialsTaken(): Promise<boolean> {
    const manager = this.#client.connectionManager;
    try {
      await this.request<unknown>('our credentials', (client, done) => {
        client.exists('/', undefined, done);
      });
    } catch (error) {
      if (hasCode(error, CODE.CONNECTION_LOSS)) return false;
      if (hasCode(error, CODE.AUTH_REQUIRED)) manager.socket?.destroy(new AuthRefused());
    }
    return !this.#over && manager.state === STATE.CONNECTED;
  }

  #onConnected(connectSentAt: number): void {
    const sessionId = this.#client.getSessionId().toString('hex');
    // A server may silently give a new session on reconnect (ClickHouse#116690).
    if (this.#sessionId !== undefined && this.#sessionId !== sessionId) {
      this.#onLost(`replaced by session 0x${sessionId}`);
      return;
    }
    this.#sessionId = sessionId;
    this.#connected = true;
    this.#dropReason = undefined;
    this.#sessionTimeoutMs = this.#client.getSessionTimeout();
    this.#listener.connected(sessionId, this.#sessionTimeoutMs, connectSentAt);
  }

  /** Why it is us who have ended the connection; asked once. */
  #dropped(): Error | undefined {
    const reason = this.#dropReason;
    this.#dropReason = undefined;
    return reason === undefined ? undefined : new Error(reason);
  }

  #onDisconnected(): void {
    // A request whose answer the client has lost must not outlive its connection, and drop the next one (D10).
    for (const lose of [...this.#underWay]) lose();
    if (!this.#connected || this.#over) return;
    this.#connected = false;
    this.#listener.suspended(this.#dropped()?.message ?? 'the server closed the connection');
  }

  #onLost(reason: string): void {
    if (this.#over) return;
    this.abandon();
    this.#listener.lost(reason);
  }

  #silenceLimitMs(): number {
    return this.#fixedSilenceLimitMs ?? silenceLimitMs(this.#sessionTimeoutMs);
  }

  /**
   * Sends one request over the present connection. Settles within the silence limit, min(T/6, 2 s): a server that
   * has not answered by then is left for another one.
   * @throws {EnsembleError} by rejection: the server's code, or CONNECTION_LOSS, after which nothing is known.
   */
  request<T>(what: string, send: (client: Client, done: Done<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = (code: number): void => {
        clearTimeout(timer);
        this.#underWay.delete(lose);
        reject(new EnsembleError(what, code));
      };
      const lose = (): void => {
        fail(CODE.CONNECTION_LOSS);
      };
      const limitMs = this.#silenceLimitMs();
      const timer = setTimeout(() => {
        this.drop(`no answer to ${what} for ${Math.round(limitMs)}ms`);
        lose();
      }, limitMs);
      if (this.#over || this.#client.connectionManager.state !== STATE.CONNECTED) {
        lose();
        return;
      }
      this.#underWay.add(lose);
      send(this.#client, (error, result) => {
        if (error !== null && error !== undefined) {
          fail(error.getCode());
          return;
        }
        clearTimeout(timer);
        this.#underWay.delete(lose);
        resolve(result);
      });
    });
  }

  /** Leaves the present server for another one. The session lives on. */
  drop(reason: string): void {
    if (this.#over) return;
    this.#dropReason ??= reason;
    this.#client.connectionManager.socket?.destroy();
  }

  /** Ends the session, if it can be reached. Settles within the silence limit; never rejects. */
  async close(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    await closeIfConnected(this.#client, this.#silenceLimitMs());
    this.abandon();
  }

  /** Lets go at once; the session, if there is one, ends by its timeout. */
  abandon(): void {
    this.#over = true;
    this.#admission.settle();
    for (const cancel of this.#cancel) cancel();
    for (const lose of [...this.#underWay]) lose();
    abandon(this.#client);
  }
}
