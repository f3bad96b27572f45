// Runs a subcommand of the real zk-leader-run, as a shell would, and follows it to its end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { PROGRAM } from './contender.js';
import { killAtEnd, spareAtEnd } from './janitor.js';
import { withDeadline } from './wait.js';

export interface Answer {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One that is under way. */
export class Subcommand {
  readonly answer: Promise<Answer>;
  readonly #pid: number;
  readonly #stdout: Readable;

  constructor(words: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, [PROGRAM, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    if (child.pid === undefined) throw new Error(`${words.join(' ')} could not be started`);
    this.#pid = child.pid;
    this.#stdout = child.stdout;
    killAtEnd(this.#pid);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const what = `the answer of ${words[0] ?? 'it'}`;
    this.answer = withDeadline(what, once(child, 'close')).then(([code, signal]) => {
      spareAtEnd(this.#pid);
      return { code: code as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr };
    });
  }

  /** Reads one piece of what it writes on stdout, and nothing more. */
  async leave(): Promise<void> {
    await withDeadline('something on stdout', once(this.#stdout, 'data'));
    this.#stdout.destroy();
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.#pid, signal);
  }
}
