// A client of the library alone, on a connection that nothing disturbs: it sees what is really on the servers,
// and does there what somebody else would do.
import { once } from 'node:events';
import type { Client, ClientError, Stat, WatchEvent } from 'node-zookeeper-client';
import zookeeper from 'node-zookeeper-client';
import { limitConnectAttempts } from '../../../src/zookeeper/workarounds/d02-unanswered-connect.js';
import { STATE } from '../../../src/zookeeper/workarounds/state.js';
import { withDeadline } from '../../support/wait.js';

/** What the library has beside what the program needs of it. */
interface WholeClient extends Client {
  getChildren(path: string, callback: GetChildrenCallback): void;
  getChildren(path: string, watcher: (event: WatchEvent) => void, callback: GetChildrenCallback): void;
  setData(path: string, data: Buffer, callback: (error: ClientError | null | undefined) => void): void;
  mkdirp(path: string, callback: (error: ClientError | null | undefined) => void): void;
}
type GetChildrenCallback = (error: ClientError | null, children: string[]) => void;
type Done<T> = (error: ClientError | null | undefined, result: T) => void;

export interface WholeStat extends Stat {
  readonly mzxid: Buffer;
  readonly pzxid: Buffer;
  readonly version: number;
}

const CONNECT_LIMIT_MS = 1000;
const NODE_DELETED = 2;
const EPHEMERAL = 1;
const EPHEMERAL_SEQUENTIAL = 3;

export class RawClient {
  readonly #client: WholeClient;

  private constructor(client: WholeClient) {
    this.#client = client;
  }

  static async connect(connectString: string, sessionTimeoutMs = 10_000): Promise<RawClient> {
    const client = zookeeper.createClient(connectString, {
      sessionTimeout: sessionTimeoutMs,
      spinDelay: 50,
      retries: 0,
    });
    // A server that is starting may take a connection and never answer it (D2).
    const manager = client.connectionManager;
    const limitMs = (): number => CONNECT_LIMIT_MS;
    const attempts = limitConnectAttempts(client, limitMs, () => manager.socket?.destroy());
    manager.on('state', (state: number) => {
      if (state === STATE.CONNECTING) attempts.begin();
    });
    client.connect();
    await withDeadline('the raw client to connect', once(client, 'connected'));
    return new RawClient(client as WholeClient);
  }

  get sessionId(): string {
    return this.#client.getSessionId().toString('hex');
  }

  async stat(path: string): Promise<WholeStat | null> {
    return this.#ask<Stat | null>((done) => {
      this.#client.exists(path, undefined, done);
    }) as Promise<WholeStat | null>;
  }

  /** The names below, in the order of their making; none when the parent is missing. */
  async children(path: string): Promise<string[]> {
    if ((await this.stat(path)) === null) return [];
    const names = await this.#ask<string[]>((done) => {
      this.#client.getChildren(path, done);
    });
    return names.sort((a, b) => a.slice(-10).localeCompare(b.slice(-10)));
  }

  async makePath(path: string): Promise<void> {
    await this.#ask((done: Done<undefined>) => {
      this.#client.mkdirp(path, (error) => {
        done(error, undefined);
      });
    });
  }

  async createEphemeral(path: string): Promise<string> {
    return this.#create(path, EPHEMERAL);
  }

  async createEphemeralSequential(path: string): Promise<string> {
    return this.#create(path, EPHEMERAL_SEQUENTIAL);
  }

  async setData(path: string, text: string): Promise<void> {
    await this.#ask((done: Done<undefined>) => {
      this.#client.setData(path, Buffer.from(text), (error) => {
        done(error, undefined);
      });
    });
  }

  async remove(path: string): Promise<void> {
    await this.#ask((done: Done<undefined>) => {
      this.#client.remove(path, (error) => {
        done(error, undefined);
      });
    });
  }

  /** Tells of everything that happens to the znode and to what is below it, once each. */
  async watchAll(path: string, listener: (event: WatchEvent) => void): Promise<void> {
    await this.#ask<Stat | null>((done) => {
      this.#client.exists(path, listener, done);
    });
    await this.#ask<Buffer | undefined>((done) => {
      this.#client.getData(path, listener, done);
    });
    await this.#ask<string[]>((done) => {
      this.#client.getChildren(path, listener, done);
    });
  }

  /** Resolves once the watch is set, to a promise of the moment (of CLOCK_MONOTONIC) at which we hear of the deletion. */
  async watchDeletion(path: string): Promise<{ deleted: Promise<bigint> }> {
    let tell: (at: bigint) => void;
    const deleted = new Promise<bigint>((resolve) => (tell = resolve));
    const look = async (): Promise<void> => {
      const stat = await this.#ask<Stat | null>((done) => {
        const watcher = (event: WatchEvent): void => {
          // It fires for changes too, and then once only.
          if (event.getType() === NODE_DELETED) tell(process.hrtime.bigint());
          else look().catch(() => undefined);
        };
        this.#client.exists(path, watcher, done);
      });
      if (stat === null) tell(process.hrtime.bigint());
    };
    await look();
    return { deleted };
  }

  /** Goes away at once, whatever it is doing; its session ends by itself. */
  close(): void {
    const manager = this.#client.connectionManager;
    manager.findNextServer = () => undefined;
    if (manager.connectTimeoutHandler !== null) clearTimeout(manager.connectTimeoutHandler);
    manager.socket?.destroy();
  }

  async #create(path: string, mode: number): Promise<string> {
    return this.#ask<string>((done) => {
      this.#client.create(path, null, zookeeper.ACL.OPEN_ACL_UNSAFE, mode, done);
    });
  }

  async #ask<T>(send: (done: Done<T>) => void): Promise<T> {
    return withDeadline(
      'an answer to the raw client',
      new Promise((resolve, reject) => {
        send((error, result) => {
          if (error === null || error === undefined) resolve(result);
          else reject(error);
        });
      }),
    );
  }
}
