// Owns the life of the sessions at the leader (SessionTrackerImpl, LeaderSessionTracker). Times are the leader's clock's.

import type { MachineClock } from './clock.js';
import type { Appointment } from './queue.js';
import { cancel } from './queue.js';

interface TrackedSession {
  expiresAt: number;
  closing: boolean;
  /** The server whose connection the session belongs to: writes from elsewhere are refused as moved. */
  owner: number | undefined;
  alarm: Appointment | undefined;
}

export class SessionTracker {
  readonly #clock: MachineClock;
  readonly #timeoutMs: number;
  readonly #expire: (session: number) => void;
  readonly #sessions = new Map<number, TrackedSession>();

  constructor(clock: MachineClock, timeoutMs: number, expire: (session: number) => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#expire = expire;
  }

  /** A new session, or one that a new leader finds: it begins with a full timeout. */
  track(session: number, owner: number | undefined): void {
    const tracked: TrackedSession = { expiresAt: 0, closing: false, owner, alarm: undefined };
    this.#sessions.set(session, tracked);
    this.touch(session);
    this.#watch(session, tracked);
  }

  /** Returns false for a session that is unknown or on its way out: nothing revives it (touchSession). */
  touch(session: number): boolean {
    const tracked = this.#sessions.get(session);
    if (tracked === undefined || tracked.closing) return false;
    // A real leader rounds up to the next tick (ExpiryQueue); not to count on that is the worst case.
    tracked.expiresAt = this.#clock.now + this.#timeoutMs;
    return true;
  }

  /** What a reconnect does through a server (Leader.revalidateSession, LeaderZooKeeperServer.revalidateSession). */
  revalidate(session: number, owner: number): boolean {
    if (!this.touch(session)) return false;
    this.#sessions.get(session)!.owner = owner;
    return true;
  }

  /** Whether a write may be made for it from there; does not touch (checkSession). */
  allows(session: number, from: number): boolean {
    const tracked = this.#sessions.get(session);
    if (tracked === undefined || tracked.closing) return false;
    tracked.owner ??= from;
    return tracked.owner === from;
  }

  setClosing(session: number): void {
    const tracked = this.#sessions.get(session);
    if (tracked !== undefined) tracked.closing = true;
  }

  remove(session: number): void {
    cancel(this.#sessions.get(session)?.alarm);
    this.#sessions.delete(session);
  }

  stop(): void {
    for (const session of [...this.#sessions.keys()]) this.remove(session);
  }

  #watch(session: number, tracked: TrackedSession): void {
    tracked.alarm = this.#clock.at(tracked.expiresAt, () => {
      if (tracked.closing) return;
      if (this.#clock.now < tracked.expiresAt) {
        this.#watch(session, tracked);
        return;
      }
      tracked.closing = true;
      this.#expire(session);
    });
  }
}
