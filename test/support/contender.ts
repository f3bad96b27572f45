// Runs the real zk-leader-run and follows what it and its command say. Waits are for events, never for time.
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { killAtEnd, spareAtEnd } from './janitor.js';
import { temporaryFolder } from './temporary.js';
import { withDeadline } from './wait.js';

/** The program under test, as built. */
export const PROGRAM = fileURLToPath(new URL('../../../bin/zk-leader-run.js', import.meta.url));

/** Keeps the records of what runs away from those of the machine. */
const RUNTIME = { XDG_RUNTIME_DIR: temporaryFolder() };

/** Options for sessions as short as a 500 ms tick allows. */
export const SHORT_SESSION = [
  '--session-timeout=2s',
  '--tick-time=500ms',
  '--heartbeat=200ms',
  '--margin=100ms',
  '--kill-budget=200ms',
  '--lease-grace=300ms',
] as const;

/** For those that a test waits the end of, while other processes start: it survives a second without an answer. */
export const MIDDLE_SESSION = [
  '--session-timeout=4s',
  '--tick-time=500ms',
  '--heartbeat=300ms',
  '--margin=200ms',
  '--kill-budget=300ms',
  '--lease-grace=400ms',
] as const;

export interface ContenderOptions {
  readonly id: string;
  readonly zookeeper: string;
  readonly election: string;
  readonly command: readonly string[];
  /** Further options, before the command. */
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Another than the program as built. */
  readonly program?: string;
  readonly logLevel?: 'warn' | 'info' | 'debug';
}

/** One object of the log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly message: string };

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What is said when a command has started, and when no process of it is left: of each run, where they are told. */
const STARTS: ReadonlySet<string> = new Set(['command started', 'run started']);
const ENDS: ReadonlySet<string> = new Set(['resigning', 'run ended']);

/** One running zk-leader-run. */
export class Contender {
  readonly id: string;
  readonly pid: number;
  /** Everything it has logged so far. */
  readonly log: LogLine[] = [];
  /** Everything that was written to stdout so far, by lines: the command's. */
  readonly output: string[] = [];
  /** What came on stderr and is not of the log: the command's. */
  readonly errors: string[] = [];
  /** Settles with the way it ended. */
  readonly exited: Promise<Exit>;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #commandPid: number | undefined;
  #watchdogPid: number | undefined;

  constructor(options: ContenderOptions) {
    this.id = options.id;
    const { zookeeper, election, args = [], command } = options;
    const child = spawn(
      process.execPath,
      [
        options.program ?? PROGRAM,
        ...['--zookeeper', zookeeper, '--election', election, '--id', options.id],
        ...['--log-format', 'json', '--log-level', options.logLevel ?? 'info'],
        ...args,
        '--',
        ...command,
      ],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ...RUNTIME, ...options.env },
        cwd: options.cwd,
      },
    );
    if (child.pid === undefined) throw new Error('zk-leader-run could not be started');
    this.pid = child.pid;
    killAtEnd(this.pid);
    this.#follow(child);
    this.exited = new Promise((resolve) => {
      // Only when its output is read to the end: a line that came before the exit is never missing.
      child.once('close', (code, signal) => {
        spareAtEnd(this.pid);
        this.#forgetCommand();
        resolve({ code, signal });
        this.#changes.emit('change');
      });
    });
  }

  #follow({ stdout, stderr }: ChildProcess): void {
    if (stdout === null || stderr === null) throw new Error('the output is not piped');
    createInterface(stdout).on('line', (line) => {
      this.output.push(line);
      this.#changes.emit('change');
    });
    createInterface(stderr).on('line', (line) => {
      const entry = parseLogLine(line);
      if (entry === undefined) this.errors.push(line);
      else this.#note(entry);
      this.#changes.emit('change');
    });
  }

  #note(entry: LogLine): void {
    this.log.push(entry);
    if (entry.message === 'watchdog ready') this.#watchdogPid = Number(entry['watchdog_pid']);
    if (STARTS.has(entry.message) && typeof entry['pid'] === 'number') {
      this.#commandPid = entry['pid'];
      killAtEnd(-this.#commandPid);
    } else if (ENDS.has(entry.message)) {
      this.#forgetCommand();
    }
  }

  #forgetCommand(): void {
    if (this.#commandPid !== undefined) spareAtEnd(-this.#commandPid);
    this.#commandPid = undefined;
  }

  /** Waits for its watchdog, the present one. */
  async watchdogPid(): Promise<number> {
    return this.until(`the watchdog of ${this.id}`, () => this.#watchdogPid);
  }

  /** The command's process group while one runs. */
  get commandPid(): number | undefined {
    return this.#commandPid;
  }

  /** Waits for a line of the log, counted from the one after `since` (an index; the log's start by default). */
  async logged(message: string, fields: Readonly<Record<string, unknown>> = {}, since = 0): Promise<LogLine> {
    return this.until(`${this.id} to log "${message}" ${JSON.stringify(fields)}`, () =>
      this.log
        .slice(since)
        .find(
          (entry) =>
            entry.message === message && Object.entries(fields).every(([key, value]) => entry[key] === value),
        ),
    );
  }

  /** Waits for a line of the command's that matches. */
  async printed(pattern: RegExp, since = 0): Promise<string> {
    return this.until(`${this.id} to print ${String(pattern)}`, () =>
      this.output.slice(since).find((line) => pattern.test(line)),
    );
  }

  /** Waits until the question, asked again whenever something is logged or printed, has an answer. */
  async until<T>(what: string, question: () => T | undefined): Promise<T> {
    let check = (): void => undefined;
    const answer = new Promise<T>((resolve) => {
      check = () => {
        const found = question();
        if (found !== undefined) resolve(found);
      };
    });
    this.#changes.on('change', check);
    try {
      check();
      return await withDeadline(what, answer);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`${message}\n${this.story()}`, { cause: error });
    } finally {
      this.#changes.off('change', check);
    }
  }

  /** Calls the listener whenever something was logged or printed. */
  onChange(listener: () => void): void {
    this.#changes.on('change', listener);
  }

  /** What it has logged and printed, for the message of a failed test. */
  story(): string {
    const logged = this.log.map((entry) => `  ${JSON.stringify(entry)}`);
    return [`${this.id} logged:`, ...logged, `${this.id} printed:`, ...this.output, ...this.errors].join(
      '\n',
    );
  }

  /** Sends a signal to the supervisor alone. */
  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Ends supervisor, watchdog and command in the same moment, as a power cut does; the session is left to expire. */
  async powerCut(): Promise<void> {
    const watchdogPid = await this.watchdogPid();
    const both = [this.pid, watchdogPid];
    for (const pid of both) process.kill(pid, 'SIGSTOP');
    if (this.#commandPid !== undefined) killIfThere(-this.#commandPid, 'SIGKILL');
    for (const pid of both) process.kill(pid, 'SIGKILL');
    await withDeadline(`the end of ${this.id}`, this.exited);
  }

  /**
   * Ends the supervisor; the watchdog, which is continued should it be stopped, ends the rest. Its link must still be open:
   * otherwise the watchdog tries for a whole session to end that.
   */
  async end(): Promise<void> {
    killIfThere(this.pid, 'SIGKILL');
    if (this.#watchdogPid !== undefined) killIfThere(this.#watchdogPid, 'SIGCONT');
    await withDeadline(`the end of ${this.id}`, this.exited);
  }
}

function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

function parseLogLine(line: string): LogLine | undefined {
  if (!line.startsWith('{"time":')) return undefined;
  return JSON.parse(line) as LogLine;
}
