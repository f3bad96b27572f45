// Owns a recording as an SVG that plays it in a loop, wherever it is shown as an image; without animation, as its first
// frame. The frames lie below each other like those of a film, and move past a window.
import type { Run } from '../support/emulator.js';
import type { Frame } from './recording.js';

export interface Film {
  readonly frames: readonly Frame[];
  readonly lengthMs: number;
  readonly columns: number;
  readonly rows: number;
  readonly title: string;
  /** For who cannot see it. */
  readonly description: string;
}

const CELL_PX = 8.4;
const ROW_PX = 19;
const MARGIN_PX = 16;
const BAR_PX = 34;
const BASELINE_PX = 14;

const CLASSES: Readonly<Record<string, string>> = { '': 'n', '1': 'b', '2': 'd', '32': 'g', '33': 'y' };

/** The whole picture. */
export function drawFilm({ frames, lengthMs, columns, rows, title, description }: Film): string {
  const windowWidth = px(columns * CELL_PX);
  const windowHeight = rows * ROW_PX;
  const width = px(columns * CELL_PX + 2 * MARGIN_PX);
  const height = BAR_PX + windowHeight + MARGIN_PX;
  const lights = ['#ff5f56', '#ffbd2e', '#27c93f'].map(
    (colour, index) => `<circle cx="${MARGIN_PX + 6 + index * 18}" cy="17" r="5.5" fill="${colour}"/>`,
  );
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escape(title)}</title>`,
    `<desc id="description">${escape(description)}</desc>`,
    style(frames, lengthMs, windowHeight),
    `<rect width="${width}" height="${height}" rx="8" fill="#161b22"/>`,
    ...lights,
    `<text x="${px((columns * CELL_PX) / 2 + MARGIN_PX)}" y="21" class="d" text-anchor="middle">${escape(title)}</text>`,
    `<svg x="${MARGIN_PX}" y="${BAR_PX}" width="${windowWidth}" height="${windowHeight}">`,
    '<g class="film">',
    ...frames.flatMap((frame, index) => drawFrame(frame, index * windowHeight)),
    '</g></svg></svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function style(frames: readonly Frame[], lengthMs: number, windowHeight: number): string {
  const steps = frames.map(
    ({ at }, index) => `${px((at / lengthMs) * 100)}%{transform:translateY(-${index * windowHeight}px)}`,
  );
  return [
    '<style>',
    'text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}',
    '.n{fill:#c9d1d9}.b{fill:#ffffff;font-weight:bold}.d{fill:#8b949e}.g{fill:#56d364}.y{fill:#e3b341}',
    `.film{animation:film ${(lengthMs / 1000).toFixed(2)}s step-end infinite}`,
    `@keyframes film{${steps.join('')}}`,
    '@media (prefers-reduced-motion:reduce){.film{animation:none}}',
    '</style>',
  ].join('\n');
}

function drawFrame({ rows }: Frame, top: number): string[] {
  return rows.flatMap((runs, row) => runs.map((run) => drawRun(run, top + row * ROW_PX + BASELINE_PX)));
}

// The length keeps columns in their places whatever the font.
function drawRun({ column, text, style }: Run, y: number): string {
  const shown = text.trimEnd();
  const indent = shown.length - shown.trimStart().length;
  const x = px((column + indent) * CELL_PX);
  const length = px((shown.length - indent) * CELL_PX);
  return `<text x="${x}" y="${y}" class="${CLASSES[style] ?? 'n'}" textLength="${length}">${escape(shown.trimStart())}</text>`;
}

function px(value: number): number {
  return Math.round(value * 100) / 100;
}

function escape(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
