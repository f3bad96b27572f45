// Owns a line of the log as machines read it: one object, whose names are those of events.ts.

import { printableJson } from '../printable.js';
import type { Line } from './line.js';

/** Writes the line as JSON, without the end of the line; what is undefined is left out. */
export function jsonLine({ time, level, event, message, fields, codes }: Line, id: string): string {
  return printableJson({ time, level, event, message, id, ...fields, ...codes });
}
