// D9, D11: what was queued while disconnected is executed after the next connect, however late, and each attempt to
// connect adds a SET_WATCHES to the pile.

import type { Client } from 'node-zookeeper-client';
import zookeeper from 'node-zookeeper-client';
import { CODE } from '../errors.js';
import { STATE } from './state.js';

/** Empties the queue with the connection it was meant for; the callbacks learn that it was lost. */
export function forgetUnsentRequests(client: Client): void {
  const manager = client.connectionManager;
  manager.on('state', (state: number) => {
    if (state !== STATE.DISCONNECTED) return;
    for (const packet of manager.packetQueue.queue.splice(0)) {
      packet.callback?.(zookeeper.Exception.create(CODE.CONNECTION_LOSS));
    }
  });
}
