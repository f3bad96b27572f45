// Runs the real program the way Contender does not: below another program, or with descriptors of the test's choice.
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { type Exit, PROGRAM } from '../../support/contender.js';
import { killAtEnd, spareAtEnd } from '../../support/janitor.js';
import { eventually, withDeadline } from '../../support/wait.js';
import { LONG_SESSION, killAllOf } from './stage.js';

export interface LaunchOptions {
  readonly zookeeper: string;
  readonly election: string;
  readonly command: readonly string[];
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Words before the program's, such as `unshare --fork`. */
  readonly below?: readonly string[];
  /** Pipes, unless told otherwise; stdin is empty. */
  readonly stdio?: StdioOptions;
  /** Whether stderr is a pipe (a socket, in Node) that nobody reads. */
  readonly ignoreStderr?: boolean;
}

/** One program that was started, and what it has written to those of its descriptors that are pipes. */
export class Launched {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';

  constructor(options: LaunchOptions) {
    const { zookeeper, election, command, args = [], env, below = [], stdio, ignoreStderr } = options;
    const [file = '', ...words] = [
      ...below,
      ...[process.execPath, PROGRAM, '--zookeeper', zookeeper, '--election', election],
      ...[...LONG_SESSION, ...args, '--', ...command],
    ];
    const child = spawn(file, words, {
      stdio: stdio ?? ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    if (child.pid === undefined) throw new Error(`${file} could not be started`);
    this.pid = child.pid;
    this.#child = child;
    killAtEnd(child.pid);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    if (ignoreStderr !== true)
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.exited = new Promise((resolve) => {
      // When all it has written is read, if it is read.
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        spareAtEnd(this.pid);
        resolve({ code, signal });
      };
      if (ignoreStderr === true) child.once('exit', end);
      else child.once('close', end);
    });
  }

  get stdin(): Writable {
    if (this.#child.stdin === null) throw new Error('stdin is not a pipe');
    return this.#child.stdin;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Waits until the pattern matches what was written. */
  async wrote(pattern: RegExp): Promise<void> {
    await eventually(`output that matches ${String(pattern)}`, () =>
      pattern.test(this.#stdout + this.#stderr),
    );
  }

  async end(): Promise<Exit> {
    return withDeadline(`the end of ${this.#child.spawnfile}`, this.exited);
  }

  /** Kills it if it still runs, and hangs up on whoever still holds its stderr. */
  kill(): void {
    this.#child.kill('SIGKILL');
    this.#child.stderr?.destroy();
  }
}

/** Starts the program, and ends it with the test. */
export function launch(t: TestContext, options: LaunchOptions): Launched {
  const launched = new Launched(options);
  t.after(async () => {
    launched.kill();
    await killAllOf(options.election);
    await launched.end();
  });
  return launched;
}
