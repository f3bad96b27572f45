// A ZooKeeper session of the test's own, by the bare protocol: other programs' contenders are made with it, and what
// the program under test has written is read. It shares no code with the program or its client.
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { FrameSplitter } from '../../support/frames.js';
import { withDeadline } from '../../support/wait.js';

export type Mode = 'persistent' | 'ephemeral-sequential' | 'container';

export interface Stat {
  /** In which transaction it was made: the epoch, if it is a contender's. */
  readonly czxid: bigint;
  /** The session of an ephemeral znode, otherwise 0. */
  readonly ephemeralOwner: bigint;
}

const MODES: Record<Mode, number> = { persistent: 0, 'ephemeral-sequential': 3, container: 4 };
const TYPES = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getAcl: 6,
  setAcl: 7,
  getChildren: 8,
  ping: 11,
  createContainer: 19,
  close: -11,
} as const;
const PING_XID = -2;

/** What anybody may do with a znode. */
export const PERMISSIONS = { none: 0, read: 1, create: 4, all: 31 } as const;

const NO_NODE = -101;

/** One session over one connection: it never reconnects. */
export class RawSession {
  /** As the server gives it in its answers. */
  readonly id: bigint;
  readonly #socket: Socket;
  readonly #pending = new Map<number, (reply: Buffer) => void>();
  readonly #pings: NodeJS.Timeout;
  #xid = 0;

