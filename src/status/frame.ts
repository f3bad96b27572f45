// Owns the picture of `status --watch` in a terminal: the elections, and under them what has changed of late.

import type { Election } from '../zookeeper/elections.js';
import type { Size } from './output.js';
import { drawElections, type PictureLine } from './picture.js';
import { cut, textWidth } from './text-width.js';
import { timeOfDay } from './words.js';

const MOST_ENTRIES = 8;

export interface Frame {
  readonly path: string;
  /** The connect string. */
  readonly zookeeper: string;
  readonly elections: readonly Election[];
  /** Why the elections may look otherwise by now. */
  readonly staleBecause: string | undefined;
  /** What has changed, the latest last. */
  readonly entries: readonly string[];
  readonly at: Date;
}

/** Composes the lines for a terminal of that size. */
export function composeFrame(frame: Frame, { columns, rows }: Size): PictureLine[] {
  const { path, elections, staleBecause, entries, at } = frame;
  const head: PictureLine[] = [{ text: header(frame, columns), look: 'heading' }];
  if (staleBecause !== undefined)
    head.push({ text: `NOT CONNECTED, this is how it was last seen: ${staleBecause}`, look: 'warning' });
  head.push({ text: '', look: 'plain' });
  const picture = shorten(drawElections(elections, { path, at, columns }), Math.max(1, rows - head.length));
  const room = Math.min(MOST_ENTRIES, rows - head.length - picture.length - 1);
  const latest = room > 0 ? entries.slice(-room) : [];
  const foot = latest.length > 0 ? ['', ...latest] : [];
  const lines = [...head, ...picture, ...foot.map((text): PictureLine => ({ text, look: 'plain' }))];
  return lines.map(({ text, look }) => ({ text: cut(text, columns), look }));
}

function header({ path, zookeeper, at }: Frame, columns: number): string {
  const time = timeOfDay(at);
  const title = cut(`zk-leader-run status: ${path} at ${zookeeper}`, Math.max(1, columns - time.length - 2));
  return title + time.padStart(columns - textWidth(title));
}

function shorten(lines: readonly PictureLine[], rows: number): PictureLine[] {
  if (lines.length <= rows) return [...lines];
  const shown = lines.slice(0, rows - 1);
  return [...shown, { text: `… ${lines.length - shown.length} lines more`, look: 'heading' }];
}
