// Owns ending the session of a supervisor that has died, so that the next in line need not wait for its timeout.
// Must stay light: a second process loads it, so it speaks the bare protocol and needs node:net alone, or node:tls.

import { connect, type Socket } from 'node:net';
import { type Credential, readAuthFile } from './auth-file.js';
import type { Server } from './ensemble.js';
import { connectTls, type TlsFiles } from './tls.js';

/** A session whose holder is dead. */
export interface DeadSession {
  readonly servers: readonly Server[];
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** 32 hexadecimal digits, as the ensemble gave it. A wrong one is answered just as a session that is gone. */
  readonly password: string;
  /** As granted, in milliseconds. */
  readonly sessionTimeoutMs: number;
  /** How TLS is spoken with the servers; without it, none is. */
  readonly tls?: TlsFiles | undefined;
  /** A file of credentials, for ensembles that let nobody close a session without. */
  readonly authFile?: string | undefined;
}

/** How long a server is waited for before the next one is asked beside it, and, doubled, in each round after that. */
const PATIENCE_MS = 100;
const LONGEST_PATIENCE_MS = 1000;

/** An attempt is given up after so many patiences: the others have been asked meanwhile. */
const PATIENCES = 3;

const NO_SESSION = '0000000000000000';
const CLOSE_XID = 1;
const CLOSE_SESSION = -11;
const AUTH_XID = -4;
const AUTH = 100;

/**
 * Ends the session through whichever server answers first, each given 300 ms in the first round and longer later.
 * Settles as soon as the ensemble has said that the session is gone ('ended': its close was committed, or a connect
 * with it was answered as expired), or after `sessionTimeoutMs` ('unknown': it ends by itself). Never rejects.
 *
 * Only for a session whose holder is dead, and of whose command no process lives: the next in line starts at once,
 * and a holder that lives takes its session back as often as not (measured: 5 of 40).
 */
export function endSession({
  servers,
  id,
  password,
  sessionTimeoutMs,
  tls,
  authFile,
}: DeadSession): Promise<'ended' | 'unknown'> {
  const bytes = requests(id, password, credentialsIn(authFile));
  return new Promise((resolve) => {
    // Never two attempts at one server: it hangs up on the older one as soon as it reads the younger.
    const underWay = new Map<Server, () => void>();
    let asked = 0;
    let turn: NodeJS.Timeout | undefined;
    const settle = (outcome: 'ended' | 'unknown'): void => {
      clearTimeout(limit);
      clearTimeout(turn);
      for (const giveUp of underWay.values()) giveUp();
      resolve(outcome);
    };
    const limit = setTimeout(settle, sessionTimeoutMs, 'unknown');
    const askNext = (): void => {
      clearTimeout(turn);
      const round = Math.floor(asked / servers.length);
      const patienceMs = Math.min(PATIENCE_MS * 2 ** round, LONGEST_PATIENCE_MS);
      turn = setTimeout(askNext, patienceMs);
      const server = servers[asked % servers.length];
      if (server === undefined || underWay.has(server)) return;
      asked += 1;
      const door = open(server, tls);
      if (door === undefined) return;
      const giveUp = ask(door, bytes, id, PATIENCES * patienceMs, (gone) => {
        underWay.delete(server);
        if (gone) settle('ended');
        else if (asked < servers.length) askNext();
      });
      underWay.set(server, giveUp);
    };
    askNext();
  });
}

/** A connection on its way, and the event that tells that the other end may be written to. */
interface Door {
  readonly socket: Socket;
  readonly opens: 'connect' | 'secureConnect';
}

/** Connects; undefined while the files of TLS are no use, as in the midst of their renewal. */
function open(server: Server, tls: TlsFiles | undefined): Door | undefined {
  if (tls === undefined) {
    const timeouts = { noDelay: true, autoSelectFamilyAttemptTimeout: PATIENCE_MS };
    return { socket: connect({ ...server, ...timeouts }), opens: 'connect' };
  }
  try {
    return { socket: connectTls(server, tls).setNoDelay(), opens: 'secureConnect' };
  } catch {
    return undefined;
  }
}

/**
 * Asks one server, in one write: to let us into the session, and to close it. Tells once whether it has said that the
 * session is gone; returns what ends the attempt untold.
 */
function ask(
  { socket, opens }: Door,
  bytes: Buffer,
  id: string,
  limitMs: number,
  tell: (gone: boolean) => void,
): () => void {
  const giveUp = (): void => {
    clearTimeout(timer);
    socket.removeAllListeners().on('error', () => undefined);
    socket.destroy();
  };
  const end = (gone: boolean): void => {
    giveUp();
    tell(gone);
  };
  const timer = setTimeout(end, limitMs, false);
  let received = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('close', () => {
    end(false);
  });
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    const gone = saysGone(received, id);
    if (gone !== undefined) end(gone);
  });
  // Not before: whoever has not proved its name is told no password.
  socket.once(opens, () => socket.write(bytes));
  return giveUp;
}

/** Reads both answers; undefined while they are not complete. */
function saysGone(received: Buffer, id: string): boolean | undefined {
  // Of the first: its length, the protocol's version, the timeout, the session's id.
  if (received.length < 20) return undefined;
  const joined = received.toString('hex', 12, 20);
  if (received.readInt32BE(8) === 0 && joined === NO_SESSION) return true;
  // A server may silently give a new session (ClickHouse#116690).
  if (joined !== id) return false;
  // Of each that follows: its length, the number of the request, the transaction, the error.
  let reply = received;
  do {
    reply = reply.subarray(4 + reply.readInt32BE(0));
    if (reply.length < 20) return undefined;
  } while (reply.readInt32BE(4) === AUTH_XID);
  return reply.readInt32BE(4) === CLOSE_XID && reply.readInt32BE(16) === 0;
}

function requests(id: string, password: string, credentials: readonly Credential[]): Buffer {
  const connectRequest = Buffer.concat([
    int(0),
    // The last transaction seen: none, so that no server finds itself behind us.
    int(0, 0),
    // A timeout that is raised to the shortest: should the close be lost, the session ends all the sooner.
    int(1),
    Buffer.from(id, 'hex'),
    frame(Buffer.from(password, 'hex')),
    // Not for reading alone: a server without a quorum is to refuse us.
    Buffer.of(0),
  ]);
  const shown = credentials.map(({ scheme, auth }) =>
    frame(Buffer.concat([int(AUTH_XID, AUTH, 0), frame(Buffer.from(scheme)), frame(Buffer.from(auth))])),
  );
  return Buffer.concat([frame(connectRequest), ...shown, frame(int(CLOSE_XID, CLOSE_SESSION))]);
}

/** Most ensembles let a session be closed by whoever knows its password: no credentials are no reason not to try. */
function credentialsIn(authFile: string | undefined): readonly Credential[] {
  try {
    return authFile === undefined ? [] : readAuthFile(authFile);
  } catch {
    return [];
  }
}

function frame(body: Buffer): Buffer {
  return Buffer.concat([int(body.length), body]);
}

function int(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeInt32BE(value, 4 * index);
  return bytes;
}
