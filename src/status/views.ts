// Owns the two ways of `status --watch` to show what happens: a picture that is redrawn, and a line for each change.

import type { Election } from '../zookeeper/elections.js';
import type { StatusOptions } from '../options/status-options.js';
import { Chronicle, type Entry } from './chronicle.js';
import { composeFrame } from './frame.js';
import { obeyJobControl } from './job-control.js';
import { type Output, terminalSize } from './output.js';
import { drawElections } from './picture.js';
import { paint, Screen } from './screen.js';

export interface View {
  seen(elections: readonly Election[]): void;
  suspended(because: string): void;
  /** For signals that say something of the terminal. */
  signal(signal: string): void;
  /** Leaves the terminal as it was. */
  close(): void;
}

/** How often a picture is drawn again though nothing has changed but the time. */
const REDRAW_MS = 1000;

/** The latest entries that a picture may show, with some to spare. */
const KEPT_ENTRIES = 50;

export class LineView implements View {
  readonly #chronicle: Chronicle;
  readonly #json: boolean;
  readonly #output: Output;

  constructor({ path, json }: StatusOptions, output: Output) {
    this.#chronicle = new Chronicle(path);
    this.#json = json;
    this.#output = output;
  }

  seen(elections: readonly Election[]): void {
    this.#tell(this.#chronicle.seen(elections));
  }

  suspended(because: string): void {
    this.#tell(this.#chronicle.suspended(because));
  }

  signal(): void {
    // Lines are what they are in any terminal.
  }

  close(): void {
    // Nothing was changed.
  }

  #tell(entries: readonly Entry[]): void {
    const at = new Date();
    for (const entry of entries) {
      const line = this.#json ? this.#chronicle.inJson(entry, at) : this.#chronicle.inWords(entry, at);
      this.#output.write(`${line}\n`);
    }
  }
}

export class PictureView implements View {
  readonly #options: StatusOptions;
  readonly #output: Output;
  readonly #env: NodeJS.ProcessEnv;
  readonly #screen: Screen;
  readonly #chronicle: Chronicle;
  readonly #timer: NodeJS.Timeout;
  #entries: string[] = [];
  #size = terminalSize();

  constructor(options: StatusOptions, output: Output, env: NodeJS.ProcessEnv) {
    this.#options = options;
    this.#output = output;
    this.#env = env;
    this.#screen = new Screen(output);
    this.#chronicle = new Chronicle(options.path);
    this.#timer = setInterval(() => {
      this.#draw();
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

  seen(elections: readonly Election[]): void {
    this.#tell(this.#chronicle.seen(elections));
  }

  suspended(because: string): void {
    this.#tell(this.#chronicle.suspended(because));
  }

  signal(signal: string): void {
    if (signal === 'SIGWINCH' || signal === 'SIGCONT') this.#measure();
  }

  /** The last picture stays, where the command line was. */
  close(): void {
    clearInterval(this.#timer);
    const { elections } = this.#chronicle;
    if (!this.#screen.leave() || elections === undefined) return;
    const { path } = this.#options;
    const columns = this.#size?.columns ?? Infinity;
    for (const line of drawElections(elections, { path, at: new Date(), columns }))
      this.#output.write(`${paint(line, this.#env)}\n`);
  }

  #measure(): void {
    this.#size = terminalSize();
    this.#draw();
  }

  #tell(entries: readonly Entry[]): void {
    const at = new Date();
    const sentences = entries.map((entry) => this.#chronicle.inWords(entry, at));
    this.#entries = [...this.#entries, ...sentences].slice(-KEPT_ENTRIES);
    this.#draw();
  }

  #draw(): void {
    const { elections, staleBecause } = this.#chronicle;
    if (elections === undefined || this.#size === undefined) return;
    const { path, ensemble } = this.#options;
    const frame = {
      path,
      zookeeper: ensemble.text,
      elections,
      staleBecause,
      entries: this.#entries,
      at: new Date(),
    };
    this.#screen.draw(composeFrame(frame, this.#size).map((line) => paint(line, this.#env)));
  }
}
