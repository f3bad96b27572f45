// Owns how a story writes a job, its runs and its ledger; notation in, values of the core out, and back.
// Must never know what an event leads to.
import { type AfterRun, type Job, type OncePer, RUN_ONCE } from '../../src/election/job.js';
import type { FoundLedger, Term } from '../../src/election/term.js';
import type { Entry, GapEntry, Ledger, Occasion, Result, RunEntry } from '../../src/ledger/ledger.js';
import { parseDuration } from '../../src/options/duration.js';
import { everySchedule } from '../../src/schedule/every.js';
import { putOff } from '../../src/schedule/jitter.js';
import { type Fields, formatExit, formatMoment, formatWall, listFrom, wallFrom } from './words.js';

/** Reads the options of a job; where one is not given, what holds for a command that is run once. */
export function jobFrom(given: Fields): Job {
  const duration = (name: string, otherwise: number): number => {
    const text = given.optional(name);
    return text === undefined ? otherwise : parseDuration(name, text);
  };
  const count = (name: string, otherwise: number): number => Number(given.optional(name) ?? otherwise);
  const interval = given.optional('every');
  const schedule =
    interval === undefined
      ? undefined
      : putOff(everySchedule(parseDuration('every', interval)), duration('jitter', 0), 'a story');
  const onExit = (given.optional('on-exit') ?? (schedule === undefined ? 'exit' : 'stay')) as AfterRun;
  const checkEvery = given.optional('check');
  return {
    onExit,
    onFailure: (given.optional('on-failure') ?? onExit) as AfterRun,
    restartDelayMs: duration('restart-delay', RUN_ONCE.restartDelayMs),
    restartDelayMaxMs: duration('restart-delay-max', RUN_ONCE.restartDelayMaxMs),
    maxRestarts: maxRestartsFrom(given.optional('max-restarts')),
    maxRuntimeMs: duration('max-runtime', RUN_ONCE.maxRuntimeMs),
    schedule,
    overlap: (given.optional('overlap') ?? RUN_ONCE.overlap) as Job['overlap'],
    catchUpMs: duration('catch-up', RUN_ONCE.catchUpMs),
    rerunInterrupted: given.optional('rerun-interrupted') === 'yes',
    oncePer: oncePerFrom(given.optional('once-per')),
    history: count('history', RUN_ONCE.history),
    check:
      checkEvery === undefined
        ? undefined
        : { intervalMs: parseDuration('check', checkEvery), rise: count('rise', 1), fall: count('fall', 1) },
    seed: RUN_ONCE.seed,
  };
}

/** `3/1m` */
function maxRestartsFrom(text: string | undefined): Job['maxRestarts'] {
  if (text === undefined) return undefined;
  const [count, period = ''] = text.split('/');
  return { count: Number(count), periodMs: parseDuration('max-restarts', period) };
}

/** A moment, or a name that stands for none. */
function oncePerFrom(text: string | undefined): OncePer | undefined {
  if (text === undefined) return undefined;
  return isWall(text) ? { kind: 'tick', tick: wallFrom(text) } : { kind: 'name', name: text };
}

/**
 * Reads the ledger that was found: `ledger=none`, or `ledger=12:00:10` for the tick that it stands at (`new` before
 * the first), with `every=10s failures=2 runs=4-1/12:00:00/going,4-2/12:00:10/failed/2`: of each run its id, its tick
 * or name (`-` for none), its result, and its attempt.
 */
export function foundFrom(fields: Fields): FoundLedger | undefined {
  const text = fields.optional('ledger');
  if (text === undefined || text === 'none') return text && { ledger: undefined };
  const interval = fields.optional('every');
  return {
    ledger: {
      tick: text === 'new' ? undefined : wallFrom(text),
      schedule: interval && `every ${interval}`,
      failures: Number(fields.optional('failures') ?? 0),
      entries: listFrom(fields.optional('runs')).map(runFrom),
    },
  };
}

function runFrom(text: string): RunEntry {
  const [id = '', what = '-', result = 'going', attempt = '1'] = text.split('/');
  return {
    kind: 'run',
    id,
    reason: 'tick',
    ...(isWall(what) ? { tick: wallFrom(what) } : what !== '-' && { name: what }),
    attempt: Number(attempt),
    by: 'them',
    host: 'there',
    epoch: BigInt(id.split('-')[0] ?? ''),
    claimedAt: isWall(what) ? wallFrom(what) : 0,
    ...(result !== 'going' && { result: result as Result }),
  };
}

function isWall(text: string): boolean {
  return /^\d\d:\d\d:\d\d/.test(text);
}

/** `tick 12:00:10, attempt 2`; `request 77` */
export function describeOccasion({ reason, tick, name, attempt, request }: Occasion): string {
  const what = [reason, tick === undefined ? name : formatWall(tick), request].filter(Boolean).join(' ');
  return attempt === 1 ? what : `${what}, attempt ${attempt}`;
}

/** What a term has still to do, should nothing else happen. */
export function describeIntentions({ planned, queued, request }: Term): string {
  return [
    request && `request ${request.id} by ${request.instruction.by}`,
    queued && `tick ${formatWall(queued)} in the queue`,
    planned && `${describeOccasion(planned)}, not before ${formatMoment(planned.notBefore)}`,
  ]
    .filter(Boolean)
    .join('; ');
}

/** What a write changes. */
export function describeChanges(before: Ledger, after: Ledger): string {
  const { tick, schedule, failures } = after;
  const changes = [
    ...(schedule === before.schedule ? [] : [schedule ?? 'no schedule']),
    ...(tick === before.tick || tick === undefined ? [] : [`up to ${formatWall(tick)}`]),
    ...(failures === before.failures ? [] : [`failures ${failures}`]),
    ...after.entries.flatMap((entry) => describeEntry(before, entry)),
    ...before.entries.filter((entry) => isForgotten(after, entry)).map((entry) => `forgets ${nameOf(entry)}`),
  ];
  return changes.length === 0 ? 'the same again' : changes.join('; ');
}

function describeEntry(before: Ledger, entry: Entry): readonly string[] {
  const same = before.entries.find((other) => nameOf(other) === nameOf(entry));
  if (same !== undefined && describeState(same) === describeState(entry)) return [];
  return [`${nameOf(entry)} ${describeState(entry)}`];
}

function isForgotten(after: Ledger, entry: Entry): boolean {
  return after.entries.every((other) => nameOf(other) !== nameOf(entry));
}

/** What tells an entry from any other for as long as it stands. */
function nameOf(entry: Entry): string {
  return entry.kind === 'run' ? `run ${entry.id}` : `${entry.kind} from ${formatWall(entry.first)}`;
}

function describeState(entry: RunEntry | GapEntry): string {
  if (entry.kind !== 'run') return `to ${formatWall(entry.last)} (${entry.count})`;
  const { result, exit, startedAt, endedAt } = entry;
  if (result === undefined) return `claimed for ${describeOccasion(entry)}`;
  const lasted =
    startedAt === undefined || endedAt === undefined ? '' : ` after ${formatMoment(endedAt - startedAt)}`;
  return `${result}${lasted}${exit === undefined ? '' : `, ${formatExit(exit)}`}`;
}
