// Owns the time-line of a leader that is cut off, drawn in characters that every terminal has.

import { about } from './about.js';
import type { Moments } from './outlook.js';

const COLUMNS = 64;
const MOST_MARKS = 6;

const LEGEND = '- silence   r others are tried   = alive   T asked to end   K killed   ? may end';

/** Draws an axis and three lanes; all lines have the same beginning. */
export function drawMoments(moments: Moments): string[] {
  const { noticedMs, terminateMs, killMs, leaseEndsMs, sessionMayEndMs, sessionEndsMs } = moments;
  const column = (ms: number): number => Math.round((ms / sessionEndsMs) * COLUMNS);
  const lane = (...spans: readonly (readonly [untilMs: number, mark: string])[]): string =>
    spans.reduce((drawn, [untilMs, mark]) => drawn.padEnd(column(untilMs), mark), '');
  const tried = Math.min(noticedMs, leaseEndsMs);
  return [
    ...axis(sessionEndsMs, column).map((line) => `${''.padEnd(9)} ${line}`),
    `network   ${lane([tried, '-'], [leaseEndsMs, 'r'])}`,
    `command   ${lane([terminateMs, '='], [killMs, 'T'], [leaseEndsMs, 'K'])}`,
    `session   ${lane([sessionMayEndMs, '='], [sessionEndsMs, '?'])}`,
    `          ${LEGEND}`,
  ];
}

function axis(endMs: number, column: (ms: number) => number): [labels: string, marks: string] {
  const stepMs = niceStep(endMs / MOST_MARKS);
  let labels = '';
  let marks = '';
  for (let ms = 0; ms <= endMs; ms += stepMs) {
    labels = labels.padEnd(column(ms)) + about(ms);
    marks = `${marks.padEnd(column(ms), '-')}|`;
  }
  return [labels, marks.padEnd(column(endMs), '-')];
}

/** The smallest of 1, 2 and 5 times a power of ten that is at least as long. */
function niceStep(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(ms));
  return ([1, 2, 5].find((factor) => factor * power >= ms) ?? 10) * power;
}
