// Owns the ways between machines. A cut holds data back, as TCP does: it arrives late and in order once the way is
// healed, unless one side has given up by then. Each direction is cut by itself.

import type { Queue } from './queue.js';
import type { Random } from './random.js';

export interface NetworkOptions {
  readonly queue: Queue;
  readonly random: Random;
  readonly machines: number;
  readonly delayMs: { readonly least: number; readonly most: number };
}

/** A retransmission comes some time after the way is open again. */
const LONGEST_RETRANSMISSION_MS = 60;

export class Network {
  readonly options: NetworkOptions;
  /** How many cuts lie on the way: they may overlap. */
  readonly #cuts: number[];
  readonly #held = new Set<Pipe>();

  constructor(options: NetworkOptions) {
    this.options = options;
    this.#cuts = new Array<number>(options.machines ** 2).fill(0);
  }

  isCut(from: number, to: number): boolean {
    return this.#cuts[from * this.options.machines + to]! > 0;
  }

  areConnected(a: number, b: number): boolean {
    return !this.isCut(a, b) && !this.isCut(b, a);
  }

  cut(from: number, to: number): void {
    this.#cuts[from * this.options.machines + to]! += 1;
  }

  heal(from: number, to: number): void {
    const way = from * this.options.machines + to;
    this.#cuts[way] = Math.max(0, this.#cuts[way]! - 1);
    this.#release();
  }

  healAll(): void {
    this.#cuts.fill(0);
    this.#release();
  }

  hold(pipe: Pipe): void {
    this.#held.add(pipe);
  }

  #release(): void {
    for (const pipe of this.#held) {
      if (this.isCut(pipe.from, pipe.to)) continue;
      this.#held.delete(pipe);
      pipe.release(this.options.random.between(0, LONGEST_RETRANSMISSION_MS));
    }
  }
}

/** One direction of one connection. What is sent arrives in order, or not at all. */
export class Pipe {
  readonly from: number;
  readonly to: number;
  readonly #network: Network;
  #waiting: (() => void)[] = [];
  #lastAt = 0;
  #held = false;
  #dropped = false;
  /** Counts the holds: what was under way before one is sent again after it. */
  #holds = 0;

  constructor(network: Network, from: number, to: number) {
    this.#network = network;
    this.from = from;
    this.to = to;
  }

  send(deliver: () => void): void {
    if (this.#dropped) return;
    this.#waiting.push(deliver);
    if (!this.#held) this.#schedule(0);
  }

  /** Nothing arrives any more: the receiver has closed, or the connection was reset. */
  drop(): void {
    this.#dropped = true;
    this.#waiting = [];
  }

  /** Called by the network when the way is open again. */
  release(delayMs: number): void {
    this.#held = false;
    for (let count = this.#waiting.length; count > 0; count -= 1) this.#schedule(delayMs);
  }

  #schedule(extraMs: number): void {
    const { queue, random, delayMs } = this.#network.options;
    const at = queue.now + extraMs + random.between(delayMs.least, delayMs.most);
    this.#lastAt = Math.max(this.#lastAt, at);
    const holds = this.#holds;
    queue.at(this.#lastAt, () => {
      if (holds === this.#holds) this.#arrive();
    });
  }

  #arrive(): void {
    if (this.#dropped) return;
    if (this.#network.isCut(this.from, this.to)) {
      this.#held = true;
      this.#holds += 1;
      this.#network.hold(this);
      return;
    }
    this.#waiting.shift()?.();
  }
}
