// Owns what it takes to show something as it changes, and the way without a picture: a line for each change.

import type { Output } from './output.js';

/** One way to show what is seen, as it changes. */
export interface View<Seen> {
  seen(seen: Seen): void;
  suspended(because: string): void;
  /** For signals that say something of the terminal. */
  signal(signal: string): void;
  /** Leaves the terminal as it was. */
  close(): void;
}

/** Tells one look from the one before, and how to say the difference. */
export interface Teller<Seen, Told> {
  seen(seen: Seen): readonly Told[];
  suspended(because: string): readonly Told[];
  /** One line for people. */
  inWords(told: Told, at: Date): string;
  /** One line for programs. */
  inJson(told: Told, at: Date): string;
}

export class LineView<Seen, Told> implements View<Seen> {
  readonly #teller: Teller<Seen, Told>;
  readonly #json: boolean;
  readonly #output: Output;

  constructor(teller: Teller<Seen, Told>, json: boolean, output: Output) {
    this.#teller = teller;
    this.#json = json;
    this.#output = output;
  }

  seen(seen: Seen): void {
    this.#tell(this.#teller.seen(seen));
  }

  suspended(because: string): void {
    this.#tell(this.#teller.suspended(because));
  }

  signal(): void {
    // Lines are what they are in any terminal.
  }

  close(): void {
    // Nothing was changed.
  }

  #tell(all: readonly Told[]): void {
    const at = new Date();
    for (const told of all) {
      const line = this.#json ? this.#teller.inJson(told, at) : this.#teller.inWords(told, at);
      this.#output.write(`${line}\n`);
    }
  }
}
