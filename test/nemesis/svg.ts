// Owns the picture of a run as an SVG: as in timeline.ts, and whoever points at a bar is told what it is.

import { gapsOf, termsOf } from './figures.js';
import { formatRunId } from './line.js';
import { describeStep } from './plan-text.js';
import type { Kind } from './plan.js';
import type { FaultRecord, Lane, Run } from './record.js';
import { LANES } from './record.js';
import { LETTERS, LETTERS_IN_WORDS } from './timeline.js';

const BLOCK_S = 60;
/** Wide enough for the words. */
const SHORTEST_S = 35;
const PX_PER_S = 20;
const LANE_PX = 26;
const LEFT_PX = 80;
const TOP_PX = 44;
const AXIS_PX = 20;
const LEGEND_PX = 16;
const BLOCK_PX = LANES.length * LANE_PX + AXIS_PX + 18;

const GAP = 'fill="#666666" font-size="9" text-anchor="end"';
const SUBTITLE =
  'bars: commands alive; figures: seconds without any; letters: a fault begins; tinted: it lasts';

const TERM_COLOUR: Readonly<Record<string, string>> = { a: '#2f7ed8', b: '#2ca05a', c: '#d08a1d' };

/** The whole picture. */
export function drawSvg(run: Run): string {
  const blocks = Math.max(1, Math.ceil((run.to - run.from) / 1e6 / BLOCK_S));
  const width = LEFT_PX + Math.min(BLOCK_S, Math.max(SHORTEST_S, (run.to - run.from) / 1e6)) * PX_PER_S + 20;
  const height = TOP_PX + blocks * BLOCK_PX + LETTERS_IN_WORDS.length * LEGEND_PX;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(LEFT_PX, 18, title(run), 'font-size="14" fill="#222222"'),
    text(LEFT_PX, 34, SUBTITLE, 'fill="#666666"'),
  ];
  for (let block = 0; block < blocks; block += 1) parts.push(...drawBlock(run, block));
  for (const [index, words] of LETTERS_IN_WORDS.entries())
    parts.push(text(LEFT_PX, TOP_PX + blocks * BLOCK_PX + index * LEGEND_PX + 8, words, 'fill="#666666"'));
  return `${[...parts, '</svg>'].join('\n')}\n`;
}

function title({ plan, faults, history, violations }: Run): string {
  const broken = violations.length === 0 ? '' : `, ${violations.length} RULES BROKEN`;
  return `seed ${plan.seed}, ${plan.level}: ${faults.length} faults, ${termsOf(history).length} terms, two at once: ${history.overlaps.length}${broken}`;
}

function drawBlock(run: Run, block: number): string[] {
  const window = { from: run.from + block * BLOCK_S * 1e6, to: run.from + (block + 1) * BLOCK_S * 1e6 };
  const top = TOP_PX + block * BLOCK_PX;
  const x = (at: number): number =>
    LEFT_PX +
    ((Math.min(Math.max(at, window.from), Math.min(window.to, run.to)) - window.from) / 1e6) * PX_PER_S;
  const y = (lane: Lane): number => top + AXIS_PX + LANES.indexOf(lane) * LANE_PX;
  const inside = (from: number, to: number): boolean => from < window.to && to >= window.from;
  const parts: string[] = [];
  for (let second = 0; second <= BLOCK_S && window.from + second * 1e6 <= run.to; second += 5) {
    const at = x(window.from + second * 1e6);
    parts.push(
      `<line x1="${px(at)}" x2="${px(at)}" y1="${top + AXIS_PX}" y2="${top + BLOCK_PX - 18}" stroke="#eeeeee"/>`,
    );
    if (second < BLOCK_S) parts.push(text(at, top + 14, `${block * BLOCK_S + second} s`, 'fill="#999999"'));
  }
  for (const lane of LANES) parts.push(text(8, y(lane) + 17, lane, 'fill="#222222"'));
  for (const { lane, from, to = run.to } of run.presences) {
    if (inside(from, to)) parts.push(bar(x(from), x(to), y(lane) + 11, 3, '#cccccc', `${lane} runs`));
  }
  for (const life of run.history.lives) {
    const { contender, first, last, manner, occasion, processes } = life;
    if (!inside(first, last)) continue;
    const tick = occasion && `, attempt ${occasion.attempt} at tick ${new Date(occasion.tick).toISOString()}`;
    const about = `run ${formatRunId(life)}${tick ?? ''}: ${manner}, ${processes.size} processes, ${((last - first) / 1000).toFixed(1)} ms`;
    parts.push(
      bar(x(first), x(last), y(contender as Lane) + 5, 15, TERM_COLOUR[contender] ?? '#888888', about),
    );
  }
  for (const gap of gapsOf(run)) {
    if (!inside(gap.before.last, gap.after.first) || gap.us < 1_000_000) continue;
    const at = y(gap.after.contender as Lane) + 17;
    parts.push(text(x(gap.after.first) - 3, at - 7, `${(gap.us / 1e6).toFixed(1)} s`, GAP));
  }
  for (const fault of run.faults) {
    if (inside(fault.at, fault.healedAt ?? run.to)) parts.push(...drawFault(fault, x, y, window, run.to));
  }
  for (const { newer, from, until } of run.history.overlaps) {
    if (inside(from, until))
      parts.push(
        bar(
          x(from),
          Math.max(x(until), x(from) + 3),
          y(newer.contender as Lane),
          LANE_PX,
          '#ff0000',
          'TWO AT ONCE',
        ),
      );
  }
  return parts;
}

function drawFault(
  { number, fault, lanes, at, healedAt = Infinity }: FaultRecord,
  x: (at: number) => number,
  y: (lane: Lane) => number,
  window: { readonly from: number },
  end: number,
): string[] {
  const colour = colourOf(fault.kind);
  const about = `fault ${number}: ${describeStep(fault, lanes.join(' and '))}`;
  return lanes.flatMap((lane) => {
    const tint = `<g opacity="0.25">${bar(x(at), x(Math.min(healedAt, end)), y(lane) + 1, LANE_PX - 3, colour, about)}</g>`;
    if (at < window.from) return [tint];
    const mark = `<line x1="${px(x(at))}" x2="${px(x(at))}" y1="${y(lane) + 1}" y2="${y(lane) + LANE_PX - 2}" stroke="${colour}" stroke-width="2"/>`;
    return [
      tint,
      mark,
      text(x(at) + 2, y(lane) + 9, LETTERS[fault.kind], `fill="${colour}" font-weight="bold"`, about),
    ];
  });
}

function colourOf(kind: Kind): string {
  if (kind.includes('watchdog') || kind === 'kill-both') return '#8e24aa';
  if (kind.endsWith('client')) return '#e65100';
  if (kind.includes('server')) return '#37474f';
  return '#c62828';
}

function bar(from: number, to: number, y: number, height: number, colour: string, about: string): string {
  const width = px(Math.max(to - from, 1));
  return `<rect x="${px(from)}" y="${y}" width="${width}" height="${height}" fill="${colour}"><title>${escape(about)}</title></rect>`;
}

function text(x: number, y: number, words: string, attributes: string, about?: string): string {
  const tip = about === undefined ? '' : `<title>${escape(about)}</title>`;
  return `<text x="${px(x)}" y="${y}" ${attributes}>${tip}${escape(words)}</text>`;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escape(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
