// Owns a command and what it leaves behind, as a containment would report it: its exit, and later the empty tree.

import type { Event } from '../../src/election/model.js';
import type { MachineClock } from './clock.js';
import type { Appointment } from './queue.js';
import { cancel } from './queue.js';
import type { Stage } from './stage.js';

/** How a command behaves; drawn anew for each. */
export interface Habits {
  /** Exits this long after the first stop signal; undefined when it ignores it. */
  readonly yieldsAfterMs: number | undefined;
  /** Exits by itself after this long, if at all. */
  readonly livesMs: number | undefined;
  /** What its main process leaves behind lives this much longer. */
  readonly leftoversMs: number;
  /** SIGKILL has emptied the tree after this long: the kill budget at most. */
  readonly killTakesMs: number;
}

export interface ChildOptions {
  readonly stage: Stage;
  readonly clock: MachineClock;
  readonly znode: string;
  readonly habits: Habits;
  /** Whether commands may still end by themselves. */
  readonly mayEnd: () => boolean;
  readonly push: (event: Event) => void;
  readonly onEmpty: () => void;
}

/** Alive until its tree is empty. */
export class Child {
  readonly #options: ChildOptions;
  #main: Appointment | undefined;
  #tree: Appointment | undefined;
  #killed = false;
  #exited = false;
  #alive = true;

  constructor(options: ChildOptions) {
    this.#options = options;
    const { livesMs } = options.habits;
    if (livesMs === undefined) return;
    options.clock.after(livesMs, () => {
      if (options.mayEnd()) this.#exit(options.habits.leftoversMs);
    });
  }

  get znode(): string {
    return this.#options.znode;
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  signal(): void {
    const { yieldsAfterMs, leftoversMs } = this.#options.habits;
    if (yieldsAfterMs === undefined || this.#main !== undefined) return;
    this.#main = this.#options.clock.after(yieldsAfterMs, () => {
      this.#exit(leftoversMs);
    });
  }

  kill(): void {
    if (this.#killed) return;
    this.#killed = true;
    this.#options.clock.after(this.#options.habits.killTakesMs, () => {
      this.#exit(0);
      this.#empty();
    });
  }

  /** The machine has died, and everything on it. */
  vanish(): void {
    cancel(this.#main);
    cancel(this.#tree);
    this.#alive = false;
    this.#exited = true;
    this.#options.onEmpty();
  }

  #exit(leftoversMs: number): void {
    if (this.#exited) return;
    this.#exited = true;
    this.#options.push({ type: 'child-exited', exit: { kind: 'code', code: 0 } });
    this.#tree = this.#options.clock.after(leftoversMs, () => {
      this.#empty();
    });
  }

  #empty(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#options.onEmpty();
    this.#options.push({ type: 'tree-empty' });
  }
}
