// D5: an error code, event type or frame that the client does not know throws inside its socket handler, and ends
// the process. ZooKeeper 3.8 legally sends some: THROTTLED_OP (-127), QUOTA_EXCEEDED (-125).

import type { Client, ClientError } from 'node-zookeeper-client';
import zookeeper from 'node-zookeeper-client';

/** Treats an answer that cannot be read as a broken connection. */
export function surviveUnreadableAnswers(client: Client): void {
  const manager = client.connectionManager;
  const read = manager.onSocketData.bind(manager);
  manager.onSocketData = (chunk) => {
    try {
      read(chunk);
    } catch {
      manager.socket?.destroy();
    }
  };
}

/** Makes the library's error factory know every code. It is the module's own, hence for all clients at once. */
export function nameEveryErrorCode(): void {
  const { Exception } = zookeeper;
  const known = Exception.create.bind(Exception);
  Exception.create = (code, path) => {
    try {
      return known(code, path);
    } catch {
      return Object.assign(new Error(`Exception: server error ${code}`), {
        getCode: () => code,
      }) satisfies ClientError;
    }
  };
}
