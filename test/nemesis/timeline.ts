// Owns the picture of a run in a terminal: a lane for each contender and server, with the runs and the faults.

import type { Kind } from './plan.js';
import type { FaultRecord, Lane, Run } from './record.js';
import { LANES } from './record.js';

/** What a fault looks like where it began. */
export const LETTERS: Readonly<Record<Kind, string>> = {
  'kill-supervisor': 'K',
  'stop-supervisor': 'Z',
  'slow-supervisor': 'z',
  'terminate-supervisor': 'T',
  'ask-to-resign': 'A',
  'kill-watchdog': 'W',
  'stop-watchdog': 'X',
  'slow-watchdog': 'x',
  'kill-both': 'B',
  'kill-command': 'M',
  'cut-client': 'C',
  'refuse-client': 'R',
  'blackhole-client': 'H',
  'delay-client': 'D',
  'reset-client': 'r',
  'kill-server': 'K',
  'stop-server': 'Z',
  'cut-server': 'C',
  'delay-server': 'D',
  'reset-servers': 'r',
};

/** The letters in words. */
export const LETTERS_IN_WORDS = [
  'K killed  Z stopped  z slowed by stops  T asked to end  A asked to resign  W X x its watchdog killed, stopped, slowed  B both killed',
  'M its command killed  C cut  R refused  H black hole  D delayed  r reset',
];

const MARKS_IN_WORDS =
  '█ its command is alive   ▌ it is run for a tick   · stands by, or a server that runs   ! two at once';

const COLUMNS = 100;
const MOST_BLOCKS = 12;
const STEPS_MS = [50, 100, 200, 250, 500, 1000, 2000, 5000];

export interface TimelineOptions {
  /** Whether to use colours. */
  readonly colour?: boolean;
}

/** The picture as lines of text, folded to the width of a terminal. */
export function drawTimeline(run: Run, { colour = false }: TimelineOptions = {}): string[] {
  const stepMs =
    STEPS_MS.find((ms) => (run.to - run.from) / 1000 / ms <= COLUMNS * MOST_BLOCKS) ?? STEPS_MS.at(-1)!;
  const stepUs = stepMs * 1000;
  const columns = Math.ceil((run.to - run.from) / stepUs);
  const lines: string[] = [];
  for (let first = 0; first < columns; first += COLUMNS) {
    const count = Math.min(COLUMNS, columns - first);
    lines.push(`${' '.repeat(10)}${axis(first, count, stepMs)}`);
    for (const lane of LANES) {
      const cells = Array.from({ length: count }, (_, column) => {
        const from = run.from + (first + column) * stepUs;
        return cell(run, lane, from, from + stepUs);
      });
      lines.push(`${lane.padStart(8)}  ${paint(cells, colour)}`.trimEnd());
    }
    lines.push('');
  }
  return [...lines, `one column is ${stepMs} ms`, MARKS_IN_WORDS, ...LETTERS_IN_WORDS];
}

function axis(first: number, count: number, stepMs: number): string {
  let line = '';
  for (let column = 0; column < count; column += 10) {
    const text = `${((first + column) * stepMs) / 1000}s`;
    line += `|${text}`.padEnd(10);
  }
  return line.slice(0, Math.max(count, line.trimEnd().length)).trimEnd();
}

function cell(run: Run, lane: Lane, from: number, to: number): string {
  const isHit = ({ at, lanes }: FaultRecord): boolean => at >= from && at < to && lanes.includes(lane);
  if (
    run.history.overlaps.some(
      ({ newer, until, from: at }) => newer.contender === lane && at < to && until >= from,
    )
  )
    return '!';
  const fault = run.faults.findLast(isHit);
  if (fault !== undefined) return LETTERS[fault.fault.kind];
  const life = run.history.lives.findLast(
    ({ contender, first, last }) => contender === lane && first < to && last >= from,
  );
  if (life !== undefined) return life.occasion !== undefined && life.first >= from ? '▌' : '█';
  const isThere = run.presences.some(
    (each) => each.lane === lane && each.from < to && (each.to ?? Infinity) >= from,
  );
  return isThere ? '·' : ' ';
}

const COLOURS: Readonly<Record<string, string>> = { '█': '32', '▌': '36', '·': '90', '!': '1;41' };

function paint(cells: readonly string[], colour: boolean): string {
  if (!colour) return cells.join('');
  return cells
    .map((each) => (each === ' ' ? each : `\x1b[${COLOURS[each] ?? '1;31'}m${each}\x1b[0m`))
    .join('');
}
