// Owns the supervisor's end of the pipe, as src/watchdog/client.ts keeps it: orders out, reports in, and what a
// watchdog that has gone, or confirms nothing, leaves to be done from here.

import type { Event } from '../../src/election/messages.js';
import type { Run, TermHook, Znode } from '../../src/election/term.js';
import type { Moment } from '../../src/clock.js';
import type { Order, Report, SessionKey } from '../../src/watchdog/protocol.js';
import { Channel } from './channel.js';
import type { Checks } from './checks.js';
import type { Process } from './process.js';
import type { Appointment } from './queue.js';
import { cancel } from './queue.js';
import type { Stage } from './stage.js';
import type { Watchdog } from './watchdog.js';

type OrderBody = Order extends infer One ? (One extends Order ? Omit<One, 'number'> : never) : never;

export interface WatchdogClientOptions {
  readonly stage: Stage;
  readonly checks: Checks;
  readonly process: Process;
  readonly silenceLimitMs: number;
  readonly hooks: readonly TermHook[];
  /** Starts the process, which is to report to the one, and to tell the other that it has ended. */
  readonly spawn: (report: (report: Report) => void, onExit: () => void) => Watchdog;
  readonly push: (event: Event) => void;
}

/** The variable whose value is the znode, by which the processes of a term are known. */
export const MARKER = 'ZNODE=';

/** The variable that tells a command which run it is. */
export const RUN_ID = 'RUN_ID';

const RESTART_PAUSE_MS = 1000;
const START_LIMIT_MS = 30_000;
const LEAVE_LIMIT_MS = 1000;
const FIRST_PASS_MS = 1;
const LONGEST_PASS_MS = 50;
/** From a process's end to its parent's hearing of it. */
const LONGEST_NEWS_MS = 3;

export class WatchdogClient {
  readonly #options: WatchdogClientOptions;
  #watchdog: Watchdog | undefined;
  #former: Watchdog | undefined;
  #orders: Channel<Order> | undefined;
  #hasBeenReady = false;
  #isReady = false;
  #session: SessionKey | undefined;
  #term: string | undefined;
  #sent = 0;
  #confirmed = 0;
  #silence: Appointment | undefined;
  #pass: Appointment | undefined;
  #leaving = false;

  constructor(options: WatchdogClientOptions) {
    this.#options = options;
  }

  /** The one that holds the command, or will. */
  get watchdog(): Watchdog | undefined {
    return this.#watchdog;
  }

  /** The one before it, which may have left something behind. */
  get former(): Watchdog | undefined {
    return this.#former;
  }

