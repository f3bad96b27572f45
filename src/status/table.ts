// Owns tables: columns side by side, fitted into a width.

import { cut, textWidth } from './text-width.js';

export interface Column {
  readonly heading: string;
  readonly cells: readonly string[];
  readonly align?: 'right';
  /** What may be cut where there is no room. */
  readonly isText?: true;
  /** Where there is no room even so, columns go by this number, the largest first; one without it stays. */
  readonly dispensable?: number;
}

const GAP = '  ';
/** What is left of a text that is cut, before a whole column goes. */
const NARROWEST = 10;
/** What a cell may take where there is no limit: an id of ours has no more. */
const WIDEST = 255;

/** Draws the table, its heading first, in lines of at most so many columns. */
export function drawTable(columns: readonly Column[], limit = Infinity): string[] {
  const { kept, widths } = fit(columns, limit);
  const rows = Array.from({ length: kept[0]?.cells.length ?? 0 }, (_, row) =>
    kept.map(({ cells }) => cells[row] ?? ''),
  );
  return [kept.map(({ heading }) => heading), ...rows].map((cells) => {
    const padded = cells.map((cell, index) => pad(cell, widths[index] ?? 0, kept[index]?.align));
    return cut(padded.join(GAP).trimEnd(), limit);
  });
}

function pad(cell: string, width: number, align: 'right' | undefined): string {
  const text = cut(cell, width);
  const space = ' '.repeat(width - textWidth(text));
  return align === 'right' ? space + text : text + space;
}

interface Fitted {
  readonly kept: readonly Column[];
  readonly widths: readonly number[];
}

function fit(columns: readonly Column[], limit: number): Fitted {
  const widths = shrink(columns, limit);
  if (totalOf(widths) <= limit) return { kept: columns, widths };
  const ranks = columns.flatMap(({ dispensable }) => (dispensable === undefined ? [] : [dispensable]));
  // Nothing is left to go: the lines are cut.
  if (ranks.length === 0) return { kept: columns, widths };
  const last = Math.max(...ranks);
  return fit(
    columns.filter(({ dispensable }) => dispensable !== last),
    limit,
  );
}

/** Takes from the widest texts what is missing. */
function shrink(columns: readonly Column[], limit: number): number[] {
  const widths = columns.map(({ heading, cells }) =>
    Math.min(WIDEST, Math.max(...[heading, ...cells].map(textWidth))),
  );
  for (let missing = totalOf(widths) - limit; missing > 0; missing -= 1) {
    const texts = columns.flatMap(({ isText }, index) => (isText === true ? [widths[index] ?? 0] : []));
    const widest = Math.max(...texts);
    if (widest <= NARROWEST) break;
    widths[columns.findIndex(({ isText }, index) => isText === true && widths[index] === widest)] =
      widest - 1;
  }
  return widths;
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1);
}
