// Owns one of the three contenders: its supervisor of the moment, which is started again whenever it has ended, as a
// service manager does; and what is known of its watchdog.

import { type ChildProcess, spawn } from 'node:child_process';
import { type WriteStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { killAtEnd, spareAtEnd } from '../support/janitor.js';
import type { Exit, LogLine } from '../support/contender.js';
import type { ContenderId, Level } from './plan.js';
import { LEVELS } from './plan.js';
import type { Identity } from './processes.js';
import { identify, isAlive, signalProcess } from './processes.js';

export interface MemberOptions {
  readonly id: ContenderId;
  /** The whole command line of the supervisor. */
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** For its log. */
  readonly folder: string;
  readonly onStart: () => void;
  readonly onExit: (exit: Exit, wasExpected: boolean) => void;
}

/** After an end that no fault has asked for. */
const RESTART_MS = 300;

export class Member {
  readonly id: ContenderId;
  readonly #options: MemberOptions;
  readonly #log: WriteStream;
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #watchdogs: Identity[] = [];
  #level: Level | undefined;
  /** Set by what makes it end. */
  #restartMs: number | undefined;
  #over = false;
  #supervisorStops = 0;
  #watchdogStops = 0;

  constructor(options: MemberOptions) {
    this.id = options.id;
    this.#options = options;
    this.#log = createWriteStream(join(options.folder, `${options.id}.log`), { flags: 'a' });
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Its watchdog of the moment, if that is alive. */
  get watchdog(): Identity | undefined {
    const last = this.#watchdogs.at(-1);
    return last !== undefined && isAlive(last) ? last : undefined;
  }

  /** Every watchdog that it ever had. */
  get watchdogs(): readonly Identity[] {
    return this.#watchdogs;
  }

  /** How its watchdog contains the command; undefined until it is ready. */
  get level(): Level | undefined {
    return this.#level;
  }

  get isSupervisorStopped(): boolean {
    return this.#supervisorStops > 0;
  }

  get isWatchdogStopped(): boolean {
    return this.#watchdogStops > 0;
  }

  start(): void {
    if (this.#over || this.#child !== undefined) return;
    const { command, env } = this.#options;
    const [file = '', ...args] = command;
    // In a session of its own it does not get the Ctrl-C meant for the nemesis.
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true });
    const { pid, stdout, stderr } = child;
    if (pid === undefined) throw new Error('zk-leader-run could not be started');
    killAtEnd(pid);
    this.#child = child;
    this.#restartMs = undefined;
    this.#options.onStart();
    stdout.resume();
    createInterface(stderr).on('line', (line) => {
      this.#log.write(`${line}\n`);
      // Of one that was killed the last line may not be whole.
      if (line.startsWith('{"time":') && line.endsWith('}')) this.#note(JSON.parse(line) as LogLine);
    });
    this.#exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        spareAtEnd(pid);
        this.#child = undefined;
        this.#supervisorStops = 0;
        const wasExpected = this.#over || this.#restartMs !== undefined;
        this.#log.write(`--- ${this.id} (${pid}) ended: ${signal ?? String(code)}\n`);
        this.#options.onExit({ code, signal }, wasExpected);
        setTimeout(() => {
          this.start();
        }, this.#restartMs ?? RESTART_MS).unref();
        resolve();
      });
    });
  }

  /** Sends a signal to the supervisor, if there is one. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Says that it is about to end for a reason, and when it is to be back. */
  expectEnd(restartMs: number): void {
    if (this.isRunning) this.#restartMs = restartMs;
  }

  /** Stops the supervisor until the function returned is called. */
  stopSupervisor(): () => void {
    const child = this.#child;
    // One that starts meanwhile is not stopped.
    if (child === undefined) return () => undefined;
    child.kill('SIGSTOP');
    this.#supervisorStops += 1;
    return () => {
      child.kill('SIGCONT');
      if (child === this.#child) this.#supervisorStops = Math.max(0, this.#supervisorStops - 1);
    };
  }

  /** Stops the watchdog until the function returned is called. */
  stopWatchdog(): () => void {
    const watchdog = this.watchdog;
    if (watchdog !== undefined) signalProcess(watchdog, 'SIGSTOP');
    return () => {
      if (watchdog !== undefined) signalProcess(watchdog, 'SIGCONT');
    };
  }

  killWatchdog(): void {
    if (this.watchdog !== undefined) signalProcess(this.watchdog, 'SIGKILL');
  }

  /** Says that the watchdog is stopped, or may not have caught up yet, until the function returned is called. */
  noteWatchdogStop(): () => void {
    this.#watchdogStops += 1;
    return () => {
      this.#watchdogStops -= 1;
    };
  }

  /** Asks it to end and not to come back. */
  async resign(): Promise<void> {
    this.#over = true;
    this.signal('SIGTERM');
    await this.#exited;
  }

  /** Starts it once more behind that. */
  comeBack(): void {
    this.#over = false;
    this.start();
  }

  /** Kills it and whatever watchdog it has left. */
  kill(): void {
    this.#over = true;
    this.signal('SIGKILL');
    for (const watchdog of this.#watchdogs) signalProcess(watchdog, 'SIGKILL');
  }

  #note(entry: LogLine): void {
    if (entry.message !== 'watchdog ready') return;
    const { watchdog_pid: pid, containment } = entry;
    if (typeof pid !== 'number') return;
    const watchdog = identify(pid);
    if (watchdog === undefined) return;
    this.#watchdogs = [...this.#watchdogs.filter(isAlive), watchdog];
    this.#level = LEVELS.find((level) => level === containment);
  }
}
