// Owns a client's end of one connection: from the first packet to the last, with answers matched in order.

import { Pipe } from './network.js';
import type { Process } from './process.js';
import type { Appointment } from './queue.js';
import { cancel } from './queue.js';
import type { Answer, Read } from './server-connection.js';
import { ServerConnection } from './server-connection.js';
import type { Server } from './server.js';
import type { Stage } from './stage.js';
import type { Write } from './tree.js';

export interface ConnectionListener {
  /** `session` is undefined when it has expired; `sentAt` is when the connect request was written. */
  welcome(session: number | undefined, sentAt: number): void;
  watchFired(name: string): void;
  closed(reason: string): void;
}

export interface ClientConnectionOptions {
  readonly stage: Stage;
  readonly process: Process;
  readonly server: Server;
  readonly session: number | undefined;
  readonly lastZxidSeen: number;
  readonly silenceLimitMs: number;
  readonly sessionTimeoutMs: number;
}

type Payload = Read | Write;

export class ClientConnection {
  readonly server: Server;
  readonly #options: ClientConnectionOptions;
  readonly #listener: ConnectionListener;
  readonly #toServer: Pipe;
  readonly #toClient: Pipe;
  readonly #awaited: ((answer: Answer) => void)[] = [];
  readonly #timers = new Set<Appointment>();
  #peer: ServerConnection | undefined;
  #connectSentAt = 0;
  #lastTrafficAt = 0;
  #lastZxid: number;
  #open = true;

  constructor(options: ClientConnectionOptions, listener: ConnectionListener) {
    const { stage, process, server, silenceLimitMs } = options;
    const machine = process.machine.id;
    this.#options = options;
    this.#listener = listener;
    this.server = server;
    this.#lastZxid = options.lastZxidSeen;
    this.#toServer = new Pipe(stage.network, machine, server.id);
    this.#toClient = new Pipe(stage.network, server.id, machine);
    const limit = process.after(silenceLimitMs, () => {
      this.#close('no answer to the connect request');
    });
    this.#timers.add(limit);
    this.#toServer.send(() => {
      this.#onSynAtServer();
    });
  }

  get lastZxid(): number {
    return this.#lastZxid;
  }

  /** Past the silence limit the connection is dropped: `Session.request`. */
  request(payload: Payload, what: string, answered: (answer: Answer) => void): void {
    const { process, silenceLimitMs } = this.#options;
    const limit = process.after(silenceLimitMs, () => {
      this.#close(`no answer to ${what}`);
    });
    this.#timers.add(limit);
    this.#send(payload, (answer) => {
      this.#timers.delete(limit);
      cancel(limit);
      answered(answer);
    });
  }

  /** Hangs up. Nothing is heard of this connection any more; whatever was sent may still arrive. */
  abandon(): void {
    if (!this.#open) return;
    this.#end();
    this.#toServer.send(() => {
      this.#peer?.onClosed();
    });
  }

  /** Both sides see the connection break, and what was under way is lost. */
  reset(): void {
    if (!this.#open) return;
    this.#toServer.drop();
    this.#peer?.vanish();
    this.#peer?.onClosed();
    this.onClosed('connection reset');
  }

  // What arrives at the machine; the process reads it when it can.

  onWelcome(session: number | undefined): void {
    this.#read(() => {
      for (const timer of this.#timers) cancel(timer);
      this.#timers.clear();
      this.#lastTrafficAt = this.#options.process.now;
      if (session !== undefined) this.#pingWhenIdle();
      this.#listener.welcome(session, this.#connectSentAt);
    });
  }

  onAnswer(answer: Answer, zxid: number): void {
    this.#read(() => {
      this.#lastTrafficAt = this.#options.process.now;
      this.#lastZxid = zxid;
      this.#awaited.shift()?.(answer);
    });
  }

  onWatchFired(name: string): void {
    this.#read(() => {
      this.#listener.watchFired(name);
    });
  }

  onClosed(reason: string): void {
    this.#read(() => {
      this.#close(reason);
    });
  }

  #read(take: () => void): void {
    this.#options.process.read(() => {
      if (this.#open) take();
    });
  }

  #send(payload: Payload, answered: (answer: Answer) => void): void {
    this.#lastTrafficAt = this.#options.process.now;
    this.#awaited.push(answered);
    this.#toServer.send(() => {
      const peer = this.#peer;
      if (isRead(payload)) peer?.onRead(payload);
      else peer?.onWrite(payload);
    });
  }

  /** A machine without power says nothing; one whose server is not running refuses. */
  #onSynAtServer(): void {
    if (this.server.role === 'down') {
      if (!this.server.hasPower) return;
      this.#toClient.send(() => {
        this.onClosed('connection refused');
      });
      return;
    }
    this.#peer = new ServerConnection(this.server, this, this.#toServer, this.#toClient);
    this.#toClient.send(() => {
      this.#read(() => {
        const { session, process, lastZxidSeen } = this.#options;
        this.#connectSentAt = process.now;
        this.#toServer.send(() => {
          this.#peer?.onConnect(session, lastZxidSeen);
        });
      });
    });
  }

  /** The client library's ping after a third of the timeout without traffic; nobody looks for its answer. */
  #pingWhenIdle(): void {
    const { process, sessionTimeoutMs } = this.#options;
    const idleMs = sessionTimeoutMs / 3;
    const timer = process.after(Math.ceil(this.#lastTrafficAt + idleMs - process.now), () => {
      this.#timers.delete(timer);
      if (process.now - this.#lastTrafficAt >= idleMs) this.#send({ kind: 'ping' }, () => undefined);
      this.#pingWhenIdle();
    });
    this.#timers.add(timer);
  }

  #close(reason: string): void {
    if (!this.#open) return;
    this.abandon();
    this.#listener.closed(reason);
  }

  #end(): void {
    this.#open = false;
    for (const timer of this.#timers) cancel(timer);
    this.#timers.clear();
    this.#toClient.drop();
  }
}

const READS: ReadonlySet<Payload['kind']> = new Set<Read['kind']>([
  'children',
  'exists',
  'ledger',
  'request',
  'ping',
]);

function isRead(payload: Payload): payload is Read {
  return READS.has(payload.kind);
}
