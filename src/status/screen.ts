// Owns the terminal while a picture is redrawn in it: the alternate screen, the cursor, and giving both back.

import { readFileSync } from 'node:fs';
import type { Output } from './output.js';
import type { Look, PictureLine } from './picture.js';

// The alternate screen, without a cursor, where a line that is too wide does not go on in the next.
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE = '\x1b[2K';
const CLEAR_BELOW = '\x1b[J';

const BOLD = '\x1b[1m';
const DIM = '\x1b[2m';
const RED = '\x1b[31m';
const GREEN = '\x1b[32m';
const YELLOW = '\x1b[33m';
const NORMAL = '\x1b[0m';

/** Returns the line as a terminal shows it, coloured unless NO_COLOR asks for none, and plain where TERM is dumb. */
export function paint({ text, look }: PictureLine, env: NodeJS.ProcessEnv): string {
  const style = env['TERM'] === 'dumb' ? '' : styleOf(look, (env['NO_COLOR'] ?? '') === '');
  return style === '' ? text : `${style}${text}${NORMAL}`;
}

function styleOf(look: Look, mayColour: boolean): string {
  switch (look) {
    case 'plain':
      return '';
    case 'title':
      return BOLD;
    case 'heading':
      return DIM;
    case 'leader':
    case 'success':
      return mayColour ? GREEN : '';
    case 'warning':
      return mayColour ? YELLOW : BOLD;
    case 'failure':
      return mayColour ? RED : BOLD;
  }
}

export class Screen {
  readonly #output: Output;
  #isOurs = false;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Shows these lines and nothing else, each as wide as the terminal at most; not from the background. */
  draw(lines: readonly string[]): void {
    // A reader that is slow sees fewer pictures, not old ones.
    if (this.#output.isBehind || isInBackground()) return;
    const rows = lines.map((line) => CLEAR_LINE + line).join('\r\n');
    this.#output.write(`${this.#isOurs ? '' : ENTER}${HOME}${rows}${CLEAR_BELOW}`);
    this.#isOurs = true;
  }

  /** Gives the terminal back as it was, and tells whether there was anything to give back. */
  leave(): boolean {
    const was = this.#isOurs;
    if (was) this.#output.write(LEAVE);
    this.#isOurs = false;
    return was;
  }
}

/** Whether the terminal belongs to another job of its shell; unknown, and no, where there is no /proc. */
function isInBackground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // Behind the program's name: state, parent, process group, session, terminal, its foreground process group.
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(foreground) > 0 && foreground !== group;
  } catch {
    return false;
  }
}
