// Hands out loopback ports that nobody listens on, each to one process of the tests alone for as long as that lives.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

// Below every system's ephemeral range: a server that restarts must find its port again, and an outgoing
// connection of anybody could be given an ephemeral one in between.
const LOWEST_PORT = 10_000;
const PORTS = 20_000;

export async function freePort(): Promise<number> {
  for (let port = LOWEST_PORT; port < LOWEST_PORT + PORTS; port++) {
    if ((await isReserved(port)) && (await isFree(port))) return port;
  }
  throw new Error('no free port on 127.0.0.1');
}

/**
 * Takes the UDP port of that number, which no test has a use for, until this process ends, be it by SIGKILL. That nobody
 * listens says little: of the quorum ports only the leader's is bound, and a server that was killed wants its own back.
 */
function isReserved(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4').unref();
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      resolve(true);
    });
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
