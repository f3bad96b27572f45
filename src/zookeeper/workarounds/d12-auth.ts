// D12: the client sends credentials behind whatever is queued, tells nobody that they were taken, and is dead for good
// once they are not; they are those of its beginning for ever.

import type { Client } from 'node-zookeeper-client';
import type { Credential } from '../auth-file.js';
import { STATE } from './state.js';

/** Credentials that the ensemble does not take. */
export class AuthRefused extends Error {}

/** Shows what `read` returns on every connection, first of all; once refused, the connection ends with that error. */
export function showCredentials(client: Client, read: () => readonly Credential[]): void {
  const manager = client.connectionManager;
  const sendConnect = manager.onSocketConnected.bind(manager);
  manager.onSocketConnected = () => {
    try {
      manager.credentials = read().map(({ scheme, auth }) => ({ scheme, auth: Buffer.from(auth) }));
    } catch (error) {
      manager.socket?.destroy(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    sendConnect();
  };
  const setState = manager.setState.bind(manager);
  manager.setState = (state) => {
    if (state === STATE.AUTHENTICATION_FAILED) manager.socket?.destroy(new AuthRefused());
    else setState(state);
  };
}
