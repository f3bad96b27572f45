// D4: a reply that was cut by the end of a connection is kept, and read as the beginning of the next connection's first.

import type { Client } from 'node-zookeeper-client';
import { STATE } from './state.js';

/** Forgets the partial reply with its connection; kept, it makes false expiries and garbage session ids. */
export function forgetPartialReplies(client: Client): void {
  const manager = client.connectionManager;
  manager.on('state', (state: number) => {
    if (state === STATE.DISCONNECTED) manager.pendingBuffer = null;
  });
}
