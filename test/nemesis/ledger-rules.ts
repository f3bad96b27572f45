// Owns the judgement of the ledger: every tick once, every run with its result, and whatever beat.
// Sees what the commands have written and what the program has; must never ask the program about itself.

import type { GapEntry, Ledger, RunEntry } from '../../src/ledger/ledger.js';
import { runsOf } from '../../src/ledger/ledger.js';
import type { Life, Violation } from './history.js';
import { formatRunId, isOlder, parseRunId } from './line.js';
import type { Job } from './job.js';
import { HISTORY } from './job.js';

export interface Evidence {
  /** Undefined if there is none. */
  readonly ledger: Ledger | undefined;
  /** Whether every contender had ended when it was read: until then the last run may be going. */
  readonly isOver: boolean;
  /** Of all runs that had begun by then. */
  readonly lives: readonly Life[];
  readonly job: Job;
}

type Break = Pick<Violation, 'rule' | 'message'>;

/** Everything in which the ledger breaks a rule. */
export function judgeLedger({ ledger, isOver, lives, job }: Evidence): Break[] {
  if (ledger === undefined) return [broken('there is none')];
  const runs = runsOf(ledger);
  // Of a full one the oldest end may be missing, and with it what came before a second attempt.
  const since = ledger.entries.length < HISTORY ? undefined : runs[0];
  return [
    ...gapsIn(ledger, job),
    ...lives.flatMap((life) => compare(life, runs, since)),
    ...runs
      .filter((run) => run.result === undefined && (isOver || run !== runs.at(-1)))
      .map(({ id }) => broken(`run ${id} has no result, and is not going`)),
    ...runs.flatMap((run) => judgeAttempt(run, runs, since, job)),
  ];
}

/** Every tick between the first and the last is in one entry alone; later attempts at a tick are not counted. */
function gapsIn({ entries, tick: upTo }: Ledger, { everyMs }: Job): Break[] {
  const breaks: Break[] = [];
  let before: number | undefined;
  for (const entry of entries) {
    const ticks = ticksOf(entry);
    if (ticks === undefined) continue;
    const { first, last, count } = ticks;
    const expected = before === undefined ? first : before + everyMs;
    if (first > expected) breaks.push(broken(`nothing is said of tick ${timestamp(expected)}`));
    if (first < expected) breaks.push(broken(`tick ${timestamp(first)} is accounted for twice`));
    if (count !== (last - first) / everyMs + 1) {
      const span = `${timestamp(first)} to ${timestamp(last)}`;
      breaks.push(broken(`the ticks from ${span} are counted as ${count}`));
    }
    before = last;
  }
  if (before !== undefined && before !== upTo)
    breaks.push(broken(`its last tick is ${timestamp(before)}, and it says ${String(upTo)}`));
  return breaks;
}

function ticksOf(entry: RunEntry | GapEntry): Pick<GapEntry, 'first' | 'last' | 'count'> | undefined {
  if (entry.kind !== 'run') return entry;
  const { tick, attempt } = entry;
  return tick === undefined || attempt > 1 ? undefined : { first: tick, last: tick, count: 1 };
}

/** Whether the ledger knows a run as its command saw it. */
function compare(life: Life, runs: readonly RunEntry[], since: RunEntry | undefined): Break[] {
  const id = formatRunId(life);
  const run = runs.find((each) => each.id === id);
  if (run === undefined) {
    const oldest = since && parseRunId(since.id);
    return oldest !== undefined && isOlder(life, oldest) ? [] : [broken(`run ${id} beat and is not in it`)];
  }
  const { occasion, contender, epoch } = life;
  const seen = { tick: occasion?.tick, attempt: occasion?.attempt, by: contender, epoch };
  const isOther = (['tick', 'attempt', 'by', 'epoch'] as const).filter((name) => run[name] !== seen[name]);
  const differences = isOther.map((name) =>
    broken(`run ${id} has ${name} ${String(run[name])}, and its command saw ${String(seen[name])}`),
  );
  const hasSucceeded = life.ended && !life.manner.split('+').includes('failing');
  return run.result === 'succeeded' && !hasSucceeded
    ? [...differences, broken(`run ${id} is said to have succeeded, and its command did not`)]
    : differences;
}

/** A tick is tried again only where the plan has it so, behind an attempt that ended as the plan says. */
function judgeAttempt(
  run: RunEntry,
  runs: readonly RunEntry[],
  since: RunEntry | undefined,
  { rerunInterrupted, onFailure }: Job,
): Break[] {
  const { id, tick, attempt, reason } = run;
  if (attempt === 1) return [];
  const before = runs.find((each) => each.tick === tick && each.attempt === attempt - 1);
  const what = `run ${id} is attempt ${attempt} at tick ${timestamp(tick)}`;
  const isAllowed =
    (reason === 'rerun' && rerunInterrupted) || (reason === 'restart' && onFailure === 'restart');
  if (!isAllowed) return [{ rule: 'tried again', message: `${what}, for the reason "${reason}"` }];
  if (before === undefined) {
    const isForgotten = since !== undefined && (since.tick ?? 0) >= (tick ?? 0);
    return isForgotten ? [] : [{ rule: 'tried again', message: `${what}, without the one before` }];
  }
  const wanted = reason === 'rerun' ? ['interrupted'] : ['failed', 'timed-out'];
  return wanted.includes(before.result ?? 'going')
    ? []
    : [{ rule: 'tried again', message: `${what}, by a ${reason}, and the one before is ${before.result}` }];
}

function broken(problem: string): Break {
  return { rule: 'ledger', message: `in the ledger: ${problem}` };
}

function timestamp(at: number | undefined): string {
  return at === undefined ? 'unknown' : new Date(at).toISOString();
}
