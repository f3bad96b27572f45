// Remote-controls a host, and gives it pipes that are pipes: what Node calls one is a pair of sockets.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { LogOptions } from '../../../src/log/line.js';
import { killAtEnd, spareAtEnd } from '../../support/janitor.js';
import { temporaryFolder } from '../../support/temporary.js';
import { eventually, withDeadline } from '../../support/wait.js';
import type { Order, Report } from './host.js';

const HOST = fileURLToPath(new URL('host.js', import.meta.url));

/** A script beside this file's source. */
export function commandPath(name: string): string {
  return fileURLToPath(new URL(`../../../../test/process/commands/${name}`, import.meta.url));
}

/** Keeps the records of what runs away from those of the machine. */
const RUNTIME = { XDG_RUNTIME_DIR: temporaryFolder() };

export interface RemoteHostOptions {
  /** For stdin, stdout and stderr: descriptors of ours, or 'pipe' for a socket that Node reads. */
  readonly stdio: readonly ['ignore' | 'pipe', number | 'pipe', number | 'pipe'];
  readonly log?: Partial<LogOptions>;
  readonly env?: NodeJS.ProcessEnv;
}

export class RemoteHost {
  readonly process: ChildProcess;
  /** What has become of the watchdog and its command, in order: `ready cgroup`, `started`, `exited code 0`, `empty`. */
  readonly reports: string[] = [];
  /** The process numbers of the present watchdog and command. */
  readonly pids = new Map<'watchdog' | 'command', number>();
  readonly #done = new Map<number, () => void>();
  #orders = 0;

  constructor(t: TestContext, { stdio, log, env }: RemoteHostOptions) {
    const options: LogOptions = { level: 'info', format: 'text', id: 'host', ...log };
    this.process = spawn(process.execPath, [HOST, JSON.stringify(options)], {
      stdio: [...stdio, 'ipc'],
      env: { ...process.env, ...RUNTIME, ...env },
    });
    const { pid } = this.process;
    if (pid === undefined) throw new Error('the host did not start');
    killAtEnd(pid);
    this.process.once('exit', () => {
      spareAtEnd(pid);
    });
    this.process.on('message', (report: Report) => {
      if (report.type === 'done') this.#done.get(report.order)?.();
      else this.#note(report.what, report.pid);
    });
    t.after(() => this.leave());
  }

  #note(what: string, pid: number | undefined): void {
    this.reports.push(what);
    if (what === 'empty') this.#spareCommand();
    if (pid === undefined) return;
    this.pids.set(what === 'started' ? 'command' : 'watchdog', pid);
    killAtEnd(what === 'started' ? -pid : pid);
  }

  #spareCommand(): void {
    const pid = this.pids.get('command');
    if (pid !== undefined) spareAtEnd(-pid);
  }

  /** Waits for a report. */
  async says(what: string | RegExp): Promise<void> {
    await eventually(`the host to say ${String(what)}, after ${this.reports.join(', ')}`, () =>
      this.reports.some((report) => (typeof what === 'string' ? report === what : what.test(report))),
    );
  }

  /** Settles when the host has obeyed, hence while its loop still turns. */
  async tell(order: Order): Promise<void> {
    const number = (this.#orders += 1);
    const done = new Promise<void>((resolve) => this.#done.set(number, resolve));
    this.process.send({ number, order });
    await withDeadline(`the host's answer to ${order.verb}`, done);
  }

  log(because: string): Promise<void> {
    return this.tell({ verb: 'log', because });
  }

  /** Settles with its exit code, or the signal it died of. */
  async exit(): Promise<number | string | null> {
    const exited = once(this.process, 'exit') as Promise<[number | null, string | null]>;
    this.process.send({ number: 0, order: { verb: 'exit' } satisfies Order });
    const [code, signal] = await withDeadline("the host's end", exited);
    return code ?? signal;
  }

  async leave(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const exited = once(this.process, 'exit');
      this.process.disconnect();
      await withDeadline("the host's end", exited);
    }
    await this.watchdogEnds();
    this.#spareCommand();
  }

  /** Settles when the watchdog has gone, which outlives its host for as long as there is something to kill. */
  async watchdogEnds(): Promise<void> {
    const pid = this.pids.get('watchdog');
    if (pid === undefined) return;
    await eventually("the watchdog's end", () => !isRunning(pid));
    spareAtEnd(pid);
  }
}

/** Whether there is such a process, and it is no zombie. */
export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/^ [ZX]/.test(stat.slice(stat.lastIndexOf(')') + 1));
  } catch {
    return false;
  }
}

/** A pipe whose reading end is ours: nothing leaves it unless it is read here. */
export class Pipe {
  /** For the writer, who is to be the only one that keeps it open. */
  readonly writer: number;
  readonly #reader: number;
  readonly #buffer = Buffer.alloc(65_536);
  #received: Buffer[] = [];
  #ended = false;

  constructor(t: TestContext) {
    const path = join(temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [path]);
    this.#reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    this.writer = openSync(path, constants.O_WRONLY);
    t.after(() => {
      this.closeReader();
    });
  }

  closeReader(): void {
    if (this.#ended) return;
    this.#ended = true;
    closeSync(this.#reader);
  }

  /** What has been read so far. */
  get text(): string {
    return Buffer.concat(this.#received).toString();
  }

  /** Reads what is there, at most one buffer full, and returns the number of bytes; undefined at the end of file. */
  read(): number | undefined {
    if (this.#ended) return undefined;
    try {
      const count = readSync(this.#reader, this.#buffer);
      if (count === 0) {
        this.closeReader();
        return undefined;
      }
      this.#received.push(Buffer.from(this.#buffer.subarray(0, count)));
      return count;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0;
      throw error;
    }
  }

  /** Reads until the text is there. */
  async reads(text: string): Promise<void> {
    await eventually(`"${text}" in the pipe`, () => {
      while ((this.read() ?? 0) > 0);
      return this.text.includes(text);
    });
  }

  /** Reads until the promise is settled, and then what is left. */
  async readsUntil(promise: Promise<unknown>): Promise<void> {
    let settled = false;
    const settle = (): void => {
      settled = true;
    };
    promise.then(settle, settle);
    await eventually('what the pipe is read for', () => {
      while ((this.read() ?? 0) > 0);
      return settled;
    });
    while ((this.read() ?? 0) > 0);
    await promise;
  }
}
