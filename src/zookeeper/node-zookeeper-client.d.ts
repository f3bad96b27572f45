// Describes what we use of node-zookeeper-client 1.1.3, its untyped inside included; @types/node-zookeeper-client
// lacks half of it and is wrong about null data, absent stats and errors.

declare module 'node-zookeeper-client' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';

  export interface ClientError extends Error {
    getCode(): number;
  }

  export interface Stat {
    /** 8 bytes, big endian. */
    czxid: Buffer;
    /** 8 bytes: the session id of an ephemeral znode's owner, else zeros. */
    ephemeralOwner: Buffer;
    /** 8 bytes: when it was created, in milliseconds since 1970 by the clock of the ZooKeeper leader. */
    ctime: Buffer;
  }

  export interface WatchEvent {
    getType(): number;
    getPath(): string;
  }

  export interface Packet {
    request: { header: { type: number } | null };
    callback?: (error: ClientError) => void;
  }

  export interface ConnectionManager extends EventEmitter {
    servers: { host: string; port: number }[];
    nextServerIndex: number;
    serverAttempts: number;
    state: number;
    xid: number;
    pendingBuffer: Buffer | null;
    packetQueue: { queue: Packet[] };
    socket?: Socket;
    connectTimeout: number;
    connectTimeoutHandler: NodeJS.Timeout | null;
    credentials: { scheme: string; auth: Buffer }[];
    connect(): void;
    findNextServer(callback: (server: { host: string; port: number }) => void): void;
    onSocketConnected(): void;
    onSocketData(chunk: Buffer): void;
    onSocketDrain(): void;
    onSocketError(error: Error): void;
    onSocketClosed(hadError: boolean): void;
    setState(state: number): void;
  }

  export interface AclEntry {
    /** The sum of its permissions: 1 read, 2 write, 4 create, 8 delete, 16 admin. */
    permission: number;
    id: { scheme: string; id: string };
  }

  /** What has become of one operation of a transaction that was carried out as a whole, or not at all. */
  export interface OperationResult {
    /** -1 where it was not carried out. */
    type: number;
    /** Of an operation that was not carried out: 0 before the one that failed, -2 behind it. */
    err?: number;
  }

  export interface Transaction {
    check(path: string, version?: number): Transaction;
    create(path: string, data: Buffer, acls: AclEntry[], mode: number): Transaction;
    setData(path: string, data: Buffer): Transaction;
    /** There are results wherever the server has answered, also beside the error of the operation that failed. */
    commit(callback: (error: ClientError | null | undefined, results?: OperationResult[]) => void): void;
  }

  export interface Client extends EventEmitter {
    connectionManager: ConnectionManager;
    connect(): void;
    close(): void;
    getSessionId(): Buffer;
    getSessionPassword(): Buffer;
    getSessionTimeout(): number;
    create(
      path: string,
      data: Buffer | null,
      acls: AclEntry[],
      mode: number,
      callback: (error: ClientError | null, path: string) => void,
    ): void;
    exists(
      path: string,
      watcher: ((event: WatchEvent) => void) | undefined,
      callback: (error: ClientError | null, stat: Stat | null) => void,
    ): void;
    getChildren(
      path: string,
      watcher: ((event: WatchEvent) => void) | undefined,
      callback: (error: ClientError | null, children: string[]) => void,
    ): void;
    getData(
      path: string,
      watcher: ((event: WatchEvent) => void) | undefined,
      callback: (error: ClientError | null | undefined, data: Buffer | undefined, stat: Stat) => void,
    ): void;
    getACL(path: string, callback: (error: ClientError | null, acls: AclEntry[]) => void): void;
    remove(path: string, callback: (error: ClientError | null | undefined) => void): void;
    transaction(): Transaction;
  }

  const zookeeper: {
    createClient(
      connectionString: string,
      options: { sessionTimeout: number; spinDelay: number; retries: number },
    ): Client;
    ACL: {
      new (permission: number, id: AclEntry['id']): AclEntry;
      OPEN_ACL_UNSAFE: AclEntry[];
    };
    Id: new (scheme: string, id: string) => AclEntry['id'];
    CreateMode: { PERSISTENT: number; EPHEMERAL: number; EPHEMERAL_SEQUENTIAL: number };
    Exception: { create(code: number, path?: string): ClientError };
  };
  export default zookeeper;
}
