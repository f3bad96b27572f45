// Owns how a TLS connection to a server is opened, and with what: the supervisor and its watchdog both use it.
// Must stay light: node:tls is loaded by the first connection alone, and a run without TLS has none.

import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Server } from './ensemble.js';

/** What TLS is made of: absolute paths of PEM files, which are read at every connect, so that they can be renewed. */
export interface TlsFiles {
  /** The authorities that may have signed a server's certificate; those that Node knows if there is none. */
  readonly caFile?: string | undefined;
  /** Our own certificate, with those that lead to its authority. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** The name in every server's certificate; if there is none, each must bear the one that it is called by. */
  readonly serverName?: string | undefined;
}

/** Opens a connection to a server. Throws when a file cannot be read, or holds what cannot be used. */
export function connectTls(server: Server, files: TlsFiles): TLSSocket {
  try {
    return open(server, files);
  } catch (cause) {
    // Without OpenSSL's code, by which this would pass for a verdict on the server: the next attempt reads them again.
    const { message } = cause as Error;
    throw new Error(`our files for TLS cannot be used: ${message}`, { cause });
  }
}

function open({ host, port }: Server, files: TlsFiles): TLSSocket {
  const { checkServerIdentity, connect } = process.getBuiltinModule('node:tls');
  const name = files.serverName ?? host;
  return connect({
    host,
    port,
    ca: authorities(files.caFile),
    cert: contents(files.certFile),
    key: contents(files.keyFile),
    // An address is no name to be asked for; it is checked all the same.
    ...(isIP(name) === 0 && { servername: name }),
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
    // Said, so that no variable of Node's can unsay it.
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
  });
}

function authorities(path: string | undefined): Buffer | undefined {
  const pem = contents(path);
  // Node would trust nobody then, and find fault with the server.
  if (pem?.includes('-----END CERTIFICATE-----') === false) throw new Error('no certificate is in --tls-ca');
  return pem;
}

function contents(path: string | undefined): Buffer | undefined {
  return path === undefined ? undefined : readFileSync(path);
}
