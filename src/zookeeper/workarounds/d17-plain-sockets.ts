// D17: the client connects by bare TCP alone.

import type { Socket } from 'node:net';
import type { Client } from 'node-zookeeper-client';
import { STATE } from './state.js';

/** Lets `open` connect instead; 'secureConnect' tells that the connection stands. An open that throws has failed. */
export function connectSecurely(
  client: Client,
  open: (server: { readonly host: string; readonly port: number }) => Socket,
): void {
  const manager = client.connectionManager;
  manager.connect = () => {
    manager.setState(STATE.CONNECTING);
    manager.findNextServer((server) => {
      let socket: Socket;
      try {
        socket = open(server);
      } catch (error) {
        manager.onSocketError(error instanceof Error ? error : new Error(String(error)));
        manager.onSocketClosed(true);
        return;
      }
      manager.socket = socket;
      socket.setNoDelay();
      socket.on('secureConnect', manager.onSocketConnected.bind(manager));
      socket.on('data', manager.onSocketData.bind(manager));
      socket.on('drain', manager.onSocketDrain.bind(manager));
      socket.on('close', manager.onSocketClosed.bind(manager));
      socket.on('error', manager.onSocketError.bind(manager));
    });
  };
}
