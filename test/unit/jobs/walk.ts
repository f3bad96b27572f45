// Walks a contender that runs a job by a schedule through the steps that the core really takes. The wall clock shows
// the first of January 2026 at moment 0, and a tick comes every ten seconds.
import type { Clock } from '../../../src/clock.js';
import type { Job } from '../../../src/election/job.js';
import { RUN_ONCE } from '../../../src/election/job.js';
import type { ChildExit } from '../../../src/election/endings.js';
import type { Event } from '../../../src/election/messages.js';
import type { Settings, State } from '../../../src/election/model.js';
import { begin, step } from '../../../src/election/step.js';
import { EMPTY_LEDGER, type Ledger, type RunEntry } from '../../../src/ledger/ledger.js';
import type { LogFields } from '../../../src/log/line.js';
import type { Log } from '../../../src/log/log.js';
import type { Schedule } from '../../../src/schedule/schedule.js';
import type { Observer } from '../../../src/supervisor/supervisor.js';
import { logTo } from '../made-up-log.js';
import { SETTINGS } from '../settings.js';

export const OURS = '_c_us-lock-0000000001';
export const WALL = Date.UTC(2026, 0, 1);
export const TICK_MS = 10_000;
const HEARTBEAT_MS = 1000;

export const EVERY_TEN_SECONDS: Schedule = {
  text: 'every 10s',
  next: (after) => (Math.floor(after / TICK_MS) + 1) * TICK_MS,
  between: (after, until) => {
    const first = EVERY_TEN_SECONDS.next(after);
    const last = Math.floor(until / TICK_MS) * TICK_MS;
    return last < first ? undefined : { first, last, count: (last - first) / TICK_MS + 1 };
  },
  dueAt: (tick) => tick,
};

export const SCHEDULED: Partial<Job> = { onExit: 'stay', onFailure: 'stay', schedule: EVERY_TEN_SECONDS };

/** The moment so many seconds behind the first of January, as the log writes it. */
export function at(seconds: number): string {
  return new Date(WALL + seconds * 1000).toISOString();
}

/** A run of another contender that has claimed the tick so many seconds behind the first of January. */
export function runOf(seconds: number, end: Partial<RunEntry> = {}): RunEntry {
  const tick = WALL + seconds * 1000;
  const claim = { kind: 'run', id: '9-4', reason: 'tick', tick, attempt: 1, claimedAt: tick } as const;
  return { ...claim, by: 'web1', host: 'one', epoch: 9n, ...end };
}

/** A ledger that another contender has left, with those entries. */
export function left(entries: Ledger['entries'], more: Partial<Ledger> = {}): Ledger {
  const ticks = entries.map((entry) => (entry.kind === 'run' ? entry.tick : entry.last) ?? WALL);
  return {
    ...EMPTY_LEDGER,
    schedule: EVERY_TEN_SECONDS.text,
    tick: Math.max(WALL, ...ticks),
    entries,
    ...more,
  };
}

type Onlookers = (log: Log, settings: Settings, clock: Clock) => readonly Observer[];

export class JobWalk {
  readonly settings: Settings;
  readonly #observers: readonly Observer[];
  #lines: string[] = [];
  /** The line that tells how things stand. */
  shown: string | undefined;
  state: State;
  now = 0;

  constructor(job: Partial<Job>, onlookers: Onlookers, changed: Partial<Settings> = {}) {
    this.settings = { ...SETTINGS, ...changed, job: { ...RUN_ONCE, ...job } };
    this.state = begin(this.settings, 0).state;
    const log = logTo(
      ({ level, message, fields }) => this.#lines.push(`${level}: ${message}${inText(fields)}`),
      (status) => (this.shown = status),
    );
    this.#observers = onlookers(log, this.settings, () => this.now);
  }

  /** The lines since the last call. */
  told(): readonly string[] {
    return this.#lines.splice(0);
  }

  take(event: Event, now = this.now + 1): this {
    this.now = now;
    const before = this.state;
    const { state: after, commands } = step(this.settings, before, event, now);
    this.state = after;
    for (const observer of this.#observers) observer.observe({ before, event, after, commands, now });
    return this;
  }

  /** Stands first in line from moment 4 on. */
  stand(): this {
    return this.take({ type: 'wall-clock', offsetMs: WALL }, 0)
      .take({ type: 'watchdog-ready' }, 0)
      .take({ type: 'connected', sessionId: 'a1', sessionTimeoutMs: 15_000, sentAt: 0 }, 1)
      .take({ type: 'surveyed', sentAt: 1, names: [], own: [] })
      .take({ type: 'joined', sentAt: 2, znode: { name: OURS, epoch: 17n } })
      .take({ type: 'contenders', sentAt: 3, names: [OURS] });
  }

  /** Leads from moment 5 on, with the ledger that the last leader has left. */
  lead(ledger?: Ledger): this {
    return this.stand().take({ type: 'heartbeat', sentAt: 3, znodeExists: true, ledger: { ledger } });
  }

  /** Whatever the term has for the ledger is written, one revision after the other. */
  written(): this {
    const { phase } = this.state;
    const records = 'term' in phase ? phase.term.records : undefined;
    if (records === undefined || records.confirmed === records.revision) return this;
    return this.take({
      type: 'ledger-written',
      sentAt: this.now,
      revision: records.sent,
      outcome: 'written',
    }).written();
  }

  /** Time passes up to this moment, and heartbeats are answered as long as there is a connection. */
  passTo(moment: number): this {
    while (this.now < moment) {
      const next = Math.min(this.now + HEARTBEAT_MS, moment);
      const { session } = this.state;
      const isConnected = session.status === 'live' && session.link.status === 'connected';
      this.take(
        isConnected ? { type: 'heartbeat', sentAt: this.now, znodeExists: true } : { type: 'clock' },
        next,
      );
    }
    return this;
  }

  /** The command ends, and every process of it. */
  exit(exit: ChildExit = { kind: 'code', code: 0 }): this {
    return this.take({ type: 'child-exited', exit }).take({ type: 'tree-empty' });
  }
}

function inText(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${JSON.stringify(value)}`)
    .join('');
}
