// The watchdog process: the direct parent of the command, in a session of its own, without a terminal or a log.
// Owns its one pipe, its one timer and the one tree that it holds; what to do is decided in `rules.ts`.
//
// Descriptors: 0 to 2 are /dev/null, since Node aborts when a terminal there has gone. 3 is the pipe to the
// supervisor, 4 to 6 are what the command gets as its standard streams.

import { Socket } from 'node:net';
import { monotonicClock } from '../clock.js';
import { chooseContainment } from '../containment/choose.js';
import type { Containment } from '../containment/containment.js';
import { identityOf } from '../containment/proc.js';
import { type Remains, killGroupOf } from '../containment/remains.js';
import type { ChildExit } from '../election/endings.js';
import { endSession } from '../zookeeper/end-session.js';
import { type Birth, Children } from './children.js';
import { Records } from './records.js';
import type { Charge, Order, OrderOf, Report, SessionKey } from './protocol.js';
import { encode, orderDecoder, ProtocolError } from './protocol.js';
import type { WatchdogCommand, WatchdogEvent } from './rules.js';
import { initially, step, wakeAt } from './rules.js';

const PIPE = 3;
const COMMAND_STREAMS = [4, 5, 6] as const;

/** Timers stand still while the machine is suspended, the clock does not: it is looked at this often. */
const LONGEST_SLEEP_WITH_COMMAND_MS = 250;
const TIDY_EVERY_MS = 5000;

/** How soon, and then at most how often, a tree is looked at that is to be empty. */
const FIRST_LOOK_MS = 1;
const LONGEST_LOOK_MS = 50;
/** A pass that took this long had a lot to kill: the next one must not give it time to grow again. */
const HEAVY_PASS_MS = 5;

/** None of them ends or stops the watchdog: that is the supervisor's to say. SIGUSR1 would open Node's inspector. */
const DEAF_TO = [
  'SIGUSR1',
  'SIGUSR2',
  'SIGHUP',
  'SIGINT',
  'SIGTERM',
  'SIGQUIT',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
] as const;

/** What it takes to hold a command. */
interface Means {
  readonly charge: Charge;
  readonly containment: Containment;
  readonly children: Children;
}

class Watchdog {
  readonly #clock = monotonicClock();
  readonly #pipe = new Socket({ fd: PIPE, readable: true, writable: true });
  readonly #orders = orderDecoder();
  readonly #records = new Records();
  #state = initially;
  #means: Means | undefined;
  /** Whether there is a main process, or what it has left behind. */
  #holdsTree = false;
  #timer: NodeJS.Timeout | undefined;
  #nextLook: NodeJS.Timeout | undefined;
  #tidiedAt = 0;

