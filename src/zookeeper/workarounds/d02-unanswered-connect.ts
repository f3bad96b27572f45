// D2: the client waits for ever for the answer to its connect request; its own timer covers the TCP handshake alone,
// and outlives an attempt that was ended otherwise, only to destroy the next one's socket.

import type { Client } from 'node-zookeeper-client';

/** Gives each attempt to connect, from the first packet to the answer, at most `limitMs`. */
export function limitConnectAttempts(
  client: Client,
  limitMs: () => number,
): { readonly begin: () => void; readonly cancel: () => void } {
  const manager = client.connectionManager;
  let timer: NodeJS.Timeout | undefined;
  manager.on('state', () => {
    clearTimeout(timer);
  });
  return {
    begin: () => {
      clearTimeout(timer);
      const ms = limitMs();
      // An error makes the client end its own timer as well.
      timer = setTimeout(() => manager.socket?.destroy(new Error(`no answer in ${Math.round(ms)}ms`)), ms);
    },
    cancel: () => {
      clearTimeout(timer);
    },
  };
}
