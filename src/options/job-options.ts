// Owns what an operator may want of a command that ends by itself, that runs by a schedule, or that not every server is
// fit for. Must never read the clock.

import type { AfterRun, Check, Job } from '../election/job.js';
import { hashOf } from '../schedule/jitter.js';
import type { Command } from './command.js';
import { formatDuration, parsePositiveDuration } from './duration.js';
import { type Hooks, parseHook } from './hooks.js';
import { refuseJobContradictions } from './job-contradictions.js';
import { FOLLOWING, type JobOptionName, jobTable } from './job-table.js';
import { given, type Setting, type Settings } from './option.js';
import { parseScheduleOptions, type ScheduleOptions } from './schedule-options.js';
import { quote, UsageError } from './usage-error.js';
import { parseChoice, parseCount } from './values.js';

const MOST_RESTARTS = 1000;
const MOST_CHECKS = 100;

/** A job as the operator wants it, whatever the time is. */
export type JobPolicy = Omit<Job, keyof ScheduleOptions> & ScheduleOptions;

export interface JobOptions {
  readonly job: JobPolicy;
  /** What this program ends with where the run of --once-per is done, or somebody else does it. */
  readonly skipCode: number;
  /** What tells whether this server is fit to run the command; there is one where the job has a check. */
  readonly checkCommand: Command | undefined;
}

interface Surroundings {
  readonly searchPath: string | undefined;
  readonly cwd: string;
  readonly pid: number;
}

/**
 * Checks each setting by itself, then against the others, and against the hooks of the run; throws a UsageError at the
 * first mistake. The contender's id goes into what makes its pauses differ from those of others.
 */
export function parseJobOptions(
  settings: Settings<JobOptionName | 'on-elected' | 'on-lost'>,
  run: { readonly id: string; readonly hooks: Hooks },
  surroundings: Surroundings,
): JobOptions {
  const { check: checkSetting, 'max-runtime': maxRuntime, 'max-restarts': maxRestarts } = settings;
  const parse = given(jobTable, settings);
  const schedule = parseScheduleOptions(settings);
  const options: JobOptions = {
    job: {
      ...parseFollowing(settings, schedule.schedule === undefined ? 'exit' : 'stay'),
      ...parseRestartDelays(settings),
      maxRestarts: maxRestarts && parseMaxRestarts(maxRestarts),
      maxRuntimeMs:
        maxRuntime === undefined ? Infinity : parsePositiveDuration(maxRuntime.from, maxRuntime.text),
      ...schedule,
      check: parseCheck(settings),
      seed: hashOf(`${run.id} ${surroundings.pid}`),
    },
    skipCode: parse('skip-code', (option, text) => parseCount(option, text, 0, 255)),
    checkCommand: checkSetting && parseHook(checkSetting.from, checkSetting.text, surroundings),
  };
  refuseJobContradictions(settings, options.job, run.hooks);
  return options;
}

function parseFollowing(
  { 'on-exit': exit, 'on-failure': failure }: Settings<JobOptionName>,
  otherwise: AfterRun,
): Pick<Job, 'onExit' | 'onFailure'> {
  const onExit = exit === undefined ? otherwise : parseChoice(exit.from, exit.text, FOLLOWING);
  return {
    onExit,
    onFailure: failure === undefined ? onExit : parseChoice(failure.from, failure.text, FOLLOWING),
  };
}

function parseRestartDelays(
  settings: Settings<JobOptionName>,
): Pick<Job, 'restartDelayMs' | 'restartDelayMaxMs'> {
  const parse = given(jobTable, settings);
  const restartDelayMs = parse('restart-delay', parsePositiveDuration);
  const restartDelayMaxMs = parse('restart-delay-max', parsePositiveDuration);
  if (restartDelayMs > restartDelayMaxMs) {
    const { 'restart-delay': delay, 'restart-delay-max': longest } = settings;
    throw new UsageError(
      delay?.from ?? '--restart-delay',
      `expected at most ${longest?.from ?? '--restart-delay-max'}, ${formatDuration(restartDelayMaxMs)}, got ` +
        `${quote(delay?.text ?? jobTable['restart-delay'].default)}; shorten it, or lengthen the other`,
    );
  }
  return { restartDelayMs, restartDelayMaxMs };
}

function parseMaxRestarts({ from, text }: Setting): Job['maxRestarts'] {
  const [, count = '', period = ''] = /^(\d{1,4})\/([\d.]+[a-z]+)$/.exec(text) ?? [];
  if (Number(count) >= 1 && Number(count) <= MOST_RESTARTS) {
    return { count: Number(count), periodMs: parsePositiveDuration(from, period) };
  }
  throw new UsageError(
    from,
    `expected a number from 1 to ${MOST_RESTARTS} and a period, such as 5/10m, got ${quote(text)}`,
  );
}

function parseCheck(settings: Settings<JobOptionName>): Check | undefined {
  const parse = given(jobTable, settings);
  const count = (option: string, text: string): number => parseCount(option, text, 1, MOST_CHECKS);
  const check = {
    intervalMs: parse('check-interval', parsePositiveDuration),
    rise: parse('check-rise', count),
    fall: parse('check-fall', count),
  };
  return settings.check && check;
}