  run(): void {
    for (const signal of DEAF_TO) process.on(signal, () => undefined);
    process.on('uncaughtException', () => {
      // The supervisor sees us go, and kills what this one pass has missed.
      this.#means?.containment.kill();
      process.exit(1);
    });
    this.#pipe.setEncoding('utf8');
    this.#pipe.on('data', (text: string) => {
      this.#read(text);
    });
    for (const end of ['end', 'close', 'error']) {
      this.#pipe.on(end, () => {
        this.#take({ type: 'supervisor-gone' });
      });
    }
  }

  #read(text: string): void {
    try {
      for (const order of this.#orders.feed(text)) this.#order(order);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#pipe.destroy();
      this.#take({ type: 'supervisor-gone' });
    }
  }

  #order(order: Order): void {
    const killAt = 'killAt' in order ? this.#clock.fromMoment(order.killAt) : undefined;
    if (order.type === 'prepare') void this.#prepare(order.charge);
    this.#take({ type: 'order', order, killAt });
  }

  #take(event: WatchdogEvent): void {
    const { state, commands } = step(this.#state, event, this.#clock());
    this.#state = state;
    for (const command of commands) this.#perform(command);
    this.#armTimer();
  }

  #perform(command: WatchdogCommand): void {
    switch (command.type) {
      case 'report':
        this.#report(command.report);
        return;
      case 'start':
        this.#start(command.order);
        return;
      case 'start-hook':
        this.#startHook(command.order);
        return;
      case 'look':
        this.#look();
        return;
      case 'signal':
        this.#means?.containment.signal(command.signal, command.to);
        return;
      case 'kill':
        this.#pursue(FIRST_LOOK_MS);
        return;
      case 'kill-group':
        killGroupOf(command.leader);
        return;
      case 'stand-by':
        this.#means?.containment.standBy();
        return;
      case 'end-session':
        void this.#endSession(command.key);
        return;
      case 'exit':
        this.#means?.containment.release();
        process.exit(0);
    }
  }

  /** Sweeps what earlier runs have left, then chooses the containment: nobody stands for election before that. */
  async #prepare(charge: Charge): Promise<void> {
    await this.#records.sweep((what) => {
      this.#report({ type: 'sweeping', what });
    });
    const chosen = chooseContainment(charge.containment, charge.containmentRequired);
    if ('refused' in chosen) {
      this.#report({ type: 'refused', message: chosen.refused });
      return;
    }
    const { containment } = chosen;
    this.#means = { charge, containment, children: new Children(containment) };
    containment.standBy();
    const { level, cgroup } = containment;
    this.#report({ type: 'ready', level, cgroup, passedOver: [...chosen.passedOver] });
    this.#complain();
  }

  #complain(): void {
    const { unavailable } = this.#records;
    if (unavailable !== undefined) this.#report({ type: 'unrecorded', because: unavailable });
  }

  #start({ environment, marker }: OrderOf<'start'>): void {
    const { charge, containment, children } = this.#prepared;
    const { cgroup } = containment;
    const [stdin, stdout, stderr] = COMMAND_STREAMS;
    this.#record({ marker, cgroup });
    this.#holdsTree = false;
    const pid = children.startMain(
      { program: charge.command, environment, streams: [charge.stdin ? stdin : 'ignore', stdout, stderr] },
      marker,
      (exit) => {
        this.#mainEnded(exit);
      },
    );
    if (pid === undefined) return;
    this.#holdsTree = true;
    const leader = identityOf(pid);
    this.#record({ marker, cgroup, ...leader });
    if (this.#state.tree.status !== 'none') {
      this.#report({ type: 'started', term: this.#state.tree.term, leader });
    }
  }

  #record(remains: Remains): void {
    const before = this.#records.unavailable;
    this.#records.write(remains);
    if (before === undefined) this.#complain();
  }

  #mainEnded(exit: ChildExit): void {
    if (exit.kind === 'not-started') this.#records.erase();
    this.#take({ type: 'exited', exit });
    if (exit.kind === 'not-started') this.#take({ type: 'empty' });
    else this.#look();
  }

  #startHook({ term, hook, command, environment }: OrderOf<'run-hook'>): void {
    const [, stdout, stderr] = COMMAND_STREAMS;
    const ended = (exit: ChildExit): void => {
      this.#take({ type: 'hook-ended', hook, exit });
      this.#look();
    };
    if (!this.#holdsTree) {
      ended({ kind: 'not-started', errno: 'ESRCH' });
      return;
    }
    const birth: Birth = { program: command, environment, streams: ['ignore', stdout, stderr] };
    const pid = this.#prepared.children.startBeside(birth, ended);
    if (pid !== undefined) this.#report({ type: 'hook-started', term, hook, pid });
  }

  get #prepared(): Means {
    if (this.#means === undefined) throw new Error('internal error: a start before the watchdog was ready');
    return this.#means;
  }

  /** Behind the end of the last child: what they have left behind is looked for. */
  #look(): void {
    if (this.#means?.children.areGone === true) this.#pursue(FIRST_LOOK_MS);
  }

  /** Looks, again and again, whether the tree is empty, and kills what is left of it once it is to end. */
  #pursue(nextLookMs: number): void {
    clearTimeout(this.#nextLook);
    const { tree } = this.#state;
    if (tree.status === 'none' || this.#means === undefined) return;
    // One that is found empty has been let go of: no hook could join it any more.
    if (tree.status === 'running' && tree.hooksDue.length > 0) return;
    const { containment, children } = this.#means;
    const before = this.#clock();
    if (tree.status === 'ending') containment.kill();
    if (children.areGone && containment.isEmpty()) {
      this.#records.erase();
      this.#take({ type: 'empty' });
      return;
    }
    const heavy = this.#clock() - before > HEAVY_PASS_MS;
    this.#nextLook = setTimeout(
      () => {
        this.#pursue(heavy ? FIRST_LOOK_MS : Math.min(nextLookMs * 2, LONGEST_LOOK_MS));
      },
      heavy ? 0 : nextLookMs,
    );
  }

  async #endSession(key: SessionKey): Promise<void> {
    await endSession({ ...key, sessionTimeoutMs: key.timeoutMs });
    this.#take({ type: 'session-ended' });
  }

  #report(report: Report): void {
    if (this.#pipe.writable) this.#pipe.write(encode(report));
  }

  #armTimer(): void {
    clearTimeout(this.#timer);
    const dueAt = wakeAt(this.#state);
    if (dueAt === Infinity) return;
    const now = this.#clock();
    if (now - this.#tidiedAt >= TIDY_EVERY_MS) {
      this.#tidiedAt = now;
      this.#means?.containment.tidy();
    }
    const delayMs = Math.min(Math.max(dueAt - now, 0), LONGEST_SLEEP_WITH_COMMAND_MS);
    this.#timer = setTimeout(() => {
      this.#take({ type: 'clock' });
    }, Math.ceil(delayMs));
  }
}

new Watchdog().run();
