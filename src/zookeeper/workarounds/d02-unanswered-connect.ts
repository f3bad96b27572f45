// D2: the client waits for ever for the answer to its connect request; its own timer covers the TCP handshake alone,
// and outlives an attempt that was ended otherwise, only to destroy the next one's socket.

import type { Client } from 'node-zookeeper-client';
import { STATE } from './state.js';

/** Gives each attempt to connect, from the first packet to the answer, at most `limitMs`; then it is given up. */
export function limitConnectAttempts(
  client: Client,
  limitMs: () => number,
  giveUp: () => void,
): { readonly begin: () => void; readonly cancel: () => void } {
  const manager = client.connectionManager;
  let timer: NodeJS.Timeout | undefined;
  manager.on('state', (state: number) => {
    clearTimeout(timer);
    if (state === STATE.DISCONNECTED && manager.connectTimeoutHandler !== null) {
      clearTimeout(manager.connectTimeoutHandler);
    }
  });
  return {
    begin: () => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, limitMs());
    },
    cancel: () => {
      clearTimeout(timer);
    },
  };
}
