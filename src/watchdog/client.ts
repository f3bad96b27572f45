// Owns the supervisor's end of the pipe: starts the watchdog, hands it orders, and turns its reports into events.
// Must never trust it blindly: what it does not confirm in time is done from here.

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { MachineClock } from '../clock.js';
import { type Remains, killBesideWatchdog, killRemains } from '../containment/remains.js';
import type { ChildExit, StopCause } from '../election/endings.js';
import type { Run, TermHook, Znode } from '../election/term.js';
import type { Charge, Order, ProcessGroup, Report, ReportOf, SessionKey, SideRole } from './protocol.js';
import { encode, ProtocolError, reportDecoder } from './protocol.js';
import { TOO_LATE } from './rules.js';

const WATCHDOG = fileURLToPath(new URL('watchdog.js', import.meta.url));

/** Told of everything that becomes of the watchdog and of the command that it holds. */
export interface WatchdogListener {
  ready(pid: number, report: ReportOf<'ready'>): void;
  /** It can never be ready; a sentence. */
  refused(message: string): void;
  sweeping(what: string): void;
  /** A later run on this machine could not sweep what we leave: why, once until it could. */
  unrecorded(because: string): void;
  /** It has gone, or can no longer be relied on, and has been killed. */
  lost(reason: string): void;
  started(pid: number): void;
  /** It kills the command: the last deadline that it was told has passed. */
  expired(): void;
  /** Once for each start whose main process it was told of, before `empty`. */
  exited(exit: ChildExit): void;
  hookStarted(hook: TermHook, pid: number): void;
  /** Once for each `runHook`, unless the watchdog is lost while it runs; before `empty`. */
  hookEnded(hook: TermHook, exit: ChildExit): void;
  /** No process of the command is left. */
  empty(): void;
}

export interface WatchdogOptions {
  readonly charge: Charge;
  /** Of each start, `runHook` or `skipHook` will follow for every one. */
  readonly hooks: Readonly<Partial<Record<TermHook, Charge['command']>>>;
  readonly termOf: (znode: Znode, run: Run) => Term;
  /** What a hook finds beside the command's own variables; for a lost hook, why its term has ended. */
  readonly variablesOf: (hook: TermHook, cause: StopCause | undefined) => Readonly<Record<string, string>>;
  readonly clock: MachineClock;
  /** How long an order may stay unconfirmed. */
  readonly silenceLimitMs: number;
}

/** What a term brings the command: in its environment these override whatever was inherited, or unset it. */
export interface Term {
  readonly epoch: bigint;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The name of the variable above that no other command's environment has with this value. */
  readonly marker: string;
}

/** A watchdog that does not become ready will not be started again more often than this. */
const RESTART_PAUSE_MS = 1000;
/** From the spawn of a watchdog to its first report: loading Node on a machine that is busy. */
const START_LIMIT_MS = 30_000;
const LEAVE_LIMIT_MS = 1000;
/** From the end of the pipe to that of the watchdog. */
const END_LIMIT_MS = 100;

/** To start a process takes a watchdog some 10 to 60 ms; one that takes longer than this stands still. */
const LONGEST_START_MS = 250;

const FIRST_PASS_MS = 1;
const LONGEST_PASS_MS = 50;

const termHooks = ['elected', 'lost'] as const;

interface HeldTerm {
  readonly id: string;
  readonly marker: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Ordered, and neither started nor given up. */
  readonly hooksUnderWay: Set<TermHook>;
  /** Once it has been started. */
  leader?: ProcessGroup;
  /** When SIGKILL was first sent from here. */
  killedAt?: number;
}

/** An order that has no number yet. */
type OrderBody = Order extends infer One ? (One extends Order ? Omit<One, 'number'> : never) : never;

/** One watchdog at a time. */
export class WatchdogClient {
  readonly #options: WatchdogOptions;
  readonly #listener: WatchdogListener;
  #process: ChildProcess | undefined;
  /** The one that we have killed last, or found dead: until it is gone it might still start a process. */
  #former: ChildProcess | undefined;
  #pipe: Socket | undefined;
  #cgroup: string | undefined;
  #hasBeenReady = false;
  #isReady = false;
  #session: SessionKey | undefined;
  readonly #sideProcesses = new Map<SideRole, ProcessGroup>();
  /** The term whose command may have processes, as far as we know. */
  #term: HeldTerm | undefined;
  #orders = 0;
  #confirmed = 0;
  #silence: NodeJS.Timeout | undefined;
  #pass: NodeJS.Timeout | undefined;
  #leaving = false;

