// D14: the client reads IPv6 literals and bad ports wrongly, says nothing of attempts that fail, and pauses up to its
// spinDelay of a second after each round, which would eat a short lease.

import type { Client } from 'node-zookeeper-client';
import { reconnectPauseMs } from '../../election/timing.js';
import type { Server } from '../ensemble.js';

const FIRST_PAUSE_MS = 20;

/** Chooses the servers itself: all of them at once, then again after a pause that grows, with jitter, up to a second. */
export function chooseServers(
  client: Client,
  servers: readonly Server[],
  silenceLimitMs: number,
  onAttempt: (server: Server) => void,
  random: () => number = Math.random,
): { readonly connected: () => void; readonly cancel: () => void } {
  const manager = client.connectionManager;
  const order = shuffle(servers, random);
  manager.servers = order.map((server) => ({ ...server }));
  let next = 0;
  let failedRounds = 0;
  let tried = 0;
  let timer: NodeJS.Timeout | undefined;
  manager.findNextServer = (callback) => {
    const endOfRound = tried > 0 && tried % order.length === 0;
    const longestMs = Math.min(FIRST_PAUSE_MS * 2 ** failedRounds, reconnectPauseMs(silenceLimitMs));
    if (endOfRound) failedRounds += 1;
    tried += 1;
    timer = setTimeout(
      () => {
        const server = order[next++ % order.length];
        if (server === undefined) return;
        onAttempt(server);
        callback({ ...server });
      },
      endOfRound ? longestMs * (0.5 + random() / 2) : 0,
    );
  };
  return {
    connected: () => {
      tried = 0;
      failedRounds = 0;
    },
    cancel: () => {
      clearTimeout(timer);
    },
  };
}

/** Fisher and Yates: a fleet must not go to the same server first. */
function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [result[last], result[other]];
    if (a === undefined || b === undefined) continue;
    result[last] = b;
    result[other] = a;
  }
  return result;
}
