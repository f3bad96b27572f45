// Hands out loopback ports that nobody listens on.
import { createServer } from 'node:net';

// Below every system's ephemeral range: a server that restarts must find its port again, and an outgoing
// connection of anybody could be given an ephemeral one in between.
const LOWEST_PORT = 10_000;
const PORTS = 20_000;

// Test files run as processes at the same time, and a port is free until its server has come up. Each
// process counts from a place of its own instead, 97 ports from that of its neighbour.
let offset = (process.pid * 97) % PORTS;

export async function freePort(): Promise<number> {
  for (let attempts = 0; attempts < PORTS; attempts++) {
    const port = LOWEST_PORT + offset;
    offset = (offset + 1) % PORTS;
    if (await isFree(port)) return port;
  }
  throw new Error('no free port on 127.0.0.1');
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
