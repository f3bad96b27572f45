// Owns the picture that `history --watch` redraws in a terminal: of the records as they were seen last.

import { LivePicture } from '../status/live-picture.js';
import type { Output, Size } from '../status/output.js';
import { paint } from '../status/screen.js';
import type { View } from '../status/view.js';
import type { Records } from '../zookeeper/records.js';
import { Chronicle } from './chronicle.js';
import { composeFrame } from './frame.js';
import { drawRecords, type Drawing, type PartedLine, type Viewpoint } from './picture.js';

/** What is shown, and how. */
export interface HistoryView extends Pick<Viewpoint, 'path' | 'last' | 'style' | 'nextTick'> {
  /** The connect string. */
  readonly zookeeper: string;
  readonly json: boolean;
}

export class PictureView implements View<Records> {
  readonly #options: HistoryView;
  readonly #chronicle: Chronicle;
  readonly #picture: LivePicture;

  constructor(options: HistoryView, output: Output, env: NodeJS.ProcessEnv) {
    this.#options = options;
    this.#chronicle = new Chronicle(options.path, options.last);
    this.#picture = new LivePicture(output, {
      compose: (size) => this.#compose(size).map((line) => paintParts(line, env)),
      last: (columns) => {
        const { head, table } = this.#draw(columns);
        return [...head, ...table].map((line) => paintParts(line, env));
      },
    });
  }

  seen(records: Records): void {
    this.#chronicle.seen(records);
    this.#picture.redraw();
  }

  suspended(because: string): void {
    this.#chronicle.suspended(because);
    this.#picture.redraw();
  }

  signal(signal: string): void {
    this.#picture.signal(signal);
  }

  close(): void {
    this.#picture.close();
  }

  #compose(size: Size): PartedLine[] {
    if (this.#chronicle.records === undefined) return [];
    const { path, zookeeper } = this.#options;
    const { staleBecause } = this.#chronicle;
    const drawing = this.#draw(size.columns);
    return composeFrame({ path, zookeeper, drawing, staleBecause, at: new Date() }, size);
  }

  #draw(columns: number): Drawing {
    const { records } = this.#chronicle;
    if (records === undefined) return { head: [], table: [] };
    return drawRecords(records, { ...this.#options, columns, at: new Date() });
  }
}

/** Returns the line as a terminal shows it. */
export function paintParts(line: PartedLine, env: NodeJS.ProcessEnv): string {
  return line.map((part) => (part.text === '' ? '' : paint(part, env))).join('');
}
