// Owns the line that tells whoever watches that somebody leads: one for each term, however many runs it has.

import type { History } from './history.js';

export class TermTeller {
  readonly #history: History;
  readonly #say: (line: string) => void;
  #toldLives = 0;
  #toldTerms = 0;

  constructor(history: History, say: (line: string) => void) {
    this.#history = history;
    this.#say = say;
  }

  /** Tells of the terms that have begun since it was called last. */
  tell(): void {
    const { lives } = this.#history;
    for (const [index, { contender, epoch, manner, first }] of lives.entries()) {
      if (index < this.#toldLives || manner === '') continue;
      this.#toldLives = index + 1;
      const before = lives[index - 1];
      if (before?.epoch === epoch) continue;
      this.#toldTerms += 1;
      const gap =
        before === undefined
          ? ''
          : `, ${((first - before.last) / 1000).toFixed(0)} ms after ${before.contender}`;
      this.#say(`${contender} leads: term ${this.#toldTerms}, epoch ${epoch}, ${manner}${gap}`);
    }
  }
}
