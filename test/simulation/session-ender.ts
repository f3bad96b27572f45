// Owns the end of a dead supervisor's session from outside, much as src/zookeeper/end-session.ts does it: server after
// server is let into the session and asked to close it, until one has said that it is gone or its time is up.

import type { ClientConnectionOptions } from './client-connection.js';
import { ClientConnection } from './client-connection.js';
import type { Server } from './server.js';

export interface SessionEnderOptions extends Omit<
  ClientConnectionOptions,
  'server' | 'lastZxidSeen' | 'silenceLimitMs'
> {
  readonly session: number;
  readonly servers: readonly Server[];
}

/** A server that has said nothing for so long is left for the next. */
const PATIENCE_MS = 300;

/** `done` follows when the session has ended, or will have by itself. */
export function endSession(options: SessionEnderOptions, done: () => void): void {
  const { process, servers, sessionTimeoutMs } = options;
  const giveUpAt = process.now + sessionTimeoutMs;
  let connection: ClientConnection | undefined;
  const askNext = (turn: number): void => {
    if (process.now >= giveUpAt) {
      done();
      return;
    }
    const server = servers[turn % servers.length]!;
    let over = false;
    const end = (gone: boolean): void => {
      if (over) return;
      over = true;
      connection?.abandon();
      if (gone) done();
      else
        process.after(turn % servers.length === servers.length - 1 ? PATIENCE_MS : 0, () => {
          askNext(turn + 1);
        });
    };
    connection = new ClientConnection(
      { ...options, server, lastZxidSeen: 0, silenceLimitMs: PATIENCE_MS },
      {
        welcome: (found) => {
          if (found === undefined) end(true);
          else
            connection?.request({ kind: 'close-session' }, 'close of the session', () => {
              end(true);
            });
        },
        watchFired: () => undefined,
        closed: () => {
          end(false);
        },
      },
    );
  };
  askNext(0);
}
