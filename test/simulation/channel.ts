// Owns one direction of the pipe between a supervisor and its watchdog: everything arrives, in order, soon.

import type { Process } from './process.js';
import type { Stage } from './stage.js';

const LONGEST_WAY_MS = 1;

export class Channel<Message> {
  readonly #stage: Stage;
  readonly #to: Process;
  readonly #deliver: (message: Message) => void;
  readonly #closed: () => void;
  #lastAt = 0;
  #open = true;

  constructor(stage: Stage, to: Process, deliver: (message: Message) => void, closed: () => void) {
    this.#stage = stage;
    this.#to = to;
    this.#deliver = deliver;
    this.#closed = closed;
  }

  send(message: Message): void {
    if (!this.#open) return;
    this.#after(() => {
      this.#deliver(message);
    });
  }

  /** The writer has closed its end, or has died: the reader learns that behind everything that was written. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#after(this.#closed);
  }

  #after(run: () => void): void {
    const { queue, random } = this.#stage;
    this.#lastAt = Math.max(this.#lastAt, queue.now + random.between(0, LONGEST_WAY_MS));
    queue.at(this.#lastAt, () => {
      this.#to.read(run);
    });
  }
}
