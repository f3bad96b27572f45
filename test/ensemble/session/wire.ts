// Reads what crosses a proxy in ZooKeeper's own words: requests, and which of them each reply answers. It
// knows one client at a time, and can forge what a server never says.
import type { FrameVerdict, TcpProxy } from '../../support/proxy.js';

export const OP = {
  connect: 0,
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  ping: 11,
  getChildren: 12,
  multi: 14,
  setWatches: 101,
  closeSession: -11,
  notification: -1,
} as const;

const XID_NOTIFICATION = -1;
const XID_PING = -2;
const LENGTH_BYTES = 4;
const REPLY_HEADER_BYTES = 16;

export interface Request {
  readonly op: number;
  /** The whole frame, its length included. */
  readonly frame: Buffer;
}

export interface Reply {
  /** The operation of the request it answers. */
  readonly op: number;
  /** The server's error code, 0 for none; the granted timeout in an answer to a connect. */
  readonly code: number;
  readonly frame: Buffer;
}

export class Wire {
  /** Everything the client sent, in order. */
  readonly requests: Request[] = [];
  readonly replies: Reply[] = [];
  onRequest: (request: Request) => FrameVerdict = () => 'pass';
  onReply: (reply: Reply) => FrameVerdict = () => 'pass';
  readonly #asked = new Map<number, number>();

  constructor(proxy: TcpProxy) {
    proxy.onFrame('toServer', (frame) => {
      const xid = frame.readInt32BE(LENGTH_BYTES);
      // The number of our first request is 1; a connect request has its protocol version, 0, in this place.
      const op = xid === 0 ? OP.connect : frame.readInt32BE(LENGTH_BYTES + 4);
      this.#asked.set(xid, op);
      const request = { op, frame };
      this.requests.push(request);
      return this.onRequest(request);
    });
    proxy.onFrame('toClient', (frame) => {
      const reply = this.#read(frame);
      this.replies.push(reply);
      return this.onReply(reply);
    });
  }

  /** How many requests of the kind were sent. */
  count(op: number): number {
    return this.requests.filter((request) => request.op === op).length;
  }

  /** How many answers to requests of the kind have come, held back or not. */
  answers(op: number): number {
    return this.replies.filter((reply) => reply.op === op).length;
  }

  #read(frame: Buffer): Reply {
    const xid = frame.readInt32BE(LENGTH_BYTES);
    if (xid === 0) return { op: OP.connect, code: frame.readInt32BE(LENGTH_BYTES + 4), frame };
    const code = frame.readInt32BE(LENGTH_BYTES + 12);
    if (xid === XID_NOTIFICATION) return { op: OP.notification, code, frame };
    return { op: xid === XID_PING ? OP.ping : (this.#asked.get(xid) ?? NaN), code, frame };
  }
}

/** Puts the length before a body. */
export function frameOf(body: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** The same answer with this error code, and nothing behind it. */
export function withCode(frame: Buffer, code: number): Buffer {
  const body = Buffer.from(frame.subarray(LENGTH_BYTES, LENGTH_BYTES + REPLY_HEADER_BYTES));
  body.writeInt32BE(code, 12);
  return frameOf(body);
}

/** The same answer to another request. */
export function withXid(frame: Buffer, xid: number): Buffer {
  const forged = Buffer.from(frame);
  forged.writeInt32BE(xid, LENGTH_BYTES);
  return forged;
}

/** The same answer to a connect with another session id. */
export function withSessionId(frame: Buffer, sessionId: bigint): Buffer {
  const forged = Buffer.from(frame);
  forged.writeBigInt64BE(sessionId, LENGTH_BYTES + 8);
  return forged;
}

/** What a server says when a watch fires. */
export function notification(type: number, path: string): Buffer {
  const body = Buffer.alloc(REPLY_HEADER_BYTES + 12 + Buffer.byteLength(path));
  body.writeInt32BE(XID_NOTIFICATION);
  body.writeBigInt64BE(-1n, 4);
  body.writeInt32BE(type, REPLY_HEADER_BYTES);
  body.writeInt32BE(3, REPLY_HEADER_BYTES + 4);
  body.writeInt32BE(Buffer.byteLength(path), REPLY_HEADER_BYTES + 8);
  body.write(path, REPLY_HEADER_BYTES + 12);
  return frameOf(body);
}
