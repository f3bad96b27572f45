// Owns what a machine takes for the time: it starts anywhere, and runs up to one percent too fast or too slow.
// Two machines thus differ by two percent at most, which is a premise of the guarantee.

import type { Appointment, Queue } from './queue.js';

export class MachineClock {
  readonly #queue: Queue;
  readonly #rate: number;
  readonly #offset: number;

  constructor(queue: Queue, rate: number, offset: number) {
    this.#queue = queue;
    this.#rate = rate;
    this.#offset = offset;
  }

  /** This machine's milliseconds. */
  get now(): number {
    return this.#offset + this.#queue.now * this.#rate;
  }

  /** Runs it once this many of this machine's milliseconds have passed. */
  after(ms: number, run: () => void): Appointment {
    return this.#queue.after(ms / this.#rate, run);
  }

  /** Runs it at that moment of this machine's, never before it. */
  at(moment: number, run: () => void): Appointment {
    return this.#queue.at((moment - this.#offset) / this.#rate + ROUNDING_MS, run);
  }
}

/** There and back between the two times costs some bits. */
const ROUNDING_MS = 1e-6;