  launch(): void {
    if (this.#former === undefined || this.#isReady) this.#launch();
    else
      this.#options.process.after(RESTART_PAUSE_MS, () => {
        this.#launch();
      });
  }

  setSession(key: SessionKey): void {
    this.#session = key;
    this.#send({ type: 'session', key });
  }

  start({ name, epoch }: Znode, run: Run, killAt: number): void {
    const term = String(epoch);
    this.#term = term;
    this.#send({
      type: 'start',
      term,
      environment: { [RUN_ID]: run.id },
      marker: `${MARKER}${name}`,
      killAt: this.#toMoment(killAt),
      hooks: [...this.#options.hooks],
    });
  }

  runHook(hook: TermHook): void {
    const { command } = CHARGE;
    if (this.#term !== undefined)
      this.#send({
        type: 'run-hook',
        term: this.#term,
        hook,
        command: { ...command, args: [] },
        environment: {},
      });
  }

  skipHook(hook: TermHook): void {
    if (this.#term !== undefined) this.#send({ type: 'skip-hook', term: this.#term, hook });
  }

  setDeadline(killAt: number): void {
    if (this.#term !== undefined)
      this.#send({ type: 'set-deadline', term: this.#term, killAt: this.#toMoment(killAt) });
  }

  signal(signal: string, to: 'group' | 'tree'): void {
    if (this.#term !== undefined) this.#send({ type: 'signal', term: this.#term, signal, to });
  }

  /** Nobody waits to learn whether the watchdog stands still: passes are made from here as well. */
  kill(): void {
    if (this.#term === undefined) return;
    this.#send({ type: 'kill', term: this.#term });
    this.#pursue(this.#term, FIRST_PASS_MS);
  }

  leave(): void {
    this.#leaving = true;
    const watchdog = this.#watchdog;
    this.#send({ type: 'leave' });
    this.#options.process.after(LEAVE_LIMIT_MS, () => {
      watchdog?.kill();
    });
  }

  /** The supervisor has died: the pipe closes behind what it had written. */
  desert(): void {
    this.#orders?.close();
  }

  #launch(): void {
    if (this.#leaving) return;
    const { stage, process, spawn } = this.#options;
    const reports = new Channel<Report>(
      stage,
      process,
      (report) => {
        if (this.#watchdog === watchdog) this.#obey(report);
      },
      () => undefined,
    );
    const watchdog = spawn(
      (report) => {
        reports.send(report);
      },
      () => {
        stage.queue.after(stage.random.between(0, LONGEST_NEWS_MS), () => {
          process.read(() => {
            if (this.#watchdog === watchdog) this.#lost('it has ended');
          });
        });
      },
    );
    this.#orders = new Channel<Order>(
      stage,
      watchdog.process,
      (order) => {
        watchdog.order(order);
      },
      () => {
        watchdog.supervisorGone();
      },
    );
    this.#watchdog = watchdog;
    this.#isReady = false;
    this.#sent = 0;
    this.#confirmed = 0;
    this.#send({ type: 'prepare', charge: CHARGE });
    if (this.#session !== undefined) this.#send({ type: 'session', key: this.#session });
  }

  #obey(report: Report): void {
    const { push } = this.#options;
    switch (report.type) {
      case 'ready':
        this.#hasBeenReady = true;
        this.#isReady = true;
        push({ type: 'watchdog-ready' });
        return;
      case 'taken':
        this.#confirmed = Math.max(this.#confirmed, report.number);
        this.#awaitConfirmation();
        return;
      case 'exited':
        if (report.term === this.#term) push({ type: 'child-exited', exit: report.exit });
        return;
      case 'empty':
        if (report.term === this.#term) this.#empty();
        return;
      case 'expired':
        if (report.term === this.#term) push({ type: 'watchdog-expired' });
        return;
      case 'refused':
      case 'sweeping':
      case 'unrecorded':
      case 'started':
      case 'hook-started':
      case 'hook-ended':
        return;
    }
  }

  #empty(): void {
    this.#term = undefined;
    this.#send({ type: 'stand-by' });
    this.#options.push({ type: 'tree-empty' });
  }

  #send(body: OrderBody): void {
    if (this.#orders === undefined) return;
    this.#sent += 1;
    this.#orders.send({ ...body, number: this.#sent });
    if (this.#silence === undefined) this.#awaitConfirmation();
  }

  #awaitConfirmation(): void {
    cancel(this.#silence);
    this.#silence = undefined;
    if (this.#confirmed === this.#sent) return;
    const { process, silenceLimitMs } = this.#options;
    const overdue = this.#sent;
    this.#silence = process.after(this.#isReady ? silenceLimitMs : START_LIMIT_MS, () => {
      process.immediately(() => {
        if (this.#confirmed < overdue && this.#watchdog !== undefined)
          this.#lost('it has confirmed nothing for too long');
      });
    });
  }

  #lost(reason: string): void {
    cancel(this.#silence);
    this.#silence = undefined;
    this.#former = this.#watchdog;
    this.#watchdog = undefined;
    this.#orders = undefined;
    this.#former?.kill();
    if (this.#leaving) return;
    const { push } = this.#options;
    if (this.#hasBeenReady) push({ type: 'watchdog-lost', reason });
    else push({ type: 'refused', message: `the watchdog did not come up: ${reason}` });
  }

  /** Only of what a dead watchdog has left can be said from here that it is gone. */
  #pursue(term: string, nextPassMs: number): void {
    cancel(this.#pass);
    if (this.#term !== term) return;
    const child = (this.#watchdog ?? this.#former)?.child;
    if (this.#watchdog === undefined && child?.isAlive !== true) {
      this.#empty();
      return;
    }
    child?.kill();
    this.#pass = this.#options.process.after(nextPassMs, () => {
      this.#pursue(term, Math.min(nextPassMs * 2, LONGEST_PASS_MS));
    });
  }

  /** A moment that JSON cannot write would reach the watchdog as null. */
  #toMoment(killAt: number): Moment {
    if (!Number.isFinite(killAt)) this.#options.checks.noMoment(killAt);
    return this.#options.process.clock.toMoment(killAt);
  }
}

const CHARGE = {
  command: { file: 'true', argv0: 'true', args: [] },
  stdin: false,
  containment: 'group',
  containmentRequired: false,
} as const satisfies Extract<Order, { type: 'prepare' }>['charge'];
