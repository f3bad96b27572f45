// Owns a cgroup for all that a run starts, as a service manager has one for a unit: what is left in it at the end was
// left behind by somebody, and can be ended at once. Where there is no cgroup v2 to be had a run does without.

import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/wait.js';

/** Ends the run's processes and removes the folder when whoever holds its stdin is gone, even by SIGKILL. */
const DEAD_MAN = `
trap "" HUP INT TERM
read -r _
[ -d "$0" ] || exit 0
echo 1 > "$0/cgroup.kill"
sleep 0.3
find "$0" -depth -type d -exec rmdir {} \\;
`;

export class Enclosure {
  readonly #folder: string;
  readonly #deadMan: ChildProcess;

  static #count = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#deadMan = spawn('/bin/sh', ['-c', DEAD_MAN, folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      cwd: '/',
    });
    this.#deadMan.unref();
  }

  /** Makes one below our own cgroup; undefined where that does not work. */
  static open(): Enclosure | undefined {
    try {
      const own = ownCgroup();
      if (own === undefined) return undefined;
      Enclosure.#count += 1;
      const folder = join(own, `nemesis-${process.pid}-${Enclosure.#count}`);
      mkdirSync(folder);
      const enclosure = new Enclosure(folder);
      const [file = '', ...args] = enclosure.enter(['true']);
      if (spawnSync(file, args, { stdio: 'ignore' }).status === 0 && existsSync(join(folder, 'cgroup.kill')))
        return enclosure;
      enclosure.#remove();
      return undefined;
    } catch {
      return undefined;
    }
  }

  /** The command line that runs this one inside, with the same process id. */
  enter(command: readonly string[]): string[] {
    return ['/bin/sh', '-c', 'echo 0 > "$0" && exec "$@"', join(this.#folder, 'cgroup.procs'), ...command];
  }

  /** Every process inside. */
  pids(): number[] {
    return this.#folders().flatMap((folder) => readWords(join(folder, 'cgroup.procs')).map(Number));
  }

  /** The folders that somebody has made inside. */
  inner(): string[] {
    return this.#folders().filter((folder) => folder !== this.#folder);
  }

  /** Kills every process inside. */
  kill(): void {
    writeFileSync(join(this.#folder, 'cgroup.kill'), '1');
  }

  /** Kills what is left and removes the folder. */
  async close(): Promise<void> {
    this.kill();
    // A process on its way out is no longer listed, and still in the way.
    await eventually('the cgroup of the run to be empty', () => {
      this.#remove();
      return true;
    });
  }

  #remove(): void {
    for (const folder of this.#folders().reverse()) rmdirSync(folder);
    this.#deadMan.stdin?.destroy();
  }

  /** Parents first. */
  #folders(): string[] {
    const below = (folder: string): string[] =>
      readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .flatMap(({ name }) => [join(folder, name), ...below(join(folder, name))]);
    return [this.#folder, ...below(this.#folder)];
  }
}

function ownCgroup(): string | undefined {
  const path = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
  // 42 35 0:30 / /sys/fs/cgroup/unified rw,... - cgroup2 cgroup2 rw
  const mount = /^\d+ \d+ \S+ \/ (\S+) .* - cgroup2 /m.exec(
    readFileSync('/proc/self/mountinfo', 'utf8'),
  )?.[1];
  return path === undefined || mount === undefined ? undefined : join(mount, path);
}

function readWords(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}
