// Owns the socket that is listened on, and what a client may cost: nothing that it sends, or does not send, is waited for
// longer than a limit, and no connection outlives its answer. Must never throw once it listens.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ListenAddress } from '../options/listen-address.js';
import { quote, UsageError } from '../options/usage-error.js';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: string;
}

export interface ServerLimits {
  /** From a connection to its whole request, and for the answer to be taken. */
  readonly patienceMs: number;
  readonly connections: number;
}

/** For probes of the same network: each is one small packet either way. */
const LIMITS: ServerLimits = { patienceMs: 5000, connections: 100 };
const CHECK_INTERVAL_MS = 1000;
const MAX_HEADER_BYTES = 8192;

const MEANINGS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'which another program listens on; choose another port, or end that program',
  EADDRNOTAVAIL: 'whose host is no address of this machine; 0.0.0.0 stands for all it has',
  EACCES: 'which we may not listen on; choose a port above 1023',
  ENOTFOUND: 'whose host has no address; correct it, or write an IP address',
  EAI_AGAIN: 'whose host could not be looked up; write an IP address',
};

/** Answers GET and HEAD, given the path. */
export type Answerer = (method: string, path: string) => Answer | Promise<Answer>;

/** A server that listens. */
export class HttpServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens, or rejects with a UsageError that says why that is impossible. */
  static async listen(
    address: ListenAddress,
    answer: Answerer,
    limits: ServerLimits = LIMITS,
  ): Promise<HttpServer> {
    const server = createServer(
      {
        requestTimeout: limits.patienceMs,
        connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, limits.patienceMs),
        maxHeaderSize: MAX_HEADER_BYTES,
      },
      (request, response) => {
        respond(request, response, answer).catch(() => response.destroy());
      },
    );
    server.maxConnections = limits.connections;
    server.timeout = limits.patienceMs;
    const { host, port } = address;
    await new Promise<void>((resolve, reject) => {
      // It stays: a connection that cannot be accepted later is its client's loss, and not an exception.
      server.on('error', (error) => {
        reject(refusal(address, error));
      });
      server.listen({ host, port }, resolve);
    });
    return new HttpServer(server);
  }

  /** The address as it is now: with the port that was found where 0 was asked for. */
  get address(): string {
    const { address, family, port } = this.#server.address() as AddressInfo;
    return family === 'IPv6' ? `[${address}]:${String(port)}` : `${address}:${String(port)}`;
  }

  /** Hangs up on everybody, and lets the port go. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function respond(request: IncomingMessage, response: ServerResponse, answer: Answerer): Promise<void> {
  const { status, headers, contentType, body } = await safely(request, answer);
  response.writeHead(status, {
    ...headers,
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    // The next answer may be another one; and a connection that is kept would keep us.
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(body);
}

/** A mistake of ours in an answer must not end the command. */
async function safely({ method = '', url = '' }: IncomingMessage, answer: Answerer): Promise<Answer> {
  try {
    return await answer(method, url.split('?', 1)[0] ?? '');
  } catch (error) {
    const body = { error: `internal error: ${error instanceof Error ? error.message : String(error)}` };
    return { status: 500, contentType: 'application/json', body: `${JSON.stringify(body)}\n` };
  }
}

function refusal({ text, from }: ListenAddress, error: NodeJS.ErrnoException): UsageError {
  const meaning = MEANINGS[error.code ?? ''] ?? `which cannot be listened on: ${error.message}`;
  return new UsageError(from, `expected an address to listen on, got ${quote(text)}, ${meaning}`);
}
