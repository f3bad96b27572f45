// Owns the picture of `history --watch` in a terminal: the records, of which the latest stay where there is no room.

import { type FrameHead, headOf } from '../status/frame.js';
import type { Size } from '../status/output.js';
import type { Drawing, PartedLine } from './picture.js';

export interface Frame extends FrameHead {
  readonly drawing: Drawing;
}

/** Composes the lines for a terminal of that size. */
export function composeFrame(frame: Frame, { columns, rows }: Size): PartedLine[] {
  const { drawing } = frame;
  const head: PartedLine[] = [...headOf('history', frame, columns).map((line) => [line]), ...drawing.head];
  const [heading, ...entries] = drawing.table;
  const room = rows - head.length - 1;
  const table = heading === undefined || room < 1 ? [] : [heading, ...entries.slice(-room)];
  return [...head, ...table].slice(0, rows);
}
