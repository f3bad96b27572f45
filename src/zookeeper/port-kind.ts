// Owns the look at a port that has hung up on us without a word: whether it speaks TLS where we did not, or the reverse.
// Must never send anything of ours there: neither a credential nor a session.

import { connect, type Socket } from 'node:net';
import type { Server } from './ensemble.js';

const LIMIT_MS = 2000;

/** What a ZooKeeper server says to one of its four letter words, whether or not it is allowed or serves. */
const PLAIN_ANSWER = /^Zookeeper version|is not executed because|is not currently serving/;

/** Tells whether the port answers in TLS; no for whatever cannot be told. Never rejects. */
export function speaksTls(server: Server): Promise<boolean> {
  const tls = process.getBuiltinModule('node:tls');
  // Whoever answers is told nothing: the connection ends with the handshake.
  const socket = tls.connect({ ...server, minVersion: 'TLSv1.2', rejectUnauthorized: false });
  return verdict(socket, (settle) => {
    socket.on('secureConnect', () => {
      settle(true);
    });
    // One that wants a certificate says so in an alert, which is TLS as well.
    socket.on('error', (error: Error & { readonly code?: string }) => {
      settle(/^ERR_SSL_.*ALERT/.test(error.code ?? ''));
    });
  });
}

/** Tells whether a ZooKeeper server answers there without TLS; no for whatever cannot be told. Never rejects. */
export function speaksPlainly(server: Server): Promise<boolean> {
  const socket = connect({ ...server });
  return verdict(socket, (settle) => {
    socket.write('srvr');
    socket.once('data', (chunk) => {
      settle(PLAIN_ANSWER.test(chunk.toString('latin1')));
    });
    socket.on('error', () => undefined);
  });
}

async function verdict(
  socket: Socket,
  listen: (settle: (verdict: boolean) => void) => void,
): Promise<boolean> {
  // Nobody waits for a guess.
  socket.unref();
  let timer: NodeJS.Timeout | undefined;
  const said = await new Promise<boolean>((settle) => {
    timer = setTimeout(settle, LIMIT_MS, false).unref();
    socket.on('close', () => {
      settle(false);
    });
    listen(settle);
  });
  clearTimeout(timer);
  socket.destroy();
  return said;
}
