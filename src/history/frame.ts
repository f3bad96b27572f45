// Owns the picture of `history --watch` in a terminal: the records, of which the latest stay where there is no room.

import type { Size } from '../status/output.js';
import { cut, textWidth } from '../status/text-width.js';
import { timeOfDay } from '../status/words.js';
import type { Drawing, PartedLine } from './picture.js';

export interface Frame {
  readonly path: string;
  /** The connect string. */
  readonly zookeeper: string;
  readonly drawing: Drawing;
  /** Why the records may look otherwise by now. */
  readonly staleBecause: string | undefined;
  readonly at: Date;
}

/** Composes the lines for a terminal of that size. */
export function composeFrame(
  { path, zookeeper, drawing, staleBecause, at }: Frame,
  { columns, rows }: Size,
): PartedLine[] {
  const time = timeOfDay(at);
  const title = cut(`zk-leader-run history: ${path} at ${zookeeper}`, Math.max(1, columns - time.length - 2));
  const header = title + time.padStart(columns - textWidth(title));
  const stale = `NOT CONNECTED, this is how it was last seen: ${staleBecause ?? ''}`;
  const head: PartedLine[] = [
    [{ text: cut(header, columns), look: 'heading' }],
    ...(staleBecause === undefined ? [] : [[{ text: cut(stale, columns), look: 'warning' }] as const]),
    [{ text: '', look: 'plain' }],
    ...drawing.head,
  ];
  const [heading, ...entries] = drawing.table;
  const room = rows - head.length - 1;
  const table = heading === undefined || room < 1 ? [] : [heading, ...entries.slice(-room)];
  return [...head, ...table].slice(0, rows);
}
