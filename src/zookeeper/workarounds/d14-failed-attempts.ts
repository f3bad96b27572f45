// D14: the client says nothing of connections that fail, or why any of them has ended.

import type { Client } from 'node-zookeeper-client';

/** Tells how each connection has ended, before anything follows from it; no error if the other side has just hung up. */
export function tellEnds(client: Client, tell: (error: Error | undefined) => void): void {
  const manager = client.connectionManager;
  let cause: Error | undefined;
  const onError = manager.onSocketError.bind(manager);
  manager.onSocketError = (error) => {
    cause ??= error;
    onError(error);
  };
  const onClosed = manager.onSocketClosed.bind(manager);
  manager.onSocketClosed = (hadError) => {
    const error = cause;
    cause = undefined;
    tell(error);
    onClosed(hadError);
  };
}
