// Owns a server's end of a client's connection: requests in, answers in the same order out.

import type { Ledger } from '../../src/ledger/ledger.js';
import type { ClientConnection } from './client-connection.js';
import type { Server } from './server.js';
import type { Pipe } from './network.js';
import { LEDGER, RUN_REQUEST, type Write, type WriteResult } from './tree.js';

/** A write on its way through the quorum. */
export interface Request {
  readonly session: number;
  readonly write: Write;
  readonly server: number;
  readonly answer: (result: WriteResult) => void;
}

export type Read =
  | { readonly kind: 'children' }
  | { readonly kind: 'exists'; readonly name: string; readonly watch: boolean }
  | { readonly kind: 'ledger'; readonly watch: boolean }
  | { readonly kind: 'request' }
  | { readonly kind: 'ping' };

export type Answer =
  | WriteResult
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | {
      readonly kind: 'znode';
      readonly znode: { readonly session: number; readonly czxid: number } | undefined;
    }
  | { readonly kind: 'ledger'; readonly ledger: Ledger | undefined }
  | { readonly kind: 'request'; readonly czxid: number | undefined }
  | { readonly kind: 'pong' };

type Pending =
  | { readonly kind: 'read'; readonly read: Read }
  | { readonly kind: 'write'; result: WriteResult | undefined };

export class ServerConnection {
  readonly #server: Server;
  readonly #client: ClientConnection;
  readonly #toClient: Pipe;
  readonly #toServer: Pipe;
  readonly #pending: Pending[] = [];
  /** One-shot, and only here: a watch dies with its connection (DataTree, WatchManager). */
  readonly #watches = new Set<string>();
  #session = 0;
  #open = true;

  constructor(server: Server, client: ClientConnection, toServer: Pipe, toClient: Pipe) {
    this.#server = server;
    this.#client = client;
    this.#toServer = toServer;
    this.#toClient = toClient;
    server.connections.add(this);
  }

  get session(): number {
    return this.#session;
  }

  /** Only a quorum makes a session, and only the leader checks one (ZooKeeperServer.processConnectRequest). */
  onConnect(session: number | undefined, lastZxidSeen: number): void {
    const { serving } = this.#server;
    // "Refusing session request [...] as it has seen zxid [...]": nobody goes back in time.
    if (!this.#open || serving === undefined || lastZxidSeen > this.#server.tree.lastZxid) {
      this.close();
      return;
    }
    if (session === undefined) {
      this.#session = this.#server.ensemble.nextSession();
      serving.submit({
        session: this.#session,
        write: { kind: 'create-session' },
        server: this.#server.id,
        answer: () => {
          this.#welcome(true);
        },
      });
      return;
    }
    this.#server.hangUp(session, this);
    this.#session = session;
    serving.validate(session, (valid) => {
      this.#welcome(valid);
    });
  }

  onRead(read: Read): void {
    if (!this.#touch()) return;
    this.#pending.push({ kind: 'read', read });
    this.#answerInOrder();
  }

  /** Forwarded at once, even behind another one; answered when this server has applied it. */
  onWrite(write: Write): void {
    if (!this.#touch()) return;
    const pending: Pending = { kind: 'write', result: undefined };
    this.#pending.push(pending);
    this.#server.serving?.submit({
      session: this.#session,
      write,
      server: this.#server.id,
      answer: (result) => {
        if (!this.#open) return;
        pending.result = result;
        this.#answerInOrder();
      },
    });
  }

  onClosed(): void {
    this.#open = false;
    this.#server.connections.delete(this);
  }

  fire(name: string): void {
    if (!this.#watches.delete(name)) return;
    this.#toClient.send(() => {
      this.#client.onWatchFired(name);
    });
  }

  close(): void {
    if (!this.#open) return;
    this.vanish();
    this.#server.connections.delete(this);
    this.#toClient.send(() => {
      this.#client.onClosed('the server closed the connection');
    });
  }

  /** The machine has lost its power: nothing is said to anybody. */
  vanish(): void {
    this.#open = false;
    this.#toServer.drop();
  }

  /** What the client gets when the machine is up again and knows nothing of the connection. */
  reset(): void {
    this.#toClient.send(() => {
      this.#client.onClosed('connection reset');
    });
  }

  #welcome(valid: boolean): void {
    if (!this.#open) return;
    const session = valid ? this.#session : undefined;
    this.#toClient.send(() => {
      this.#client.onWelcome(session);
    });
    if (!valid) this.close();
  }

  /** ZooKeeperServer.submitRequestNow: touched first; a session unknown to the leader has its requests dropped. */
  #touch(): boolean {
    return this.#open && this.#server.serving?.touch(this.#session) === true;
  }

  /** CommitProcessor: the requests of one session in order, so a read waits for the writes ahead of it. */
  #answerInOrder(): void {
    for (let first = this.#pending[0]; first !== undefined && this.#open; first = this.#pending[0]) {
      if (first.kind === 'write' && first.result === undefined) return;
      this.#pending.shift();
      const answer = first.kind === 'read' ? this.#read(first.read) : first.result!;
      // Expired or moved: FinalRequestProcessor, sendCloseSession.
      if (answer.kind === 'session-refused') {
        this.close();
        return;
      }
      const zxid = this.#server.tree.lastZxid;
      this.#toClient.send(() => {
        this.#client.onAnswer(answer, zxid);
      });
    }
  }

  #read(read: Read): Answer {
    const { znodes, ledger, request } = this.#server.tree;
    switch (read.kind) {
      case 'children':
        return { kind: 'names', names: [...znodes.keys()] };
      case 'exists': {
        const znode = znodes.get(read.name);
        if (read.watch) this.#watches.add(read.name);
        return { kind: 'znode', znode };
      }
      case 'ledger':
        this.#server.ensemble.options.stage.cue('look');
        if (read.watch) this.#watches.add(LEDGER);
        return { kind: 'ledger', ledger };
      case 'request':
        this.#watches.add(RUN_REQUEST);
        return { kind: 'request', czxid: request };
      case 'ping':
        return { kind: 'pong' };
    }
  }
}
