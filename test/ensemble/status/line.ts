// An election with contenders of the test's own, which tell whatever the test wants of themselves.
import { randomUUID } from 'node:crypto';
import type { RawSession } from '../program/raw-session.js';
import { newElection } from '../program/stage.js';

export class Line {
  readonly path: string;
  readonly #raw: RawSession;

  constructor(raw: RawSession, path = newElection()) {
    this.#raw = raw;
    this.path = path;
  }

  /** Makes the election path, and what is above it. */
  async make(): Promise<this> {
    const segments = this.path.split('/').slice(1);
    for (const last of segments.keys()) await this.#make(`/${segments.slice(0, last + 1).join('/')}`);
    return this;
  }

  /** Joins the line, and returns the znode's path. */
  async join(id: string, { data, prefix }: { data?: string; prefix?: string } = {}): Promise<string> {
    const facts = JSON.stringify({ id, host: `host-of-${id}`, pid: 4711, command: './job.sh' });
    const name = prefix ?? `_c_${randomUUID()}-lock-`;
    return this.#raw.create(`${this.path}/${name}`, 'ephemeral-sequential', data ?? facts);
  }

  async leave(path: string): Promise<void> {
    await this.#raw.remove(path);
  }

  /** The term that a contender has, or would have. */
  async epoch(path: string): Promise<string> {
    return String((await this.#raw.stat(path))?.czxid);
  }

  /** Pauses it while that contender stands first in line, or nobody. */
  async pause(first?: string): Promise<void> {
    await this.#make(`${this.path}.control`);
    const facts = {
      ...{ by: 'ann', host: 'admin1', since: '2026-11-22T12:00:00Z', because: 'new disks' },
      first: first === undefined ? null : await this.epoch(first),
    };
    await this.#raw.create(`${this.path}.control/pause`, 'persistent', JSON.stringify(facts));
  }

  async resume(): Promise<void> {
    await this.#raw.remove(`${this.path}.control/pause`);
  }

  async #make(path: string): Promise<void> {
    if ((await this.#raw.stat(path)) === undefined) await this.#raw.create(path);
  }
}
