// Runs a program in a pseudo-terminal of its own, by script(1): keys go in, and what is on the screen is followed.
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { quote } from 'shell-quote';
import type { Exit } from './contender.js';
import { Emulator } from './emulator.js';
import { killAtEnd, spareAtEnd } from './janitor.js';
import { withDeadline } from './wait.js';

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: NodeJS.ProcessEnv;
}

export class Terminal {
  readonly screen: Emulator;
  /** The exit of the program, as a shell would tell it: 128+n for a signal. */
  readonly exited: Promise<Exit>;
  /** Everything that was written so far. */
  output = '';
  readonly #child: ChildProcess;
  readonly #changes = new EventEmitter().setMaxListeners(0);

  constructor(words: readonly string[], { columns = 80, rows = 24, env }: TerminalOptions = {}) {
    this.screen = new Emulator(columns, rows);
    // Its shell tells the terminal the size, and becomes the program.
    const command = `stty cols ${columns} rows ${rows}; exec ${quote([...words])}`;
    const child = spawn('script', ['-qefc', command, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, TERM: 'xterm', SHELL: '/bin/sh', ...env },
    });
    if (child.pid === undefined) throw new Error('script could not be started');
    const { pid } = child;
    killAtEnd(pid);
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
      this.screen.write(text);
      this.#changes.emit('change');
    });
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        spareAtEnd(pid);
        resolve({ code, signal });
        this.#changes.emit('change');
      });
    });
  }

  /** Presses keys: "\x03" is Ctrl-C, "\x1a" Ctrl-Z. */
  press(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** Calls the listener whenever something was written. */
  onChange(listener: () => void): void {
    this.#changes.on('change', listener);
  }

  /** Waits until what is on the screen, line by line, is as asked for. */
  async shows(what: string, question: (lines: readonly string[]) => boolean): Promise<void> {
    let check = (): void => undefined;
    const shown = new Promise<void>((resolve) => {
      check = () => {
        if (question(this.screen.lines)) resolve();
      };
    });
    this.#changes.on('change', check);
    try {
      check();
      await withDeadline(what, shown);
    } catch (cause) {
      throw new Error([`${what}; on the screen:`, ...this.screen.lines].join('\n'), { cause });
    } finally {
      this.#changes.off('change', check);
    }
  }

  async end(): Promise<Exit> {
    return withDeadline('the end of the terminal', this.exited);
  }

  /** Closes the window. */
  close(): void {
    this.#child.kill('SIGKILL');
  }
}
