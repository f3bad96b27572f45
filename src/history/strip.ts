// Owns the strip: the last runs in one line, a character for each, as far as there is room.

import type { Entry, Result } from '../ledger/ledger.js';
import type { Look, PictureLine } from '../status/picture.js';
import { textWidth } from '../status/text-width.js';
import { durationInWords, durationOf, isRunning, type LeadingEpoch } from './words.js';

/** Bars as high as the runs were long, where a terminal shows them and their colours; else letters. */
export type StripStyle = 'bars' | 'letters';

const BARS = Array.from('▁▂▃▄▅▆▇█');

type Sign = Result | 'running' | 'no result' | 'missed' | 'skipped';

const LETTERS: Readonly<Record<Sign, string>> = {
  succeeded: '+',
  failed: 'F',
  'timed-out': 'T',
  replaced: 'R',
  interrupted: 'I',
  running: '>',
  'no result': '?',
  missed: 'm',
  skipped: 's',
};

const LOOKS: Readonly<Record<Sign, Look>> = {
  succeeded: 'success',
  failed: 'failure',
  'timed-out': 'warning',
  replaced: 'warning',
  interrupted: 'warning',
  running: 'plain',
  'no result': 'warning',
  missed: 'warning',
  skipped: 'heading',
};

/** Chooses the style for a terminal, or for none. */
export function stripStyle(isTerminal: boolean, env: NodeJS.ProcessEnv): StripStyle {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(
    (text) => text !== undefined && text !== '',
  );
  const mayColour = (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return isTerminal && mayColour && /utf-?8/i.test(locale ?? '') ? 'bars' : 'letters';
}

/** Draws the latest entries in at most so many columns, as parts of one line. */
export function drawStrip(
  entries: readonly Entry[],
  { style, leading, columns }: { style: StripStyle; leading: LeadingEpoch; columns: number },
): PictureLine[] {
  const longestMs = Math.max(0, ...entries.map((entry) => lengthOf(entry) ?? 0));
  const label = style === 'bars' && longestMs > 0 ? `runs up to ${durationInWords(longestMs)}  ` : 'runs  ';
  const room = Math.max(1, columns - textWidth(label));
  const shown = entries.slice(-Math.min(room, entries.length));
  const signs = shown.map((entry) => signOf(entry, leading));
  const strip = shown.map((entry, index): PictureLine => {
    const sign = signs[index] ?? 'no result';
    const text = style === 'bars' ? barFor(sign, lengthOf(entry), longestMs) : LETTERS[sign];
    return { text, look: LOOKS[sign] };
  });
  const legend = style === 'bars' ? '' : legendOf(signs);
  const fits = textWidth(legend) <= room - strip.length;
  return [{ text: label, look: 'heading' }, ...strip, { text: fits ? legend : '', look: 'heading' }];
}

function signOf(entry: Entry, leading: LeadingEpoch): Sign {
  if (entry.kind !== 'run') return entry.kind;
  return entry.result ?? (isRunning(entry, leading) ? 'running' : 'no result');
}

function lengthOf(entry: Entry): number | undefined {
  return entry.kind === 'run' ? durationOf(entry) : undefined;
}

function barFor(sign: Sign, ms: number | undefined, longestMs: number): string {
  switch (sign) {
    case 'missed':
    case 'skipped':
      return '·';
    case 'running':
      return '▸';
    default: {
      const height = longestMs === 0 ? 0 : Math.floor(((ms ?? 0) / longestMs) * BARS.length);
      return BARS[Math.min(height, BARS.length - 1)] ?? '';
    }
  }
}

function legendOf(signs: readonly Sign[]): string {
  return `  ${[...new Set(signs)].map((sign) => `${LETTERS[sign]} ${sign}`).join(', ')}`;
}
