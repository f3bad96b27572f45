// Owns what a person is told of the way to the ensemble: servers that are tried, connections, sessions, refusals.
// Must never let us wait in silence.

import type { Clock } from '../clock.js';
import type { Phase, Settings, State } from '../election/model.js';
import { leaseOf } from '../election/transitions.js';
import type { Log } from '../log/log.js';
import { addressOf, type Server } from '../zookeeper/ensemble.js';
import type { Step } from './supervisor.js';

export interface ConnectionJournalOptions {
  readonly log: Log;
  readonly settings: Settings;
  /** The connect string, as the operator wrote it. */
  readonly ensemble: string;
  readonly clock: Clock;
}

/** How often we repeat what we are waiting for. */
const STILL_WAITING_MS = 10_000;

export class ConnectionJournal {
  readonly #options: ConnectionJournalOptions;
  readonly #log: Log;
  #attempts = 0;
  #complainedAt = -Infinity;
  /** Why the last server that we tried has not let us in. */
  #failure: string | undefined;
  readonly #refusals = new Map<string, string>();

  constructor(options: ConnectionJournalOptions) {
    this.#options = options;
    this.#log = options.log;
  }

  /** Says which server is tried, now and then: nothing hangs silently. */
  attempt(server: Server): void {
    this.#attempts += 1;
    const now = this.#options.clock();
    const last = addressOf(server);
    this.#log.write('debug', 'trying-server', { server: last });
    if (this.#complainedAt === -Infinity) {
      this.#complainedAt = now;
      return;
    }
    if (now - this.#complainedAt < STILL_WAITING_MS) return;
    this.#complainedAt = now;
    this.#log.write('warn', 'still-waiting', {
      zookeeper: this.#options.ensemble,
      attempts: this.#attempts,
      last,
      because: this.#failure,
    });
  }

  /** Says why a server has not let us in: at once if it never will, as we are, else with what we are waiting for. */
  failed(server: Server, reason: string, refused: boolean): void {
    const name = addressOf(server);
    this.#failure = reason;
    if (!refused || this.#refusals.get(name) === reason) return;
    this.#refusals.set(name, reason);
    this.#log.write('warn', 'turned-away', { because: reason, server: name });
  }

  observe({ event, before, after, now }: Step): void {
    if (event.type === 'connected') {
      this.#attempts = 0;
      this.#complainedAt = -Infinity;
      this.#failure = undefined;
      const resumed = before.session.status === 'live' && after.session.status === 'live';
      this.#log.write('info', resumed ? 'connected-again' : 'connected', {
        session: `0x${event.sessionId}`,
        session_timeout_ms: event.sessionTimeoutMs,
      });
      this.#doubtTickTime(event.sessionTimeoutMs);
    } else if (event.type === 'suspended') {
      this.#log.write('warn', 'connection-lost', {
        because: event.reason,
        lease_left_ms: this.#leaseLeftMs(before, now),
      });
    } else if (event.type === 'lost') {
      this.#log.write('warn', 'session-lost', { because: event.reason });
    } else if ((event.type === 'refused' || event.type === 'denied') && !endsWithMessage(after.phase)) {
      this.#log.write('error', 'request-refused', { because: event.message });
    }
  }

  /** The proof of the lease counts on the tick. A session longer than asked for shows the ensemble's shortest: two ticks. */
  #doubtTickTime(grantedMs: number): void {
    const { sessionTimeoutMs, tickTimeMs } = this.#options.settings.timing;
    if (grantedMs <= sessionTimeoutMs || grantedMs / 2 <= tickTimeMs) return;
    this.#log.write('warn', 'tick-time-doubted', {
      because: 'it grants no session as short as the one asked for; its shortest is two ticks unless set',
      granted_ms: grantedMs,
      tick_time_ms: tickTimeMs,
    });
  }

  #leaseLeftMs(state: State, now: number): number | undefined {
    if (!('term' in state.phase)) return undefined;
    const lease = leaseOf(this.#options.settings, state);
    return lease === undefined ? undefined : Math.round(lease.leaseUntil - now);
  }
}

/** Whether the end says it all. */
function endsWithMessage(phase: Phase): boolean {
  return phase.name === 'ended' && 'message' in phase.ending;
}
