// Owns the words in which a history speaks of runs and ticks. What stands in the ledger passes printable() first.

import type { ChildExit } from '../election/endings.js';
import type { GapEntry, RunEntry } from '../ledger/ledger.js';
import { printable } from '../printable.js';
import { ageInWords, timeOfDay } from '../status/words.js';

/** The term that can be running something: that of whoever leads. */
export type LeadingEpoch = bigint | undefined;

/** A moment by this machine's clock and time zone; the day only where it is another than that of `now`. */
export function momentInWords(at: number, now: Date): string {
  const moment = new Date(at);
  const day = dayOf(moment);
  return day === dayOf(now) ? timeOfDay(moment) : `${day} ${timeOfDay(moment)}`;
}

/** "320ms", "3.2s", "3m 12s". Below zero, where the clock was set meanwhile, it is none. */
export function durationInWords(ms: number): string {
  if (ms < 1000) return `${String(Math.max(0, Math.round(ms)))}ms`;
  return ms < 10_000 ? `${(Math.floor(ms / 100) / 10).toFixed(1)}s` : ageInWords(ms);
}

/** What the run was for: its tick, or whatever else led to it. */
export function occasionInWords({ tick, name, reason }: RunEntry, now: Date): string {
  const why = reason === 'request' ? 'by request' : reason;
  if (name !== undefined) return printable(name);
  if (tick === undefined) return why;
  return reason === 'tick' ? momentInWords(tick, now) : `${momentInWords(tick, now)} ${why}`;
}

/** How the run ended, or whether it goes on. */
export function resultInWords(run: RunEntry, leading: LeadingEpoch): string {
  if (run.result === undefined) return isRunning(run, leading) ? 'running' : 'no result';
  const how = exitInWords(run.exit);
  return how === undefined ? run.result : `${run.result} (${how})`;
}

/** Whether it goes on: a run ends with its term, whether or not that was written down. */
export function isRunning({ result, epoch }: RunEntry, leading: LeadingEpoch): boolean {
  return result === undefined && epoch === leading;
}

/** How long the run took; undefined where nobody knows. */
export function durationOf({ startedAt, endedAt }: RunEntry): number | undefined {
  return startedAt === undefined || endedAt === undefined ? undefined : Math.max(0, endedAt - startedAt);
}

/** Which ticks had no run. */
export function gapInWords({ first, last }: GapEntry, now: Date): string {
  const begin = momentInWords(first, now);
  if (first === last) return begin;
  const sameDay = dayOf(new Date(first)) === dayOf(new Date(last));
  return `${begin} to ${sameDay ? timeOfDay(new Date(last)) : momentInWords(last, now)}`;
}

interface CountedTicks extends Pick<GapEntry, 'kind' | 'count'> {
  readonly atLeast?: boolean | undefined;
}

export function countInWords({ kind, count, atLeast = false }: CountedTicks): string {
  return `${atLeast ? 'at least ' : ''}${count} ${count === 1 ? 'tick' : 'ticks'} ${kind}`;
}

export function absenceInWords(path: string): string {
  return (
    `no runs are recorded at ${printable(path)}: ` +
    'records are kept with --every, --cron, --once-per, --on-exit or --on-failure'
  );
}

export function unreadableInWords(path: string, because: string): string {
  return `the records beside ${printable(path)} cannot be read: ${printable(because)}`;
}

function exitInWords(exit: ChildExit | undefined): string | undefined {
  switch (exit?.kind) {
    case undefined:
      return undefined;
    case 'code':
      return exit.code === 0 ? undefined : `code ${String(exit.code)}`;
    case 'signal':
      return printable(exit.signal);
    case 'not-started':
      return `not started: ${printable(exit.errno)}`;
  }
}

function dayOf(moment: Date): string {
  const [year, month, day] = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()];
  return [year, month, day].map((number) => String(number).padStart(2, '0')).join('-');
}