  constructor(options: WatchdogOptions, listener: WatchdogListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** Starts a watchdog; `ready`, `refused` or `lost` tells what has become of it. */
  launch(): void {
    if (this.#former === undefined || this.#isReady) this.#launch();
    else
      setTimeout(() => {
        this.#launch();
      }, RESTART_PAUSE_MS);
  }

  #launch(): void {
    if (this.#leaving) return;
    const { charge } = this.#options;
    // Meant for us or for the command; the watchdog's Node gets none.
    const env = { ...process.env };
    delete env['NODE_OPTIONS'];
    const child = spawn(process.execPath, [WATCHDOG], {
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', charge.stdin ? 0 : 'ignore', 1, 2],
      env,
    });
    const pipe = child.stdio[3];
    if (!(pipe instanceof Socket)) throw new Error('internal error: the watchdog has no pipe');
    this.#process = child;
    this.#pipe = pipe;
    this.#isReady = false;
    this.#orders = 0;
    this.#confirmed = 0;
    this.#follow(child, pipe);
    this.#send({ type: 'prepare', charge });
    if (this.#session !== undefined) this.#send({ type: 'session', key: this.#session });
    for (const [role, leader] of this.#sideProcesses) this.#send({ type: 'side-process', role, leader });
  }

  #follow(child: ChildProcess, pipe: Socket): void {
    const reports = reportDecoder();
    const lost = (reason: string): void => {
      if (this.#process === child) this.#lost(reason);
    };
    pipe.setEncoding('utf8');
    pipe.on('data', (text: string) => {
      try {
        for (const report of reports.feed(text)) {
          if (this.#process === child) this.#obey(report, child);
        }
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        lost(`it said something that is ${error.message}`);
      }
    });
    pipe.on('error', () => undefined);
    pipe.on('close', () => {
      // How it has ended says more, if it has.
      setTimeout(lost, END_LIMIT_MS, 'it has closed its end of the pipe');
    });
    child.once('error', (error) => {
      lost(`it could not be started: ${error.message}`);
    });
    child.once('exit', (code, signal) => {
      lost(`it was ended by ${signal ?? `exit code ${String(code)}`}`);
    });
  }

  #obey(report: Report, child: ChildProcess): void {
    switch (report.type) {
      case 'ready':
        this.#hasBeenReady = true;
        this.#isReady = true;
        this.#cgroup = report.cgroup;
        this.#listener.ready(child.pid ?? 0, report);
        return;
      case 'refused':
        this.#listener.refused(report.message);
        return;
      case 'sweeping':
        this.#listener.sweeping(report.what);
        return;
      case 'unrecorded':
        this.#listener.unrecorded(report.because);
        return;
      case 'taken':
        this.#confirmed = Math.max(this.#confirmed, report.number);
        this.#awaitConfirmation();
        return;
      case 'started':
        if (report.term !== this.#term?.id) return;
        this.#term.leader = report.leader;
        this.#listener.started(report.leader.pid);
        return;
      case 'expired':
        if (report.term === this.#term?.id) this.#listener.expired();
        return;
      case 'exited':
        if (report.term === this.#term?.id) this.#listener.exited(report.exit);
        return;
      case 'hook-started':
        if (report.term !== this.#term?.id) return;
        this.#term.hooksUnderWay.delete(report.hook);
        this.#listener.hookStarted(report.hook, report.pid);
        return;
      case 'hook-ended':
        if (report.term !== this.#term?.id) return;
        this.#term.hooksUnderWay.delete(report.hook);
        this.#listener.hookEnded(report.hook, report.exit);
        return;
      case 'empty':
        if (report.term === this.#term?.id) this.#empty();
        return;
    }
  }

  #empty(): void {
    for (const hook of this.#term?.hooksUnderWay ?? []) {
      this.#listener.hookEnded(hook, { kind: 'not-started', errno: TOO_LATE });
    }
    this.#term = undefined;
    clearTimeout(this.#pass);
    this.#send({ type: 'stand-by' });
    this.#listener.empty();
  }

  /** The session that the watchdog is to end, should we die. */
  setSession(key: SessionKey): void {
    this.#session = key;
    this.#send({ type: 'session', key });
  }

  /** The process of that role that runs, if one does: the watchdog is to kill its group, should we die. */
  setSideProcess(role: SideRole, leader: ProcessGroup | undefined): void {
    if (leader === undefined) this.#sideProcesses.delete(role);
    else this.#sideProcesses.set(role, leader);
    this.#send({ type: 'side-process', role, ...(leader === undefined ? {} : { leader }) });
  }

  start(znode: Znode, run: Run, killAt: number): void {
    const { epoch, marker: name, environment: ofTheTerm } = this.#options.termOf(znode, run);
    const environment = withoutUndefined({ ...process.env, ...ofTheTerm });
    const id = String(epoch);
    const marker = `${name}=${environment[name] ?? ''}`;
    this.#term = { id, marker, environment, hooksUnderWay: new Set() };
    this.#send({
      type: 'start',
      term: id,
      environment,
      marker,
      killAt: this.#options.clock.toMoment(killAt),
      hooks: termHooks.filter((hook) => this.#options.hooks[hook] !== undefined),
    });
  }

  /** Runs a hook in the tree of the term's command. */
  runHook(hook: TermHook, cause: StopCause | undefined): void {
    const command = this.#options.hooks[hook];
    if (this.#term === undefined || command === undefined) return;
    const { id, environment, hooksUnderWay } = this.#term;
    hooksUnderWay.add(hook);
    this.#send({
      type: 'run-hook',
      term: id,
      hook,
      command,
      environment: { ...environment, ...this.#options.variablesOf(hook, cause) },
    });
  }

  /** It will not run: an empty tree need not wait for it. */
  skipHook(hook: TermHook): void {
    if (this.#term !== undefined) this.#send({ type: 'skip-hook', term: this.#term.id, hook });
  }

  setDeadline(killAt: number): void {
    if (this.#term === undefined) return;
    this.#send({ type: 'set-deadline', term: this.#term.id, killAt: this.#options.clock.toMoment(killAt) });
  }

  signal(signal: string, to: 'group' | 'tree'): void {
    if (this.#term !== undefined) this.#send({ type: 'signal', term: this.#term.id, signal, to });
  }

  /**
   * Kills the command: through the watchdog and, since that may stand still or be gone, from here as well. `empty`
   * tells when it has worked.
   */
  kill(): void {
    if (this.#term === undefined) return;
    this.#send({ type: 'kill', term: this.#term.id });
    this.#term.killedAt ??= performance.now();
    this.#pursue(FIRST_PASS_MS);
  }

  /** Leaves what is left to the watchdog, which kills it: for an end of ours that nobody has planned. */
  desert(): void {
    this.#leaving = true;
    this.#pipe?.destroy();
  }

  /** Lets the watchdog go; no command runs any more, and the session is ours to end. Settles when it has ended. */
  async leave(): Promise<void> {
    const child = this.#process;
    this.#leaving = true;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        resolve();
      }, LEAVE_LIMIT_MS);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      this.#send({ type: 'leave' });
    });
  }

  #send(body: OrderBody): void {
    if (this.#pipe?.writable !== true) return;
    this.#orders += 1;
    this.#pipe.write(encode({ ...body, number: this.#orders }));
    if (this.#silence === undefined) this.#awaitConfirmation();
  }

  /** Of all the orders under way, the oldest one's time runs from its own sending or the last confirmation. */
  #awaitConfirmation(): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
    if (this.#confirmed === this.#orders) return;
    const limitMs = this.#isReady ? this.#options.silenceLimitMs : START_LIMIT_MS;
    const overdue = this.#orders;
    const child = this.#process;
    this.#silence = setTimeout(() => {
      // Timers come before input: what lies in the pipe, because it was us who stood still, is read first.
      setImmediate(() => {
        if (this.#confirmed < overdue && this.#process === child) {
          this.#lost(`it has confirmed nothing for ${Math.round(limitMs)}ms`);
        }
      });
    }, limitMs);
  }

  #lost(reason: string): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
    const child = this.#process;
    // On our way out it has a last duty, or none.
    if (child === undefined || this.#leaving) return;
    this.#pipe?.destroy();
    child.kill('SIGKILL');
    this.#former = child;
    this.#process = undefined;
    this.#pipe = undefined;
    if (this.#hasBeenReady) this.#listener.lost(reason);
    else this.#listener.refused(`the watchdog did not come up: ${reason}`);
  }

  /** Passes over what can be found until it is gone: a watchdog proves that, or nothing is found behind a dead one. */
  #pursue(nextPassMs: number): void {
    clearTimeout(this.#pass);
    if (this.#term === undefined) return;
    const { marker, leader, hooksUnderWay, killedAt = -Infinity } = this.#term;
    const remains: Remains = { marker, ...leader, cgroup: this.#cgroup, recent: true };
    if (this.#process !== undefined) {
      // To start something it goes into the cgroup itself.
      const isStarting = leader === undefined || hooksUnderWay.size > 0;
      const isInside = isStarting && performance.now() - killedAt < LONGEST_START_MS;
      killBesideWatchdog(isInside ? { ...remains, cgroup: undefined } : remains);
    } else if (killRemains(remains) && !isAlive(this.#former)) {
      this.#empty();
      return;
    }
    this.#pass = setTimeout(() => {
      this.#pursue(Math.min(nextPassMs * 2, LONGEST_PASS_MS));
    }, nextPassMs);
  }
}

function isAlive(child: ChildProcess | undefined): boolean {
  return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

function withoutUndefined(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
