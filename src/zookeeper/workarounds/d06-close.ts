// D6, D16: close() in any state but connected throws, crashes later, or renews the session; a closed client keeps its
// session id and is useless.

import type { Client } from 'node-zookeeper-client';
import { STATE } from './state.js';

/** Ends the session if it is connected. Settles when the server has hung up, or after `limitMs`; never rejects. */
export async function closeIfConnected(client: Client, limitMs: number): Promise<void> {
  const manager = client.connectionManager;
  if (manager.state !== STATE.CONNECTED) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, limitMs);
    manager.on('state', (state: number) => {
      if (state !== STATE.CLOSED) return;
      clearTimeout(timer);
      resolve();
    });
    client.close();
  });
}

/** Lets go of a client for good, whatever it is doing; its session, if it has one, ends by itself. */
export function abandon(client: Client): void {
  const manager = client.connectionManager;
  manager.removeAllListeners('state');
  // Whatever it was about to do next begins with one of these two.
  manager.findNextServer = () => undefined;
  manager.onSocketConnected = () => undefined;
  if (manager.connectTimeoutHandler !== null) clearTimeout(manager.connectTimeoutHandler);
  manager.state = STATE.CLOSED;
  const { socket } = manager;
  if (socket === undefined) return;
  socket.removeAllListeners();
  socket.on('error', () => undefined);
  socket.destroy();
}
