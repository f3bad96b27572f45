// The classes under test as a scenario gets them: the program's own, or those of a mutant. It imports neither.
import type { Client } from 'node-zookeeper-client';
import zookeeper from 'node-zookeeper-client';
import type { Supervisor } from '../../../src/supervisor/supervisor.js';
import type { ElectionLine } from '../../../src/zookeeper/election-line.js';
import type { ContenderData } from '../../../src/zookeeper/own-znode.js';
import type { Server } from '../../../src/zookeeper/ensemble.js';
import type { Session } from '../../../src/zookeeper/session.js';
import { PATIENCE_MS, eventually, withDeadline } from '../../support/wait.js';

export interface Subject {
  readonly Session: typeof Session;
  readonly ElectionLine: typeof ElectionLine;
  readonly Supervisor: typeof Supervisor;
}

/** The silence limit, min(T/6, 2 s), is half a second. */
export const SESSION_TIMEOUT_MS = 3000;

/** What a contender of the tests says of itself. */
export const SOMEBODY: ContenderData = {
  id: 'somebody',
  host: 'localhost',
  pid: process.pid,
  command: 'true',
  since: '2001-01-01T00:00:00Z',
};

export type SessionEvent =
  | { readonly type: 'connected'; readonly sessionId: string; readonly grantedMs: number }
  | { readonly type: 'suspended' | 'lost'; readonly reason: string };

/** A session that remembers what it told. */
export class WatchedSession {
  readonly session: Session;
  /** The library's client inside, to look at and never to change. */
  readonly client: Client;
  readonly events: SessionEvent[] = [];
  readonly attempts: Server[] = [];

  constructor(subject: Subject, servers: readonly Server[], sessionTimeoutMs = SESSION_TIMEOUT_MS) {
    const { events, attempts } = this;
    const [session, client] = withClient(
      () =>
        new subject.Session(
          { ensemble: { servers, chroot: '' }, sessionTimeoutMs, clock: () => performance.now() },
          {
            connected: (sessionId, grantedMs) => events.push({ type: 'connected', sessionId, grantedMs }),
            suspended: (reason) => events.push({ type: 'suspended', reason }),
            lost: (reason) => events.push({ type: 'lost', reason }),
            attempt: (server) => attempts.push(server),
            failed: () => undefined,
            denied: () => undefined,
          },
        ),
    );
    this.session = session;
    this.client = client;
  }

  count(type: SessionEvent['type']): number {
    return this.events.filter((event) => event.type === type).length;
  }

  /** The ids of the sessions it has had, one for each connect. */
  get sessionIds(): string[] {
    return this.events.flatMap((event) => (event.type === 'connected' ? [event.sessionId] : []));
  }

  /** Waits until it has connected so many times. */
  async connected(times = 1): Promise<void> {
    await eventually(`connect number ${String(times)}, after ${this.#story()}`, () => {
      if (this.count('lost') > 0) throw new Error(`the session was lost: ${this.#story()}`);
      return this.count('connected') >= times;
    });
  }

  async suspended(times = 1): Promise<void> {
    await eventually('the connection to be given up', () => this.count('suspended') >= times);
  }

  /** Asks whether a znode exists; any path that is there or not will do to see whether there are answers. */
  async exists(path = '/', watcher?: () => void): Promise<boolean> {
    const stat = await this.session.request('look', (client, done) => {
      client.exists(path, watcher, done);
    });
    return stat !== null;
  }

  async create(path: string, mode: 'ephemeral' | 'persistent' = 'ephemeral', data?: Buffer): Promise<string> {
    return this.session.request('create', (client, done) => {
      client.create(
        path,
        data ?? null,
        zookeeper.ACL.OPEN_ACL_UNSAFE,
        mode === 'ephemeral' ? 1 : zookeeper.CreateMode.PERSISTENT,
        done,
      );
    });
  }

  /** Fails unless the session has been one and the same, and has not ended. */
  assertSameSession(): void {
    if (new Set(this.sessionIds).size === 1 && this.count('lost') === 0) return;
    throw new Error(`expected one session throughout: ${this.#story()}`);
  }

  #story(): string {
    return JSON.stringify(this.events);
  }
}

/** Tells how a request ended, in time: nothing may be left unanswered. */
export async function outcomeOf(request: Promise<unknown>): Promise<'answered' | { readonly code: unknown }> {
  return withDeadline(
    'a request to settle',
    request.then(
      () => 'answered' as const,
      (error: unknown) => ({
        code: error instanceof Error && 'code' in error ? error.code : String(error),
      }),
    ),
    { withinMs: Math.min(PATIENCE_MS, 2 * SESSION_TIMEOUT_MS) },
  );
}

/** Does what makes a client, and returns that client as well. */
export function withClient<T>(make: () => T): [T, Client] {
  const createClient = zookeeper.createClient.bind(zookeeper);
  let made: Client | undefined;
  zookeeper.createClient = (...args) => (made = createClient(...args));
  try {
    const result = make();
    if (made === undefined) throw new Error('no client was made');
    return [result, made];
  } finally {
    zookeeper.createClient = createClient;
  }
}
