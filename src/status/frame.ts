// Owns the picture of `status --watch` in a terminal: the elections, and under them what has changed of late.

import type { Election } from '../zookeeper/elections.js';
import type { Size } from './output.js';
import { drawElections, type PictureLine } from './picture.js';
import { cut, textWidth } from './text-width.js';
import { timeOfDay } from './words.js';

const MOST_ENTRIES = 8;

/** What is told above every picture. */
export interface FrameHead {
  readonly path: string;
  /** The connect string. */
  readonly zookeeper: string;
  /** Why things may look otherwise by now. */
  readonly staleBecause: string | undefined;
  readonly at: Date;
}

export interface Frame extends FrameHead {
  readonly elections: readonly Election[];
  /** What has changed, the latest last. */
  readonly entries: readonly string[];
}

/** Composes the lines for a terminal of that size. */
export function composeFrame(frame: Frame, { columns, rows }: Size): PictureLine[] {
  const { path, elections, entries, at } = frame;
  const head = headOf('status', frame, columns);
  const picture = shorten(drawElections(elections, { path, at, columns }), Math.max(1, rows - head.length));
  const room = Math.min(MOST_ENTRIES, rows - head.length - picture.length - 1);
  const latest = room > 0 ? entries.slice(-room) : [];
  const foot = latest.length > 0 ? ['', ...latest] : [];
  const lines = [...head, ...picture, ...foot.map((text): PictureLine => ({ text, look: 'plain' }))];
  return lines.map(({ text, look }) => ({ text: cut(text, columns), look }));
}

/** Returns the lines above the picture. */
export function headOf(
  subcommand: string,
  { path, zookeeper, staleBecause, at }: FrameHead,
  columns: number,
): PictureLine[] {
  const time = timeOfDay(at);
  const title = cut(
    `zk-leader-run ${subcommand}: ${path} at ${zookeeper}`,
    Math.max(1, columns - time.length - 2),
  );
  const stale = `NOT CONNECTED, this is how it was last seen: ${staleBecause ?? ''}`;
  return [
    { text: cut(title + time.padStart(columns - textWidth(title)), columns), look: 'heading' },
    ...(staleBecause === undefined ? [] : [{ text: cut(stale, columns), look: 'warning' } as const]),
    { text: '', look: 'plain' },
  ];
}

function shorten(lines: readonly PictureLine[], rows: number): PictureLine[] {
  if (lines.length <= rows) return [...lines];
  const shown = lines.slice(0, rows - 1);
  return [...shown, { text: `… ${lines.length - shown.length} lines more`, look: 'heading' }];
}
