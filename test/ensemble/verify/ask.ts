// Runs `zk-leader-run verify` as a shell would, and makes the contenders that it is asked about.
import { randomUUID } from 'node:crypto';
import { Subcommand } from '../../support/subcommand.js';
import type { RawSession } from '../program/raw-session.js';

/** One running `verify`. */
export class Asking extends Subcommand {
  constructor(words: readonly string[], env: NodeJS.ProcessEnv = {}) {
    super(['verify', ...words], env);
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
