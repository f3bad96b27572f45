// Owns a command and what it leaves behind, as a containment would report it: its exit, and later the empty tree.

import type { Machine } from './machine.js';
import type { Appointment } from './queue.js';
import { cancel } from './queue.js';
import type { ChildListener } from './watchdog.js';

/** How a command behaves; drawn anew for each. */
export interface Habits {
  /** Exits this long after the first stop signal; undefined when it ignores it. */
  readonly yieldsAfterMs: number | undefined;
  /** Exits by itself after this long, if at all. */
  readonly livesMs: number | undefined;
  /** Whether commands may still end by themselves; and what they exit with then. */
  readonly mayEnd: () => boolean;
  readonly code: () => number;
  /** What its main process leaves behind lives this much longer. */
  readonly leftoversMs: number;
  /** A hook that joins its tree ends by itself after this long, if at all. */
  readonly hookLivesMs: () => number | undefined;
  /** SIGKILL, sent again and again, has emptied the tree after this long: the kill budget at most. */
  readonly killTakesMs: number;
}

export interface ChildOptions {
  readonly machine: Machine;
  readonly znode: string;
  readonly habits: Habits;
  readonly listener: ChildListener;
  /** Whoever holds it hears of it later, or never. */
  readonly onEmpty: () => void;
  /** A hook joins the tree, in which perhaps nobody is. */
  readonly onJoin: () => void;
}

/** What was forked behind a pass is found by the next: the killing goes on for so long if there is none. */
const PASS_LASTS_MS = 60;

/** Alive until its tree is empty. */
export class Child {
  readonly #options: ChildOptions;
  #main: Appointment | undefined;
  #tree: Appointment | undefined;
  #death: Appointment | undefined;
  #killedForMs = 0;
  #passAt: number | undefined;
  #exited = false;
  /** Nothing is left of the main process and what it has started. */
  #mainIsGone = false;
  readonly #hooks = new Set<() => void>();
  #alive = true;

  constructor(options: ChildOptions) {
    this.#options = options;
    options.machine.children.add(this);
    const { livesMs, mayEnd, code, leftoversMs } = options.habits;
    if (livesMs === undefined) return;
    options.machine.after(livesMs, () => {
      if (mayEnd()) this.#exit(leftoversMs, code());
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
    this.#main = this.#options.machine.after(yieldsAfterMs, () => {
      this.#exit(leftoversMs, 0);
    });
  }

  /** A hook is started in its tree; it is told of its end, but for that of the machine. */
  join(ended: () => void): void {
    const { machine, habits, onJoin } = this.#options;
    this.#alive = true;
    machine.children.add(this);
    this.#hooks.add(ended);
    onJoin();
    const livesMs = habits.hookLivesMs();
    if (livesMs === undefined) return;
    machine.after(livesMs, () => {
      this.#hookEnds(ended);
    });
  }

  #hookEnds(ended: () => void): void {
    if (!this.#hooks.delete(ended)) return;
    ended();
    this.#emptyIfGone();
  }

  /** One pass over the tree. */
  kill(): void {
    if (!this.#alive) return;
    const { machine, habits } = this.#options;
    const now = machine.monotonicMs;
    this.#killedForMs += Math.min(now - (this.#passAt ?? now), PASS_LASTS_MS);
    this.#passAt = now;
    cancel(this.#death);
    const leftMs = habits.killTakesMs - this.#killedForMs;
    if (leftMs > PASS_LASTS_MS) return;
    this.#death = machine.after(Math.max(leftMs, 0), () => {
      this.#exit(0, 1);
      this.#mainIsGone = true;
      for (const hook of this.#hooks) this.#hookEnds(hook);
      this.#emptyIfGone();
    });
  }

  /** The machine has died, and everything on it. */
  vanish(): void {
    cancel(this.#main);
    cancel(this.#tree);
    cancel(this.#death);
    this.#exited = true;
    this.#mainIsGone = true;
    this.#hooks.clear();
    this.#end();
  }

  #exit(leftoversMs: number, code: number): void {
    if (this.#exited) return;
    this.#exited = true;
    this.#options.listener.exited(code);
    this.#tree = this.#options.machine.after(leftoversMs, () => {
      this.#mainIsGone = true;
      this.#emptyIfGone();
    });
  }

  #emptyIfGone(): void {
    if (!this.#alive || !this.#mainIsGone || this.#hooks.size > 0) return;
    this.#end();
    this.#options.listener.empty();
  }

  #end(): void {
    this.#alive = false;
    this.#options.machine.children.delete(this);
    this.#options.onEmpty();
  }
}
