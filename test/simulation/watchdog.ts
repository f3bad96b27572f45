// Owns a watchdog process: the rules under test, driven as src/watchdog/watchdog.ts drives them.

import type { Order, OrderOf, Report, SessionKey } from '../../src/watchdog/protocol.js';
import type { WatchdogCommand, WatchdogEvent, WatchdogState } from '../../src/watchdog/rules.js';
import type { Checks } from './checks.js';
import type { Child } from './child.js';
import type { Core } from './core.js';
import type { Process } from './process.js';
import type { Appointment } from './queue.js';
import { cancel } from './queue.js';
import type { Stage } from './stage.js';

/** What the tree of a command tells whoever holds it. */
export interface ChildListener {
  exited(code: number): void;
  empty(): void;
}

export interface WatchdogOptions {
  readonly name: string;
  readonly stage: Stage;
  readonly process: Process;
  readonly core: Core;
  readonly checks: Checks;
  readonly killBudgetMs: number;
  /** From its start to its first report. */
  readonly startsInMs: number;
  readonly report: (report: Report) => void;
  readonly startChild: (order: OrderOf<'start'>, listener: ChildListener) => Child;
  readonly endSession: (key: SessionKey, done: () => void) => void;
  readonly onExit: () => void;
}

const LONGEST_SLEEP_WITH_COMMAND_MS = 250;
const LONGEST_LATENESS_MS = 3;
const FIRST_PASS_MS = 1;
const LONGEST_PASS_MS = 50;
/** Between two looks at a tree that is to be empty. */
const LONGEST_LOOK_MS = 50;

export class Watchdog {
  readonly #options: WatchdogOptions;
  #state: WatchdogState;
  #ready = false;
  #child: Child | undefined;
  #timer: Appointment | undefined;
  #pass: Appointment | undefined;
  /** The moment that its command must not outlive, by what it has been told in time. */
  #promisedAt = Infinity;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#state = options.core.watchdog.initially;
  }

  get process(): Process {
    return this.#options.process;
  }

  /** The command that it has started last. */
  get child(): Child | undefined {
    return this.#child;
  }

  order(order: Order): void {
    const { process } = this.#options;
    const killAt = 'killAt' in order ? process.clock.fromMoment(order.killAt) : undefined;
    if (order.type === 'prepare') this.#prepare();
    if (order.type === 'start' || order.type === 'set-deadline') this.#promise(killAt!);
    this.#take({ type: 'order', order, killAt });
  }

  supervisorGone(): void {
    this.#take({ type: 'supervisor-gone' });
  }

  kill(): void {
    const { process, onExit } = this.#options;
    if (!process.isAlive) return;
    process.kill();
    onExit();
  }

  #prepare(): void {
    const { process, startsInMs, report } = this.#options;
    process.after(startsInMs, () => {
      this.#ready = true;
      report({ type: 'ready', level: 'group', cgroup: undefined, passedOver: [] });
    });
  }

  #take(event: WatchdogEvent): void {
    const { core, process } = this.#options;
    const { state, commands } = core.watchdog.step(this.#state, event, process.now);
    this.#say(() => {
      const words: string[] = [event.type === 'order' ? event.order.type : event.type];
      if (this.#state.tree.status !== state.tree.status) words.push(`tree ${state.tree.status}`);
      const deeds = commands.filter(({ type }) => type !== 'report').map(({ type }) => type);
      if (deeds.length > 0) words.push(`does ${deeds.join(', ')}`);
      return words.join('; ');
    });
    this.#state = state;
    for (const command of commands) this.#perform(command);
    this.#armTimer();
  }

  #perform(command: WatchdogCommand): void {
    switch (command.type) {
      case 'report':
        this.#options.report(command.report);
        return;
      case 'start':
        this.#start(command.order);
        return;
      case 'start-hook':
        this.#startHook(command.order);
        return;
      case 'look':
        this.#lookLater();
        return;
      case 'signal':
        this.#child?.signal();
        return;
      case 'kill':
        this.#pursue(FIRST_PASS_MS);
        return;
      case 'stand-by':
      case 'kill-group':
        return;
      case 'end-session':
        this.#options.checks.sessionEnded(this.#options.name, this.#child);
        this.#options.endSession(command.key, () => {
          this.#take({ type: 'session-ended' });
        });
        return;
      case 'exit':
        this.kill();
        return;
    }
  }

  #start(order: OrderOf<'start'>): void {
    const { checks, name, process, startChild } = this.#options;
    if (!this.#ready) checks.startedUnready(name);
    this.#child = startChild(order, {
      exited: (code) => {
        process.read(() => {
          this.#take({ type: 'exited', exit: { kind: 'code', code } });
        });
      },
      empty: () => {
        process.read(() => {
          this.#lookLater();
        });
      },
    });
  }

  #startHook({ hook }: OrderOf<'run-hook'>): void {
    const { process } = this.#options;
    this.#child?.join(() => {
      process.read(() => {
        this.#take({ type: 'hook-ended', hook, exit: { kind: 'code', code: 0 } });
      });
    });
  }

  /** Often at once, behind the end of the last child; what joins the tree in the meantime is seen. */
  #lookLater(): void {
    const { process, stage } = this.#options;
    process.after(Math.max(0, stage.random.between(-LONGEST_LOOK_MS, LONGEST_LOOK_MS)), () => {
      if (this.#child?.isAlive === false) this.#take({ type: 'empty' });
    });
  }

  #pursue(nextPassMs: number): void {
    cancel(this.#pass);
    if (this.#state.tree.status !== 'ending') return;
    // It had ended before, and was kept for a hook that was to come.
    if (this.#child?.isAlive === false) {
      this.#take({ type: 'empty' });
      return;
    }
    this.#child?.kill();
    this.#pass = this.#options.process.after(nextPassMs, () => {
      this.#pursue(Math.min(nextPassMs * 2, LONGEST_PASS_MS));
    });
  }

  /** What is read in time moves the moment; what is read behind it comes too late. */
  #promise(killAt: number): void {
    const { process } = this.#options;
    if (process.now >= this.#promisedAt) return;
    this.#promisedAt = killAt;
    process.after(killAt - process.now, () => {
      if (this.#promisedAt === killAt && this.#child !== undefined) this.#checkWhenKilled(this.#child);
    });
  }

  #checkWhenKilled(child: Child): void {
    const { process, stage, checks, name, killBudgetMs } = this.#options;
    const withinMs = LONGEST_LATENESS_MS + 1 + killBudgetMs + 1;
    process.after(withinMs, () => {
      // Whatever it missed while it stood still is its supervisor's to do.
      if (stage.queue.now - process.untroubledSince < withinMs) this.#checkWhenKilled(child);
      else checks.deadlinePassed(name, child);
    });
  }

  #armTimer(): void {
    const { core, process, stage } = this.#options;
    cancel(this.#timer);
    const dueAt = core.watchdog.wakeAt(this.#state);
    if (dueAt === Infinity) return;
    const delayMs = Math.min(Math.max(dueAt - process.now, 0), LONGEST_SLEEP_WITH_COMMAND_MS);
    this.#timer = process.after(Math.ceil(delayMs) + stage.random.between(0, LONGEST_LATENESS_MS), () => {
      this.#take({ type: 'clock' });
    });
  }

  #say(what: () => string): void {
    this.#options.stage.say(() => `${this.#options.name}'s watchdog: ${what()}`);
  }
}
