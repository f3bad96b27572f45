// Owns what the core is told of a run's options, once the time is known that it is started at.

import { hostname } from 'node:os';
import type { Job } from '../election/job.js';
import type { Settings } from '../election/model.js';
import type { RunOptions } from '../options/options.js';
import { putOff } from '../schedule/jitter.js';
import { hookNames } from './hook-environment.js';

/** What differs from run to run, though the options do not. */
interface Circumstances {
  /** By the wall clock, in milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly hasTerminal: boolean;
}

export function settingsOf(options: RunOptions, { startedAt, hasTerminal }: Circumstances): Settings {
  return {
    timing: options.timing,
    pattern: { prefix: options.znodePrefix },
    waitMs: options.waitMs,
    onLost: options.onLost,
    hooks: hookNames.filter((hook) => options.hooks[hook] !== undefined),
    stopSignal: options.stopSignal,
    hangupEnds: hasTerminal,
    job: jobOf(options, startedAt),
    claimant: { by: options.id, host: hostname() },
  };
}

/**
 * The window of --once-per is that of the start, by the clock that told cron that it is time: whoever is started for a
 * window finds itself in it, however long it then stands in line.
 */
function jobOf({ job, electionPath }: RunOptions, startedAt: number): Job {
  const { schedule, jitterMs, oncePer, ...policy } = job;
  return {
    ...policy,
    schedule: schedule && putOff(schedule, jitterMs, electionPath),
    oncePer:
      oncePer?.kind === 'window'
        ? { kind: 'tick', tick: Math.floor(startedAt / oncePer.windowMs) * oncePer.windowMs }
        : oncePer,
  };
}
