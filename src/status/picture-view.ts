// Owns the picture that `status --watch` redraws in a terminal: of the elections as they were seen last.

import type { Election } from '../zookeeper/elections.js';
import type { StatusOptions } from '../options/status-options.js';
import { Chronicle, type Entry } from './chronicle.js';
import { composeFrame } from './frame.js';
import { LivePicture } from './live-picture.js';
import type { Output, Size } from './output.js';
import { drawElections, type PictureLine } from './picture.js';
import { paint } from './screen.js';
import type { View } from './view.js';

/** The latest entries that a picture may show, with some to spare. */
const KEPT_ENTRIES = 50;

export class PictureView implements View<readonly Election[]> {
  readonly #options: StatusOptions;
  readonly #chronicle: Chronicle;
  readonly #picture: LivePicture;
  #entries: string[] = [];

  constructor(options: StatusOptions, output: Output, env: NodeJS.ProcessEnv) {
    this.#options = options;
    this.#chronicle = new Chronicle(options.path);
    const painted = (lines: readonly PictureLine[]): string[] => lines.map((line) => paint(line, env));
    this.#picture = new LivePicture(output, {
      compose: (size) => painted(this.#compose(size)),
      last: (columns) => painted(this.#draw(columns)),
    });
  }

  seen(elections: readonly Election[]): void {
    this.#tell(this.#chronicle.seen(elections));
  }

  suspended(because: string): void {
    this.#tell(this.#chronicle.suspended(because));
  }

  signal(signal: string): void {
    this.#picture.signal(signal);
  }

  close(): void {
    this.#picture.close();
  }

  #tell(entries: readonly Entry[]): void {
    const at = new Date();
    const sentences = entries.map((entry) => this.#chronicle.inWords(entry, at));
    this.#entries = [...this.#entries, ...sentences].slice(-KEPT_ENTRIES);
    this.#picture.redraw();
  }

  #compose(size: Size): PictureLine[] {
    const { elections, staleBecause } = this.#chronicle;
    if (elections === undefined) return [];
    const { path, ensemble } = this.#options;
    const frame = {
      path,
      zookeeper: ensemble.text,
      elections,
      staleBecause,
      entries: this.#entries,
      at: new Date(),
    };
    return composeFrame(frame, size);
  }

  #draw(columns: number): PictureLine[] {
    const { path } = this.#options;
    return drawElections(this.#chronicle.elections ?? [], { path, at: new Date(), columns });
  }
}
