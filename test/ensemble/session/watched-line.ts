// An ElectionLine that remembers its events.
import type { Event } from '../../../src/election/messages.js';
import type { ElectionLine } from '../../../src/zookeeper/election-line.js';
import type { TcpProxy } from '../../support/proxy.js';
import { eventually } from '../../support/wait.js';
import type { Stage } from './stage.js';
import { SESSION_TIMEOUT_MS, SOMEBODY } from './subject.js';

type EventOf<T extends Event['type']> = Extract<Event, { type: T }>;

export class WatchedLine {
  readonly line: ElectionLine;
  readonly events: Event[] = [];
  /** Every event so far, whether it was waited for or not. */
  readonly seen: Event[] = [];
  /** Called with each event, within the call that hands it on. */
  onEvent: (event: Event) => void = () => undefined;

  constructor(
    stage: Stage,
    way: TcpProxy,
    { chroot, electionPath }: { chroot: string; electionPath: string },
  ) {
    this.line = new stage.subject.ElectionLine({
      ensemble: { servers: [{ host: '127.0.0.1', port: way.port }], chroot },
      electionPath,
      pattern: { prefix: undefined },
      keepsLedger: false,
      data: SOMEBODY,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      clock: () => performance.now(),
      push: (event) => {
        this.events.push(event);
        this.seen.push(event);
        this.onEvent(event);
      },
      onAttempt: () => undefined,
      onFailure: () => undefined,
      onSession: () => undefined,
    });
    stage.atEnd(() => this.line.close());
  }

  /** Connects. */
  async open(): Promise<void> {
    this.line.openSession();
    await this.next('connected');
  }

  /** Makes the znode; its name. */
  async join(): Promise<string> {
    this.line.join(performance.now());
    return (await this.next('joined')).znode.name;
  }

  /** Waits for one heartbeat; whether the znode was still there. */
  async heartbeat(name: string): Promise<boolean> {
    this.line.heartbeat(name, false, performance.now());
    return (await this.next('heartbeat')).znodeExists;
  }

  /** Takes the next event of this type, and forgets those before it. */
  async next<T extends Event['type']>(type: T): Promise<EventOf<T>> {
    return eventually(`the event "${type}", after ${JSON.stringify(this.events, withoutBigInt)}`, () => {
      const index = this.events.findIndex((event) => event.type === type);
      if (index === -1) return undefined;
      return this.events.splice(0, index + 1).at(-1) as EventOf<T>;
    });
  }
}

function withoutBigInt(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
