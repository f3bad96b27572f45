// Runs an example as its reader would, follows what it says line by line, and finds every process it has started.
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { killAtEnd, spareAtEnd } from '../support/janitor.js';
import { eventually, withDeadline } from '../support/wait.js';

const EXAMPLES = new URL('../../../examples/', import.meta.url);

/** The program that the examples are about. */
export const ZK_LEADER_RUN = fileURLToPath(new URL('../bin/zk-leader-run.js', EXAMPLES));

/** Tells where an example is. */
export function example(path: string): string {
  return fileURLToPath(new URL(path, EXAMPLES));
}

interface ProgramOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One running example, in a process group of its own; it and all that it has started end with the test. */
export class Program {
  /** The lines of its standard output so far. */
  readonly output: string[] = [];
  /** The lines of its standard error so far. */
  readonly errors: string[] = [];
  readonly pid: number;
  readonly #name: string;
  readonly #exited: Promise<Exit>;
  readonly #changes = new EventEmitter();
  // Every process has it in its environment, whatever group or session it has gone to.
  readonly #mark = `EXAMPLE_UNDER_TEST=${randomUUID()}`;

  constructor(t: TestContext, command: readonly [string, ...string[]], options: ProgramOptions = {}) {
    const [file, ...args] = command;
    const [variable = '', value] = this.#mark.split('=');
    this.#name = command.join(' ');
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: options.cwd,
      env: { ...process.env, ...options.env, [variable]: value },
      detached: true,
    });
    if (child.pid === undefined) throw new Error(`${this.#name} could not be started`);
    const group = -child.pid;
    this.pid = child.pid;
    killAtEnd(group);
    createInterface(child.stdout).on('line', (line) => {
      this.#heard(this.output, line);
    });
    createInterface(child.stderr).on('line', (line) => {
      this.#heard(this.errors, line);
    });
    this.#exited = new Promise((resolve) => {
      // Only when its output is read to the end: a line that came before the exit is never missing.
      child.once('close', (code, signal) => {
        spareAtEnd(group);
        resolve({ code, signal });
      });
    });
    t.after(() => this.#end());
  }

  /** Settles with the way it ended, once nobody can write to its output any more. */
  async exited(): Promise<Exit> {
    return await this.#within('to end', this.#exited);
  }

  /** Waits until it has said that, on either of its outputs, and returns the line. */
  async said(pattern: RegExp): Promise<string> {
    let look = (): void => undefined;
    const line = new Promise<string>((resolve) => {
      look = () => {
        const found = [...this.output, ...this.errors].find((candidate) => pattern.test(candidate));
        if (found !== undefined) resolve(found);
      };
    });
    this.#changes.on('change', look);
    try {
      look();
      return await this.#within(`to say ${String(pattern)}`, line);
    } finally {
      this.#changes.off('change', look);
    }
  }

  /** Signals it alone, as a service manager with KillMode=process does. */
  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Signals its process group, as zk-leader-run does. */
  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }

  /** Waits until none of its processes is left, wherever they are. */
  async isGone(): Promise<void> {
    await eventually(`no process of ${this.#name} to be left`, () => this.#processes().length === 0);
  }

  #heard(lines: string[], line: string): void {
    lines.push(line);
    this.#changes.emit('change');
  }

  async #within<T>(what: string, promise: Promise<T>): Promise<T> {
    try {
      return await withDeadline(`${this.#name} ${what}`, promise);
    } catch (error) {
      const heard = [...this.output, ...this.errors].join('\n');
      throw new Error(`${String(error)}\nso far it has said:\n${heard}`, { cause: error });
    }
  }

  async #end(): Promise<void> {
    await eventually(`the end of ${this.#name}`, () => {
      const pids = this.#processes();
      for (const pid of pids) kill(pid);
      return pids.length === 0;
    });
    await this.#exited;
  }

  // `e` makes ps show the environment behind the arguments.
  #processes(): number[] {
    const lines = execFileSync('ps', ['axeww', '-o', 'pid=,command='], { encoding: 'utf8' }).split('\n');
    return lines.filter((line) => line.includes(this.#mark)).map((line) => Number.parseInt(line, 10));
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended since.
  }
}
