// A TCP proxy on loopback whose network a test can break: lose, hold back, delay, reset, cut, forge.
// Every mode applies at once to the connections there are and to those that come.
import { EventEmitter, once } from 'node:events';
import { type Server, Socket, createServer } from 'node:net';
import { type Direction, Flow, type FrameVerdict, type Lane, freeLane, resetSocket } from './proxy-flow.js';
import { withDeadline } from './wait.js';

export type { Direction, FrameVerdict } from './proxy-flow.js';

export interface Target {
  host: string;
  port: number;
}

interface Connection {
  client: Socket;
  /** Undefined until the connection is let through. */
  server: Socket | undefined;
  flows: Record<Direction, Flow>;
}

export interface ProxyOptions {
  /** The port to listen on; a free one unless given. */
  port?: number;
  /** For how long a server that refuses is dialled again before the client is reset. */
  dialForMs?: number;
}

const DIAL_AGAIN_MS = 25;

export class TcpProxy {
  readonly #target: Target;
  readonly #dialForMs: number;
  readonly #listener: Server;
  readonly #connections = new Set<Connection>();
  readonly #lanes: Record<Direction, Lane> = { toServer: freeLane(), toClient: freeLane() };
  readonly #bytes: Record<Direction, number> = { toServer: 0, toClient: 0 };
  readonly #events = new EventEmitter<{
    accepted: [];
    cut: [];
    chunk: [direction: Direction, chunk: Buffer];
  }>();
  #admission: 'pass' | 'refuse' | 'blackhole' = 'pass';
  #accepted = 0;

  private constructor(target: Target, dialForMs: number, listener: Server) {
    this.#target = target;
    this.#dialForMs = dialForMs;
    this.#listener = listener;
    this.#events.setMaxListeners(0);
    listener.on('connection', (client) => {
      this.#admit(client);
    });
  }

  /** Listens on 127.0.0.1. */
  static async listen(target: Target, { port = 0, dialForMs = 0 }: ProxyOptions = {}): Promise<TcpProxy> {
    const listener = createServer({ allowHalfOpen: true, noDelay: true });
    const proxy = new TcpProxy(target, dialForMs, listener);
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
    // A test that fails before it closes its proxy must end all the same.
    listener.unref();
    return proxy;
  }

  get port(): number {
    const address = this.#listener.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy is closed');
    return address.port;
  }

  /** The proxy as a connect string. */
  get address(): string {
    return `127.0.0.1:${String(this.port)}`;
  }

  /** How many connections are open now. */
  get connections(): number {
    return this.#connections.size;
  }

  /** How many connections there ever were, including those refused. */
  get accepted(): number {
    return this.#accepted;
  }

  /** How many bytes the server sent, whether they were let through or not. */
  get bytesToClient(): number {
    return this.#bytes.toClient;
  }

  /** How many bytes the clients sent, whether they were let through or not. */
  get bytesToServer(): number {
    return this.#bytes.toServer;
  }

  /** Resolves at the next connection made after this call. */
  async waitForConnection(): Promise<void> {
    await withDeadline('a connection to the proxy', once(this.#events, 'accepted'));
  }

  /**
   * Heals the network: what was held back goes on in order, a connection that lost bytes is reset.
   * What rewrite() and onFrame() have set stays.
   */
  pass(): void {
    this.#admission = 'pass';
    this.#setLanes('both', { action: 'pass', delayMs: 0, bytesUntilReset: undefined });
    for (const connection of this.#connections) {
      const { toServer, toClient } = connection.flows;
      if (toServer.lost || toClient.lost) {
        reset(connection);
        continue;
      }
      if (connection.server === undefined) this.#dial(connection);
      toServer.release();
      toClient.release();
    }
  }

  /** Loses everything silently: connections stay open and TCP acknowledges. New ones stop here. */
  drop(direction: Direction | 'both' = 'both'): void {
    this.#setLanes(direction, { action: 'drop' });
  }

  /** Holds everything back until pass(), the closing of a connection included. */
  stall(direction: Direction | 'both' = 'both'): void {
    this.#setLanes(direction, { action: 'stall' });
  }

  /** Lets everything through so much later, in order. */
  delay(delayMs: number, direction: Direction | 'both' = 'both'): void {
    this.#setLanes(direction, { delayMs });
  }

  /** Resets (RST) every connection; new ones are served. */
  resetAll(): void {
    for (const connection of this.#connections) reset(connection);
  }

  /** Resets every connection, and each new one as soon as it is made, until pass(). */
  refuse(): void {
    this.#admission = 'refuse';
    this.resetAll();
  }

  /** Accepts new connections and lets nothing of them through until pass(). Those there are go on. */
  blackhole(): void {
    this.#admission = 'blackhole';
  }

  /** Lets exactly so many more bytes through to the clients, then resets that connection and resolves. */
  async cutMidReply(bytes: number): Promise<void> {
    this.#setLanes('toClient', { bytesUntilReset: bytes });
    await withDeadline('a reply to cut', once(this.#events, 'cut'));
  }

  /** Tells of everything that arrives, before any mode applies to it. Returns what ends it. */
  onChunk(listener: (direction: Direction, chunk: Buffer) => void): () => void {
    this.#events.on('chunk', listener);
    return () => {
      this.#events.off('chunk', listener);
    };
  }

  /** Replaces each chunk as it arrives; undefined swallows it. Returns what ends it. */
  rewrite(direction: Direction, rewrite: (chunk: Buffer) => Buffer | undefined): () => void {
    const lane = this.#lanes[direction];
    lane.rewrite = rewrite;
    return () => {
      if (lane.rewrite === rewrite) lane.rewrite = undefined;
    };
  }

  /**
   * Judges each whole frame, its 4-byte length included: it passes, is dropped, is held (and all behind
   * it) until release() or pass(), or gives way to the buffer returned. Returns what ends the judging.
   */
  onFrame(direction: Direction, onFrame: (frame: Buffer) => FrameVerdict): () => void {
    const lane = this.#lanes[direction];
    lane.onFrame = onFrame;
    return () => {
      if (lane.onFrame === onFrame) lane.onFrame = undefined;
    };
  }

  /** Lets go of the frames that onFrame() held. */
  release(): void {
    for (const { flows } of this.#connections) {
      flows.toServer.release();
      flows.toClient.release();
    }
  }

  /** Closes the port and resets every connection. */
  async close(): Promise<void> {
    if (!this.#listener.listening) return;
    const closed = once(this.#listener, 'close');
    this.#listener.close();
    this.resetAll();
    await withDeadline('the proxy to close', closed);
  }

  #setLanes(direction: Direction | 'both', change: Partial<Lane>): void {
    if (direction !== 'toClient') Object.assign(this.#lanes.toServer, change);
    if (direction !== 'toServer') Object.assign(this.#lanes.toClient, change);
  }

  #admit(client: Socket): void {
    this.#accepted += 1;
    if (this.#admission === 'refuse') {
      resetSocket(client);
    } else {
      const connection = this.#join(client);
      if (this.#admission === 'pass' && this.#lanes.toServer.action === 'pass') this.#dial(connection);
    }
    this.#events.emit('accepted');
  }

  #join(client: Socket): Connection {
    const flow = (direction: Direction) =>
      new Flow(this.#lanes[direction], {
        seen: (chunk) => {
          this.#bytes[direction] += chunk.length;
          this.#events.emit('chunk', direction, chunk);
        },
        cut: () => {
          reset(connection);
          this.#events.emit('cut');
        },
      });
    const connection: Connection = {
      client,
      server: undefined,
      flows: { toServer: flow('toServer'), toClient: flow('toClient') },
    };
    this.#connections.add(connection);
    connection.flows.toServer.drain(client);
    connection.flows.toClient.open(client);
    client.on('close', () => {
      this.#forgetClosed(connection);
    });
    client.unref();
    return connection;
  }

  #dial(connection: Connection): void {
    const giveUpAt = performance.now() + this.#dialForMs;
    const { client, flows } = connection;
    const dialOnce = () => {
      if (client.destroyed) return;
      const server = new Socket({ allowHalfOpen: true });
      connection.server = server;
      const refused = () => {
        if (performance.now() >= giveUpAt) flows.toClient.fail();
        else setTimeout(dialOnce, DIAL_AGAIN_MS).unref();
      };
      server.once('error', refused);
      server.on('close', () => {
        this.#forgetClosed(connection);
      });
      server.connect({ ...this.#target, noDelay: true }, () => {
        server.removeListener('error', refused);
        flows.toClient.drain(server);
        flows.toServer.open(server);
      });
      server.unref();
    };
    dialOnce();
  }

  #forgetClosed(connection: Connection): void {
    const { client, server } = connection;
    if (client.destroyed && server?.destroyed !== false) this.#connections.delete(connection);
  }
}

function reset({ client, server, flows }: Connection): void {
  flows.toServer.stop();
  flows.toClient.stop();
  resetSocket(client);
  if (server !== undefined) resetSocket(server);
}
