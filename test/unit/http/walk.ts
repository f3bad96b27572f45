// Walks a contender through the steps that the core really takes, and lets an observer look on.
import type { Event } from '../../../src/election/messages.js';
import type { State } from '../../../src/election/model.js';
import { begin, step } from '../../../src/election/step.js';
import type { Observer } from '../../../src/supervisor/supervisor.js';
import { SETTINGS } from '../settings.js';

export const OURS = '_c_us-lock-0000000002';
export const FIRST = '_c_web1-lock-0000000000';
export const SECOND = '_c_web2-lock-0000000001';

export const CONNECTED: Event = {
  type: 'connected',
  sessionId: 'a1',
  sessionTimeoutMs: 15_000,
  sentAt: 0,
};
export const CUT: Event = { type: 'suspended', reason: 'the server closed the connection' };

/** A lease from its first heartbeat on: SIGTERM to the command at this moment, unless there is another one. */
export const TERMINATE_AT = 10_200;

export class Walk {
  readonly #observer: Observer | undefined;
  state: State;
  now = 0;

  constructor(observer?: Observer) {
    this.#observer = observer;
    this.state = begin(SETTINGS, 0).state;
  }

  /** Takes the events one after the other, a millisecond apart. */
  take(...events: readonly Event[]): this {
    for (const event of events) this.takeAt(this.now + 1, event);
    return this;
  }

  takeAt(now: number, event: Event): this {
    this.now = now;
    const before = this.state;
    const { state: after, commands } = step(SETTINGS, before, event, now);
    this.state = after;
    this.#observer?.observe({ before, event, after, commands, now });
    return this;
  }

  /** Connects at moment 1 with a watchdog that is ready, and takes its place behind those names. */
  stand(...ahead: readonly string[]): this {
    return this.takeAt(1, { type: 'watchdog-ready' })
      .takeAt(1, CONNECTED)
      .take(
        { type: 'surveyed', sentAt: 1, names: ahead, own: [] },
        { type: 'joined', sentAt: 2, znode: { name: OURS, epoch: 17n } },
        { type: 'contenders', sentAt: 3, names: [...ahead, OURS] },
      );
  }

  /** Stands first in line, and leads from moment 5 on. */
  lead(): this {
    return this.stand().takeAt(5, { type: 'heartbeat', sentAt: 3, znodeExists: true });
  }
}
