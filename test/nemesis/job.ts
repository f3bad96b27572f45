// Owns the scheduled job of a plan: how it is drawn, checked, said on a command line, and what its commands are like.
// Must never draw from the chance that the faults come from: a seed has the same faults with a job and without.

import type { Random } from '../simulation/random.js';

export const JOBS = ['lasting', 'scheduled'] as const;
/** Whether the command lasts as long as its term, or runs at every tick. */
export type JobKind = (typeof JOBS)[number];

const OVERLAPS = ['skip', 'queue', 'replace'] as const;
const ON_FAILURE = ['stay', 'restart', 'resign'] as const;

/** The options of a scheduled job, the same for all contenders. */
export interface Job {
  readonly everyMs: number;
  readonly overlap: (typeof OVERLAPS)[number];
  readonly catchUpMs: number;
  readonly rerunInterrupted: boolean;
  /** `stay` waits for the next tick, as without the option. */
  readonly onFailure: (typeof ON_FAILURE)[number];
  /** 0 for no limit. */
  readonly maxRuntimeMs: number;
}

/** What the ledger keeps at most; the program takes no more. */
export const HISTORY = 500;

/** Every other plan has one. */
export function drawJob(random: Random, kind: JobKind | undefined): Job | undefined {
  const drawn = random.chance(0.5);
  if (kind === undefined ? !drawn : kind === 'lasting') return undefined;
  const pick = <T>(first: T, ...others: readonly T[]): T => random.shuffled([first, ...others])[0] ?? first;
  return {
    everyMs: pick(400, 500, 700, 1000),
    overlap: pick(...OVERLAPS),
    catchUpMs: pick(0, 1500, 600_000),
    rerunInterrupted: random.chance(0.5),
    onFailure: pick('stay', ...ON_FAILURE),
    maxRuntimeMs: pick(0, 1200),
  };
}

/** Gives a command an end of its own, which one may lack only if somebody else ends it. */
export function withEnd(random: Random, manner: string, { overlap, maxRuntimeMs }: Job): string {
  const others = manner.split('+').filter((trait) => trait !== 'mortal');
  const isEnded = overlap === 'replace' || maxRuntimeMs > 0;
  const share = random.next();
  const length = share < 0.5 ? ['brief'] : share < 0.8 || !isEnded ? ['long'] : [];
  return [...others, ...length, ...(random.chance(0.3) ? ['failing'] : [])].join('+');
}

export function argumentsOf(job: Job): string[] {
  const { everyMs, overlap, catchUpMs, rerunInterrupted, onFailure, maxRuntimeMs } = job;
  return [
    ...[`--every=${everyMs}ms`, `--overlap=${overlap}`, `--catch-up=${catchUpMs}ms`, `--history=${HISTORY}`],
    ...(rerunInterrupted ? ['--rerun-interrupted'] : []),
    ...(onFailure === 'stay'
      ? []
      : [`--on-failure=${onFailure}`, '--restart-delay=100ms', '--restart-delay-max=500ms']),
    ...(maxRuntimeMs === 0 ? [] : [`--max-runtime=${maxRuntimeMs}ms`]),
  ];
}

/** Whether something that was read is a job. */
export function isJob(value: unknown): value is Job {
  if (typeof value !== 'object' || value === null) return false;
  const { everyMs, overlap, catchUpMs, rerunInterrupted, onFailure, maxRuntimeMs } = value as Partial<Job>;
  return (
    [everyMs, catchUpMs, maxRuntimeMs].every((ms) => Number.isInteger(ms)) &&
    OVERLAPS.includes(overlap as Job['overlap']) &&
    ON_FAILURE.includes(onFailure as Job['onFailure']) &&
    typeof rerunInterrupted === 'boolean'
  );
}
