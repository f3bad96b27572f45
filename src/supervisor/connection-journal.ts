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

/** When we first say what we are waiting for: no try that succeeds takes as long. */
const WAITING_MS = 2_000;

/** How often we repeat it. */
const STILL_WAITING_MS = 10_000;

export class ConnectionJournal {
  readonly #options: ConnectionJournalOptions;
  readonly #log: Log;
  #attempts = 0;
  #lastTried = '';
  /** Undefined while nothing is waited for. */
  #complainsAt: number | undefined;
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
    this.#lastTried = addressOf(server);
    this.#log.write('debug', 'trying-server', { server: this.#lastTried });
    this.#complainsAt ??= now + WAITING_MS;
    if (now < this.#complainsAt) return;
    this.#complainsAt = now + STILL_WAITING_MS;
    this.#complain();
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
      this.#complainsAt = undefined;
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
    const { phase } = after;
    if (phase.name === 'ended' && before.phase.name !== 'ended' && phase.ending.kind === 'no-ensemble') {
      this.#complain();
    }
  }

  #complain(): void {
    // Nothing was tried since the connection was lost, and that line has said why.
    if (this.#attempts === 0) return;
    this.#log.write('warn', 'still-waiting', {
      zookeeper: this.#options.ensemble,
      attempts: this.#attempts,
      last: this.#lastTried,
      because: this.#failure,
    });
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
