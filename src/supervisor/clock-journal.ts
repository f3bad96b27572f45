// Owns what a person is told of the wall clock, which a schedule goes by: that it was set, that it differs from the
// ensemble's, that it is behind what has been claimed. Must never be loud where no schedule is followed.

import type { Event } from '../election/messages.js';
import type { Settings, State } from '../election/model.js';
import type { Entry, Ledger } from '../ledger/ledger.js';
import type { Log } from '../log/log.js';
import { describeMoment } from './job-words.js';
import type { Step } from './supervisor.js';
import { beginsTerm } from './terms.js';

/** Clocks that are kept in step are adjusted by less. */
const NOTABLE_MS = 1000;

/** Ticks are claimed when they are due: by this much, some clock was wrong. */
const NOTABLE_LEAD_MS = 60_000;

export class ClockJournal {
  readonly #log: Log;
  readonly #settings: Settings;
  /** Whether it was said in this term that a tick lies in the future. */
  #saidAhead = false;

  constructor({ log, settings }: { readonly log: Log; readonly settings: Settings }) {
    this.#log = log;
    this.#settings = settings;
  }

  observe(step: Step): void {
    const { schedule, oncePer } = this.#settings.job;
    if (schedule === undefined && oncePer?.kind !== 'tick') return;
    const { event } = step;
    if (event.type === 'wall-clock') this.#set(step, event);
    if (event.type === 'joined') this.#compare(step, event);
    if (beginsTerm(step)) this.#saidAhead = false;
    if (schedule !== undefined) this.#lookAhead(step);
  }

  #set({ before, now }: Step, { offsetMs }: EventOf<'wall-clock'>): void {
    if (before.wallOffsetMs === undefined) return;
    const aheadMs = Math.round(offsetMs - before.wallOffsetMs);
    if (Math.abs(aheadMs) < NOTABLE_MS) return;
    this.#log.write('warn', 'wall-clock-set', {
      was: wallAt(now, before.wallOffsetMs),
      is: wallAt(now, offsetMs),
      ahead_ms: aheadMs,
      next:
        aheadMs > 0
          ? 'ticks that were passed over are run late, or missed'
          : 'no tick is run twice: the schedule goes on once the clock has come to its next tick',
    });
  }

  /** It was read at the ensemble between the request and its answer: only what is beyond both is a difference. */
  #compare({ after: { wallOffsetMs }, now }: Step, { createdAt, sentAt }: EventOf<'joined'>): void {
    if (createdAt === undefined || wallOffsetMs === undefined) return;
    const soonest = sentAt + wallOffsetMs;
    const latest = now + wallOffsetMs;
    const ours = Math.min(Math.max(createdAt, soonest), latest);
    const aheadMs = Math.round(ours - createdAt);
    if (Math.abs(aheadMs) <= NOTABLE_MS) return;
    this.#log.write('warn', 'wall-clock-differs', {
      ours: describeMoment(ours),
      theirs: describeMoment(createdAt),
      ahead_ms: aheadMs,
      danger:
        aheadMs > 0
          ? 'if ours is wrong, ticks are run too early here'
          : 'if ours is wrong, ticks are run too late here',
    });
  }

  #lookAhead({ after, now }: Step): void {
    const ledger = ledgerOf(after);
    const { wallOffsetMs } = after;
    if (this.#saidAhead || ledger?.tick === undefined || wallOffsetMs === undefined) return;
    if (ledger.tick - (now + wallOffsetMs) < NOTABLE_LEAD_MS) return;
    this.#saidAhead = true;
    const tick = describeMoment(ledger.tick);
    this.#log.write('warn', 'tick-in-future', {
      tick,
      by: ledger.entries.findLast((entry) => ends(entry) === ledger.tick)?.by,
      ours: wallAt(now, wallOffsetMs),
      next: `no tick up to that one is run`,
      instead:
        'set this clock right; or, if that of the other was wrong, remove the records while the election is paused',
    });
  }
}

type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>;

function wallAt(now: number, offsetMs: number): string {
  return describeMoment(now + offsetMs);
}

function ledgerOf({ phase }: State): Ledger | undefined {
  return 'term' in phase ? phase.term.records?.ledger : undefined;
}

function ends(entry: Entry): number | undefined {
  return entry.kind === 'run' ? entry.tick : entry.last;
}
