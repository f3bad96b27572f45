// Runs `zk-leader-run status`, or what is like it, with pipes, as a script would, and follows what it says.
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { Exit } from '../../support/contender.js';
import { PROGRAM } from '../../support/contender.js';
import { killAtEnd, spareAtEnd } from '../../support/janitor.js';
import { withDeadline } from '../../support/wait.js';

export interface Report extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

export interface WatchingOptions {
  readonly stdout?: 'pipe' | number;
  readonly subcommand?: 'status' | 'history';
}

/** One that is under way. */
export class Watching {
  readonly pid: number;
  stdout = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<Report>;
  readonly #changes = new EventEmitter().setMaxListeners(0);

  constructor(words: readonly string[], { stdout = 'pipe', subcommand = 'status' }: WatchingOptions = {}) {
    const child = spawn(process.execPath, [PROGRAM, subcommand, ...words], {
      stdio: ['ignore', stdout, 'pipe'],
    });
    if (child.pid === undefined) throw new Error(`${subcommand} could not be started`);
    const { pid } = child;
    this.#child = child;
    this.pid = pid;
    killAtEnd(pid);
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#changes.emit('change');
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    this.#ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        spareAtEnd(pid);
        resolve({ code, signal, stdout: this.stdout, stderr });
      });
    });
  }

  /** The lines so far, without their time stamps. */
  get lines(): string[] {
    return this.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''));
  }

  /** Those lines that do not speak of the connection, which a busy machine may lose by itself. */
  get changes(): string[] {
    return this.lines.filter((line) => !/connected/.test(line));
  }

  /** Waits until the question about its lines has yes for an answer, and returns the lines. */
  async until(what: string, question: (lines: readonly string[]) => boolean): Promise<string[]> {
    let check = (): void => undefined;
    const answer = new Promise<void>((resolve) => {
      check = () => {
        if (question(this.lines)) resolve();
      };
    });
    this.#changes.on('change', check);
    try {
      check();
      await withDeadline(what, answer);
      return this.lines;
    } catch (cause) {
      throw new Error(`${what}; it said:\n${this.stdout}`, { cause });
    } finally {
      this.#changes.off('change', check);
    }
  }

  /** Waits until it has said a line. */
  async says(line: string): Promise<string[]> {
    return this.until(`it to say "${line}"`, (lines) => lines.includes(line));
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Reads no more of what it says, and says so. */
  hangUp(): void {
    this.#child.stdout?.destroy();
  }

  /** Waits for its end. */
  async report(): Promise<Report> {
    return withDeadline('its end', this.#ended);
  }
}
