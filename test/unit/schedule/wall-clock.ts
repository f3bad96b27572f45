// What a wall clock shows, minute by minute, as Intl tells it: the tests of cron compare the library's ticks with it.
import type { Calendar, Ticks } from '../../../src/schedule/schedule.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Three days of 2026 around each change of the clocks. */
export const CHANGES = {
  'Europe/Berlin': ['2026-03-29', '2026-10-25'],
  'America/New_York': ['2026-03-08', '2026-11-01'],
  // By half an hour.
  'Australia/Lord_Howe': ['2026-10-04', '2026-04-05'],
  // At midnight.
  'America/Santiago': ['2026-09-06', '2026-04-05'],
  'Asia/Kolkata': ['2026-03-29'],
} as const;

export type Zone = keyof typeof CHANGES;

export const ZONES = Object.keys(CHANGES) as readonly Zone[];

/** A minute that went by: when, and what the wall clock showed, as if that were UTC. */
interface Minute {
  readonly at: number;
  readonly shown: number;
}

/** What an expression of minutes and hours matches. */
export interface Times {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  /** Whether it names times of day, each of which is to come once a day. */
  readonly areNamed: boolean;
}

/** What the wall clock of a zone shows at a moment, as if that were UTC. */
export function shownAt(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return (at) => {
    const [day = 0, month = 0, year = 0, hour = 0, minute = 0, second = 0] = (
      format.format(at).match(/\d+/g) ?? []
    ).map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
}

/** The minutes of the three days around each change of a zone's clocks. */
export function minutesAround(zone: Zone): readonly (readonly Minute[])[] {
  const show = shownAt(zone);
  return CHANGES[zone].map((day) =>
    Array.from({ length: 72 * 60 }, (_, minute) => {
      const at = Date.parse(`${day}T00:00Z`) - 24 * HOUR_MS + minute * MINUTE_MS;
      return { at, shown: show(at) };
    }),
  );
}

/** The ticks among these minutes, but for the first minute. */
export function ticksAmong(minutes: readonly Minute[], times: Times): number[] {
  const seen = new Set<number>();
  return minutes
    .filter(({ shown }, index) => {
      const before = minutes[index - 1]?.shown ?? shown;
      const isNew = !seen.has(shown);
      seen.add(shown);
      if (index === 0) return false;
      if (!times.areNamed) return matches(shown, times);
      const passedOver = Array.from(
        { length: Math.max(0, (shown - before) / MINUTE_MS - 1) },
        (_, place) => before + (place + 1) * MINUTE_MS,
      );
      return [shown, ...passedOver].some((each) => (each !== shown || isNew) && matches(each, times));
    })
    .map(({ at }) => at);
}

function matches(shown: number, { minutes, hours }: Times): boolean {
  const date = new Date(shown);
  return minutes.has(date.getUTCMinutes()) && hours.has(date.getUTCHours());
}

/** What `between` promises, the slow way. */
export function countedTicks(schedule: Calendar, after: number, until: number): Ticks | undefined {
  const ticks: number[] = [];
  for (let tick = schedule.next(after); tick <= until; tick = schedule.next(tick)) ticks.push(tick);
  const [first] = ticks;
  return first === undefined ? undefined : { first, last: ticks.at(-1) ?? first, count: ticks.length };
}
