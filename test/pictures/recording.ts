// Owns a recording of a terminal: what was on its screen, and since when.
import type { Run } from '../support/emulator.js';
import type { Terminal } from '../support/terminal.js';

export interface Frame {
  /** Since the recording began, in milliseconds. */
  readonly at: number;
  /** What stands in each row. */
  readonly rows: readonly (readonly Run[])[];
}

/** What a program writes in so short a time is one picture. */
const SETTLED_MS = 40;

export class Recording {
  readonly frames: Frame[] = [];
  readonly #terminal: Terminal;
  readonly #startedAt = performance.now();

  /** Begins with what is on the screen. */
  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#take();
    let timer: NodeJS.Timeout | undefined;
    terminal.onChange(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        this.#take();
      }, SETTLED_MS);
    });
  }

  /** How long it is by now, in milliseconds. */
  get lengthMs(): number {
    return performance.now() - this.#startedAt;
  }

  #take(): void {
    this.frames.push({ at: this.lengthMs, rows: this.#terminal.screen.runs });
  }
}
