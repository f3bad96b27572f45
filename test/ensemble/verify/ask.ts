// Runs `zk-leader-run verify`, or another question, as a shell would, and makes the contenders that it is asked about.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { PROGRAM } from '../../support/contender.js';
import { killAtEnd, spareAtEnd } from '../../support/janitor.js';
import { withDeadline } from '../../support/wait.js';
import type { RawSession } from '../program/raw-session.js';

export interface Answer {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One question that is under way. */
export class Asking {
  readonly answer: Promise<Answer>;
  readonly #pid: number;

  constructor(words: readonly string[], env: NodeJS.ProcessEnv = {}, subcommand = 'verify') {
    const child = spawn(process.execPath, [PROGRAM, subcommand, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    if (child.pid === undefined) throw new Error(`${subcommand} could not be started`);
    this.#pid = child.pid;
    killAtEnd(this.#pid);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    this.answer = withDeadline(`the answer of ${subcommand}`, once(child, 'close')).then(([code, signal]) => {
      spareAtEnd(this.#pid);
      return { code: code as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr };
    });
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.#pid, signal);
  }
}

/** An election with contenders of the test's own. */
export class Line {
  readonly path: string;
  readonly #raw: RawSession;

  private constructor(path: string, raw: RawSession) {
    this.path = path;
    this.#raw = raw;
  }

  static async make(path: string, raw: RawSession): Promise<Line> {
    const line = new Line(path, raw);
    const parent = path.slice(0, path.lastIndexOf('/'));
    if ((await raw.stat(parent)) === undefined) await raw.create(parent);
    await raw.create(path);
    return line;
  }

  /** Joins the line, and returns the znode's path and the epoch. */
  async join(id: string, prefix = `_c_${randomUUID()}-lock-`): Promise<{ path: string; epoch: bigint }> {
    const path = await this.#raw.create(
      `${this.path}/${prefix}`,
      'ephemeral-sequential',
      JSON.stringify({ id }),
    );
    const stat = await this.#raw.stat(path);
    if (stat === undefined) throw new Error(`${path} has gone`);
    return { path, epoch: stat.czxid };
  }

  async leave(path: string): Promise<void> {
    await this.#raw.remove(path);
  }

  /** The contenders' paths. */
  async contenders(): Promise<string[]> {
    return ((await this.#raw.children(this.path)) ?? []).map((name) => `${this.path}/${name}`);
  }

  /** Asks whether the epoch leads. */
  ask(zookeeper: string, epoch: bigint, ...words: readonly string[]): Asking {
    return new Asking(['-z', zookeeper, '-e', this.path, '--epoch', String(epoch), ...words]);
  }
}
