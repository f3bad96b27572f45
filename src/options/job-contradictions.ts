// Owns the refusal of settings that have nothing to act upon, or that want two things at once. A setting that would be
// ignored is a mistake: whoever wrote it relies on it.

import { type Check, keepsLedger } from '../election/job.js';
import { formatDuration } from './duration.js';
import type { Hooks } from './hooks.js';
import type { JobPolicy } from './job-options.js';
import type { JobOptionName } from './job-table.js';
import type { Setting, Settings } from './option.js';
import { quote, UsageError } from './usage-error.js';

type Given = Settings<JobOptionName | 'on-elected' | 'on-lost'>;

/** What each of them needs beside it: one of these. */
const COMPANIONS = {
  timezone: ['cron'],
  overlap: ['every', 'cron'],
  jitter: ['every', 'cron'],
  'catch-up': ['every', 'cron'],
  'skip-code': ['once-per'],
  'check-interval': ['check'],
  'check-rise': ['check'],
  'check-fall': ['check'],
} as const satisfies Readonly<Partial<Record<JobOptionName, readonly JobOptionName[]>>>;

const TICKING = ['--every', '--cron', '--once-per'];
const GOING_ON = ['--on-exit restart|resign', '--on-failure restart|resign'];

/** Throws a UsageError that names both sides, at the first contradiction. */
export function refuseJobContradictions(given: Given, job: JobPolicy, hooks: Hooks): void {
  refuseTwoWays(given);
  refuseRestarts(given);
  for (const [name, companions] of entriesOf(COMPANIONS)) {
    if (companions.every((companion) => given[companion] === undefined)) {
      refuseAlone(
        given[name],
        companions.map((companion) => `--${companion}`),
      );
    }
  }
  refuseUnused(given, job);
  refuseTermHooks(given, hooks);
}

function refuseTwoWays(given: Given): void {
  const schedule = given.every ?? given.cron;
  const oncePer = given['once-per'];
  if (schedule === undefined || oncePer === undefined) return;
  throw new UsageError(
    oncePer.from,
    `expected no schedule beside it, since it makes one run for whoever keeps a schedule elsewhere, got ${schedule.from}; ` +
      'keep one of them',
  );
}

function refuseRestarts(given: Given): void {
  const { 'on-exit': exit, 'on-failure': failure, 'once-per': oncePer } = given;
  const schedule = given.every ?? given.cron;
  if (schedule !== undefined && exit?.text === 'restart') {
    throw new UsageError(
      exit.from,
      `expected exit or resign beside ${schedule.from}, got "restart", which leaves no run to the schedule; leave it out ` +
        'to wait for the next tick, or write --on-failure restart to try a failed one again',
    );
  }
  if (oncePer === undefined) return;
  for (const setting of [exit, failure]) {
    if (setting === undefined || setting.text === 'exit') continue;
    throw new UsageError(
      setting.from,
      `expected exit beside ${oncePer.from}, which makes one run and ends, got ${quote(setting.text)}; let the caller ` +
        'call again for another tick, or keep the schedule here, with --every or --cron',
    );
  }
}

function refuseUnused(given: Given, job: JobPolicy): void {
  const following = [job.onExit, job.onFailure];
  const restarts = following.includes('restart');
  if (!restarts) refuseAlone(given['max-restarts'], ['--on-exit restart', '--on-failure restart']);
  if (!restarts && !following.includes('resign')) {
    for (const name of ['restart-delay', 'restart-delay-max'] as const) {
      refuseAlone(given[name], GOING_ON);
    }
  }
  const hasTicks = job.schedule !== undefined || job.oncePer !== undefined;
  if (job.rerunInterrupted && !hasTicks) refuseAlone(given['rerun-interrupted'], TICKING);
  if (!keepsLedger(job)) refuseAlone(given.history, [...TICKING, ...GOING_ON]);
}

/** Refuses what has been given without any of those that would make use of it. */
function refuseAlone(setting: Setting | undefined, companions: readonly string[]): void {
  if (setting === undefined) return;
  const [only = ''] = companions;
  const [names, way] =
    companions.length === 1
      ? [only, only]
      : [`${companions.slice(0, -1).join(', ')} or ${companions.at(-1) ?? ''}`, 'one of them'];
  throw new UsageError(setting.from, `expected ${names} beside it, got none; pass ${way}, or leave this out`);
}

/** Until the check has passed often enough nobody stands for election: whoever waits for less is never elected. */
export function refuseShortWait(wait: Setting | undefined, waitMs: number, check: Check | undefined): void {
  if (wait === undefined || check === undefined || waitMs === 0) return;
  const neededMs = (check.rise - 1) * check.intervalMs;
  if (waitMs > neededMs) return;
  throw new UsageError(
    wait.from,
    `expected more than ${formatDuration(neededMs)}, which the check needs to pass ${check.rise} times, got ` +
      `${quote(wait.text)}; lengthen it, or lower --check-rise or --check-interval`,
  );
}

/** They run in the tree of a command, and between runs there is none. */
function refuseTermHooks(given: Given, { elected, lost }: Hooks): void {
  const ticking = given.every ?? given.cron ?? given['once-per'];
  const hook = elected === undefined ? given['on-lost'] : given['on-elected'];
  if (ticking === undefined || hook === undefined || (elected === undefined && lost === undefined)) return;
  throw new UsageError(
    hook.from,
    `expected no hook of a term beside ${ticking.from}, got one: it runs beside the command, and between runs there is ` +
      'none; let the command itself do it',
  );
}

function entriesOf<Key extends string, Value>(record: Readonly<Record<Key, Value>>): [Key, Value][] {
  return Object.entries(record) as [Key, Value][];
}
