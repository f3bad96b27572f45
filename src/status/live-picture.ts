// Owns a picture in a terminal that is drawn again and again: when, how large, and what stays of it at the end.

import { obeyJobControl } from './job-control.js';
import { type Output, type Size, terminalSize } from './output.js';
import { Screen } from './screen.js';

/** How often it is drawn again though nothing has changed but the time. */
const REDRAW_MS = 1000;

/** What is drawn, painted. */
export interface Subject {
  /** The lines that fit into that size; none as long as there is nothing to show. */
  compose(size: Size): readonly string[];
  /** What is to stay behind, in lines of at most so many columns. */
  last(columns: number): readonly string[];
}

export class LivePicture {
  readonly #output: Output;
  readonly #subject: Subject;
  readonly #screen: Screen;
  readonly #timer: NodeJS.Timeout;
  #size = terminalSize();

  constructor(output: Output, subject: Subject) {
    this.#output = output;
    this.#subject = subject;
    this.#screen = new Screen(output);
    this.#timer = setInterval(() => {
      this.redraw();
    }, REDRAW_MS);
    obeyJobControl(
      () => {
        this.#screen.leave();
      },
      () => {
        this.#measure();
      },
    );
  }

  redraw(): void {
    if (this.#size === undefined) return;
    const lines = this.#subject.compose(this.#size);
    if (lines.length > 0) this.#screen.draw(lines);
  }

  signal(signal: string): void {
    if (signal === 'SIGWINCH' || signal === 'SIGCONT') this.#measure();
  }

  /** The last picture stays, where the command line was. */
  close(): void {
    clearInterval(this.#timer);
    if (!this.#screen.leave()) return;
    for (const line of this.#subject.last(this.#size?.columns ?? Infinity)) this.#output.write(`${line}\n`);
  }

  #measure(): void {
    this.#size = terminalSize();
    this.redraw();
  }
}
