// Owns how the records of a job look to a person: what comes next, what has been, a strip, and the table of runs.

import type { Entry, GapEntry, Ledger, Result, RunEntry } from '../ledger/ledger.js';
import { printable } from '../printable.js';
import { cut } from '../status/text-width.js';
import type { Look, PictureLine } from '../status/picture.js';
import { type Column, drawTable } from '../status/table.js';
import { ageInWords, pauseInWords } from '../status/words.js';
import { leaderOf } from '../zookeeper/elections.js';
import type { Records } from '../zookeeper/records.js';
import type { NextTick } from './next-tick.js';
import { drawStrip, type StripStyle } from './strip.js';
import { totalsOf } from './totals.js';
import {
  absenceInWords,
  countInWords,
  durationInWords,
  durationOf,
  gapInWords,
  isRunning,
  type LeadingEpoch,
  momentInWords,
  occasionInWords,
  resultInWords,
  unreadableInWords,
} from './words.js';

/** Lines are drawn in parts, which may look different. */
export type PartedLine = readonly PictureLine[];

/** What is looked at, when, how it is drawn, and how many columns there are for it. */
export interface Viewpoint {
  readonly path: string;
  readonly at: Date;
  readonly columns: number;
  readonly style: StripStyle;
  /** So many of the latest entries are shown. */
  readonly last: number;
  readonly nextTick: NextTick;
}

/** What stands above the table, and the table, its heading first. */
export interface Drawing {
  readonly head: readonly PartedLine[];
  readonly table: readonly PartedLine[];
}

export function drawRecords(records: Records, viewpoint: Viewpoint): Drawing {
  const { path, columns, last, style } = viewpoint;
  const line = (text: string, look: Look): PartedLine => [{ text: cut(text, columns), look }];
  switch (records.kind) {
    case 'none':
      return { head: [line(absenceInWords(path), 'title')], table: [] };
    case 'unreadable':
      return { head: [line(unreadableInWords(path, records.because), 'warning')], table: [] };
    case 'kept': {
      const { ledger, roster } = records;
      const leading = leaderOf(roster)?.epoch;
      const entries = latest(ledger.entries, last);
      const warnings = [
        ...(ledger.failures > 0 ? [failuresInWords(ledger.failures)] : []),
        ...(leading === undefined ? ['nobody leads: nothing is run until somebody does'] : []),
        ...(roster.pause === undefined ? [] : [pauseInWords(roster.pause)]),
      ];
      return {
        head: [
          line(scheduleInWords(ledger, viewpoint), 'title'),
          line(totalsInWords(ledger.entries), 'plain'),
          ...warnings.map((text) => line(text, 'warning')),
          ...(entries.length === 0 ? [] : [drawStrip(entries, { style, leading, columns })]),
        ],
        table: entries.length === 0 ? [] : drawEntries(entries, leading, viewpoint),
      };
    }
  }
}

/** The entries that are shown. */
export function latest(entries: readonly Entry[], last: number): readonly Entry[] {
  return last === Infinity ? entries : entries.slice(-last);
}

function scheduleInWords({ schedule, tick }: Ledger, { path, at, nextTick }: Viewpoint): string {
  if (schedule === undefined) return `${printable(path)}: no schedule`;
  const now = at.getTime();
  const next = nextTick(schedule, Math.max(now, tick ?? 0));
  const whenNext =
    next === undefined ? '' : `, next tick ${momentInWords(next, at)}, in ${ageInWords(next - now)}`;
  return `${printable(path)}: ${printable(schedule)}${whenNext}`;
}

function totalsInWords(entries: readonly Entry[]): string {
  const { runs, results, unfinished, missed, skipped } = totalsOf(entries);
  const counted = [
    ...Object.entries(results).map(([result, count]) => [result as Result, count] as const),
    ['not ended', unfinished] as const,
  ].filter(([, count]) => count > 0);
  const kept = `${runs} ${runs === 1 ? 'run' : 'runs'} kept`;
  const detail = counted.map(([result, count]) => `${count} ${result}`).join(', ');
  const gaps = [{ kind: 'missed', count: missed } as const, { kind: 'skipped', count: skipped } as const]
    .filter(({ count }) => count > 0)
    .map((gap) => ({ ...gap, atLeast: isUncounted(entries, gap.kind) }));
  return [detail === '' ? kept : `${kept}: ${detail}`, ...gaps.map(countInWords)].join('; ');
}

function isUncounted(entries: readonly Entry[], kind: GapEntry['kind']): boolean {
  return entries.some((entry) => entry.kind !== 'run' && entry.kind === kind && entry.atLeast === true);
}

function failuresInWords(failures: number): string {
  return `${failures} ${failures === 1 ? 'failure' : 'failures'} in a row`;
}

function drawEntries(
  entries: readonly Entry[],
  leading: LeadingEpoch,
  { at, columns }: Viewpoint,
): PartedLine[] {
  const [heading = '', ...rows] = drawTable(columnsOf(entries, leading, at), columns);
  return [
    [{ text: heading, look: 'heading' }],
    ...rows.map((text, index): PartedLine => {
      const entry = entries[index];
      return [{ text, look: entry === undefined ? 'plain' : lookOf(entry, leading) }];
    }),
  ];
}

function columnsOf(entries: readonly Entry[], leading: LeadingEpoch, at: Date): Column[] {
  const cells = (ofRun: (run: RunEntry) => string, ofGap: (gap: GapEntry) => string = () => ''): string[] =>
    entries.map((entry) => (entry.kind === 'run' ? ofRun(entry) : ofGap(entry)));
  const tick = cells(
    (run) => occasionInWords(run, at),
    (gap) => gapInWords(gap, at),
  );
  const result = cells((run) => resultInWords(run, leading), countInWords);
  const started = cells((run) => momentInWords(run.startedAt ?? run.claimedAt, at));
  const took = cells((run) => {
    const ms = isRunning(run, leading) ? at.getTime() - (run.startedAt ?? run.claimedAt) : durationOf(run);
    return ms === undefined ? '-' : durationInWords(ms);
  });
  return [
    { heading: 'tick', cells: tick, isText: true },
    { heading: 'run', cells: cells(({ id }) => printable(id)), dispensable: 4 },
    { heading: 'attempt', cells: cells(({ attempt }) => String(attempt)), align: 'right', dispensable: 5 },
    { heading: 'result', cells: result },
    { heading: 'started', cells: started, dispensable: 2 },
    { heading: 'took', cells: took, align: 'right', dispensable: 1 },
    {
      heading: 'by',
      cells: cells(
        (run) => printable(run.by),
        (gap) => printable(gap.by),
      ),
      isText: true,
    },
    { heading: 'host', cells: cells(({ host }) => printable(host)), isText: true, dispensable: 3 },
    {
      heading: 'epoch',
      cells: cells(({ epoch }) => String(epoch)),
      align: 'right',
      dispensable: 6,
    },
  ];
}

function lookOf(entry: Entry, leading: LeadingEpoch): Look {
  if (entry.kind !== 'run') return entry.kind === 'missed' ? 'warning' : 'heading';
  switch (entry.result) {
    case undefined:
      return isRunning(entry, leading) ? 'success' : 'warning';
    case 'succeeded':
      return 'plain';
    case 'failed':
      return 'failure';
    default:
      return 'warning';
  }
}
