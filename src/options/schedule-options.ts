// Owns when the command is run: the schedule of --every or --cron, and how exactly it is kept.

import type { Job } from '../election/job.js';
import { everySchedule } from '../schedule/every.js';
import type { Calendar } from '../schedule/schedule.js';
import { parseCron } from './cron-expression.js';
import { formatDuration, parseDuration, parsePositiveDuration } from './duration.js';
import { type JobOptionName, jobTable } from './job-table.js';
import { type OncePer, parseOncePer } from './once-per.js';
import { given, type Setting, type Settings } from './option.js';
import { ownTimeZone, parseTimeZone } from './time-zone.js';
import { quote, UsageError } from './usage-error.js';
import { parseChoice, parseCount, parseSwitch } from './values.js';

/** Each tick costs two writes at a quorum. */
const SHORTEST_INTERVAL_MS = 100;

/** The part of a job that is told by the clock, before anybody has looked at one. */
export interface ScheduleOptions extends Pick<Job, 'overlap' | 'catchUpMs' | 'rerunInterrupted' | 'history'> {
  readonly schedule: Calendar | undefined;
  /** By how much a tick is put off at most. */
  readonly jitterMs: number;
  readonly oncePer: OncePer | undefined;
}

/** Checks each setting by itself, and the jitter against the interval; throws a UsageError at the first mistake. */
export function parseScheduleOptions(settings: Settings<JobOptionName>): ScheduleOptions {
  const { every, jitter, 'once-per': oncePer } = settings;
  const intervalMs = every && parseInterval(every);
  const parse = given(jobTable, settings);
  const jitterMs = parse('jitter', parseDuration);
  if (jitter !== undefined && intervalMs !== undefined && jitterMs >= intervalMs) {
    throw new UsageError(
      jitter.from,
      `expected less than the interval of --every, ${formatDuration(intervalMs)}, got ${quote(jitter.text)}; ` +
        'a tick is put off half-way to the next one at most',
    );
  }
  return {
    schedule: parseSchedule(settings, intervalMs),
    jitterMs,
    overlap: parse('overlap', (option, text) => parseChoice(option, text, jobTable.overlap.choices)),
    catchUpMs: parse('catch-up', parseDuration),
    rerunInterrupted: parse('rerun-interrupted', parseSwitch),
    oncePer: oncePer && parseOncePer(oncePer.from, oncePer.text),
    history: parse('history', (option, text) => parseCount(option, text, 1, 500)),
  };
}

function parseInterval({ from, text }: Setting): number {
  const intervalMs = parsePositiveDuration(from, text);
  if (intervalMs >= SHORTEST_INTERVAL_MS) return intervalMs;
  throw new UsageError(
    from,
    `expected at least ${formatDuration(SHORTEST_INTERVAL_MS)}, since a quorum has to agree to each tick, got ${quote(text)}`,
  );
}

function parseSchedule(
  { every, cron, timezone }: Settings<JobOptionName>,
  intervalMs: number | undefined,
): Calendar | undefined {
  if (every !== undefined && cron !== undefined) {
    throw new UsageError(
      cron.from,
      `expected no other schedule beside ${every.from}, got both; keep one of them`,
    );
  }
  const timeZone = timezone && parseTimeZone(timezone.from, timezone.text);
  if (intervalMs !== undefined) return everySchedule(intervalMs);
  return cron && parseCron(cron.from, cron.text, timeZone ?? ownTimeZone());
}