  private constructor(socket: Socket, id: bigint, timeoutMs: number) {
    this.id = id;
    this.#socket = socket;
    this.#pings = setInterval(() => {
      socket.write(frame(int(PING_XID), int(TYPES.ping)));
    }, timeoutMs / 3).unref();
  }

  /** Opens a session; the server may grant another timeout than it is asked for. */
  static async open(address: string, { timeoutMs = 10_000 } = {}): Promise<RawSession> {
    const [host = '', port = ''] = address.split(':');
    const socket = connect(Number(port), host);
    const splitter = new FrameSplitter();
    let session: RawSession | undefined;
    const opened = new Promise<RawSession>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        for (const { bytes } of splitter.push(chunk, true)) {
          if (session === undefined) {
            const granted = bytes.readInt32BE(8);
            session = new RawSession(socket, bytes.readBigUInt64BE(12), granted);
            resolve(session);
          } else {
            session.#take(bytes);
          }
        }
      });
    });
    socket.write(frame(int(0), long(0n), int(timeoutMs), long(0n), buffer(Buffer.alloc(16))));
    return withDeadline(`a session at ${address}`, opened);
  }

  /** Makes a znode that anybody may use so, and returns its path, with the number that a sequential one was given. */
  async create(
    path: string,
    mode: Mode = 'persistent',
    data = '',
    permissions: number = PERMISSIONS.all,
  ): Promise<string> {
    const reply = await this.#request(
      mode === 'container' ? TYPES.createContainer : TYPES.create,
      text(path),
      buffer(Buffer.from(data)),
      ...worldMay(permissions),
      int(MODES[mode]),
    );
    return readText(reply, 0);
  }

  async remove(path: string): Promise<void> {
    await this.#request(TYPES.delete, text(path), int(-1));
  }

  /** The znode's stat, or undefined when there is no such znode. */
  async stat(path: string): Promise<Stat | undefined> {
    const reply = await this.#requestUnlessGone(TYPES.exists, text(path), Buffer.of(0));
    if (reply === undefined) return undefined;
    // czxid, mzxid, ctime, mtime, version, cversion, aversion, ephemeralOwner
    return { czxid: reply.readBigInt64BE(0), ephemeralOwner: reply.readBigUInt64BE(44) };
  }

  /** The znode's data. */
  async data(path: string): Promise<Buffer> {
    const reply = await this.#request(TYPES.getData, text(path), Buffer.of(0));
    return reply.subarray(4, 4 + reply.readInt32BE(0));
  }

  async write(path: string, data: string): Promise<void> {
    await this.#request(TYPES.setData, text(path), buffer(Buffer.from(data)), int(-1));
  }

  /** What the znode permits to whom, as scheme:id:permissions; ids of digests are masked for others. */
  async acl(path: string): Promise<string[]> {
    const reply = await this.#request(TYPES.getAcl, text(path));
    const grants: string[] = [];
    let offset = 4;
    for (let left = reply.readInt32BE(0); left > 0; left -= 1) {
      const bits = reply.readInt32BE(offset);
      const scheme = readText(reply, offset + 4);
      const id = readText(reply, offset + 8 + scheme.length);
      const permissions = ['r', 'w', 'c', 'd', 'a'].filter((_, bit) => (bits & (1 << bit)) !== 0).join('');
      grants.push(`${scheme}:${id}:${permissions}`);
      offset += 12 + scheme.length + id.length;
    }
    return grants;
  }

  /** Lets anybody use the znode so, and no otherwise. */
  async permit(path: string, permissions: number): Promise<void> {
    await this.#request(TYPES.setAcl, text(path), ...worldMay(permissions), int(-1));
  }

  /** The children's names, sorted by their sequence numbers; undefined when there is no such znode. */
  async children(path: string): Promise<string[] | undefined> {
    const reply = await this.#requestUnlessGone(TYPES.getChildren, text(path), Buffer.of(0));
    if (reply === undefined) return undefined;
    const names: string[] = [];
    let offset = 4;
    for (let left = reply.readInt32BE(0); left > 0; left -= 1) {
      names.push(readText(reply, offset));
      offset += 4 + reply.readInt32BE(offset);
    }
    return names.sort((a, b) => (a.slice(-10) < b.slice(-10) ? -1 : 1));
  }

  /** Ends the session, and with it its ephemeral znodes. */
  async close(): Promise<void> {
    const gone = once(this.#socket, 'close');
    this.#socket.write(frame(int((this.#xid += 1)), int(TYPES.close)));
    await withDeadline('the session to close', gone);
    clearInterval(this.#pings);
  }

  /** Dies without a word: the session ends by its timeout. */
  vanish(): void {
    clearInterval(this.#pings);
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    const xid = bytes.readInt32BE(4);
    const answer = this.#pending.get(xid);
    this.#pending.delete(xid);
    answer?.(bytes);
  }

  async #requestUnlessGone(type: number, ...payload: Buffer[]): Promise<Buffer | undefined> {
    try {
      return await this.#request(type, ...payload);
    } catch (error) {
      if (error instanceof ServerError && error.code === NO_NODE) return undefined;
      throw error;
    }
  }

  /** Resolves with what stands behind the header of the answer. */
  async #request(type: number, ...payload: Buffer[]): Promise<Buffer> {
    const xid = (this.#xid += 1);
    const answered = new Promise<Buffer>((resolve) => this.#pending.set(xid, resolve));
    this.#socket.write(frame(int(xid), int(type), ...payload));
    const reply = await withDeadline(`an answer to request type ${type}`, answered);
    const code = reply.readInt32BE(16);
    if (code !== 0) throw new ServerError(type, code);
    return reply.subarray(20);
  }
}

class ServerError extends Error {
  readonly code: number;

  constructor(type: number, code: number) {
    super(`request type ${type}: server error ${code}`);
    this.code = code;
  }
}

function worldMay(permissions: number): Buffer[] {
  return [int(1), int(permissions), text('world'), text('anyone')];
}

function frame(...parts: Buffer[]): Buffer {
  return buffer(Buffer.concat(parts));
}

function buffer(bytes: Buffer): Buffer {
  return Buffer.concat([int(bytes.length), bytes]);
}

function text(value: string): Buffer {
  return buffer(Buffer.from(value));
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function long(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

function readText(bytes: Buffer, offset: number): string {
  const length = bytes.readInt32BE(offset);
  return bytes.toString('utf8', offset + 4, offset + 4 + length);
}
