// What every scenario stands on: proxies before one real server, and their end whatever happens.
import { type Target, TcpProxy } from '../../support/proxy.js';
import type { Server } from '../../../src/zookeeper/ensemble.js';
import { RawClient } from './raw-client.js';
import { type Subject, WatchedSession } from './subject.js';
import { Wire } from './wire.js';

export class Stage {
  readonly subject: Subject;
  readonly target: Target;
  readonly #ends: (() => unknown)[] = [];

  constructor(subject: Subject, target: Target) {
    this.subject = subject;
    this.target = target;
  }

  /** Calls it at the end, the latest first. */
  atEnd(end: () => unknown): void {
    this.#ends.push(end);
  }

  /** One more way to the server. */
  async proxy(): Promise<TcpProxy> {
    const proxy = await TcpProxy.listen(this.target);
    this.atEnd(() => proxy.close());
    return proxy;
  }

  /** One more way to the server, whose frames can be read and judged. */
  async wiredProxy(): Promise<{ proxy: TcpProxy; wire: Wire }> {
    const proxy = await this.proxy();
    return { proxy, wire: new Wire(proxy) };
  }

  open(servers: readonly (Server | TcpProxy)[], sessionTimeoutMs?: number): WatchedSession {
    const watched = new WatchedSession(
      this.subject,
      servers.map(({ port, ...rest }) => ({ host: 'host' in rest ? rest.host : '127.0.0.1', port })),
      sessionTimeoutMs,
    );
    this.atEnd(() => {
      watched.session.abandon();
    });
    return watched;
  }

  async raw(): Promise<RawClient> {
    const raw = await RawClient.connect(`${this.target.host}:${String(this.target.port)}`);
    this.atEnd(() => {
      raw.close();
    });
    return raw;
  }

  async end(): Promise<void> {
    const failures: unknown[] = [];
    for (const end of this.#ends.reverse()) {
      try {
        await end();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'the stage could not be cleared');
  }
}

/** Runs a scenario on a stage of its own. */
export async function onStage(
  subject: Subject,
  target: Target,
  scenario: (stage: Stage) => Promise<void>,
): Promise<void> {
  const stage = new Stage(subject, target);
  try {
    await scenario(stage);
  } finally {
    await stage.end();
  }
}
