// Owns what a check that is run means for a contender, counted by itself: nobody leads who is not fit.

import type { Check } from '../../src/election/job.js';
import type { Event } from '../../src/election/messages.js';
import type { Phase } from '../../src/election/model.js';
import { Violation } from './checks.js';

/** Those that end: a term may still be on its way out. */
const LEADING: ReadonlySet<Phase['name']> = new Set(['idle', 'leading']);

export class FitnessCheck {
  readonly #contender: string;
  readonly #check: Check | undefined;
  #isFit: boolean;
  /** Results in a row that have spoken against that. */
  #against = 0;

  constructor(contender: string, check: Check | undefined) {
    this.#contender = contender;
    this.#check = check;
    this.#isFit = check === undefined;
  }

  heed(event: Event, before: Phase, after: Phase): void {
    if (this.#check !== undefined && event.type === 'checked') this.#count(event.passed, this.#check);
    if (this.#isFit || !LEADING.has(after.name)) return;
    throw new Violation('unfit leader', `${this.#contender} goes from ${before.name} to ${after.name}`);
  }

  #count(passed: boolean, { rise, fall }: Check): void {
    this.#against = passed === this.#isFit ? 0 : this.#against + 1;
    if (this.#against < (passed ? rise : fall)) return;
    this.#isFit = passed;
    this.#against = 0;
  }
}
