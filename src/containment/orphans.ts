// Owns the reaping of orphans where we are PID 1, and the kernel makes every one of them our child. Must never take an
// exit status that Node waits for. Node reaps its own children within a turn of its loop, so whoever is found dead
// twice, with turns in between, is nobody's.

import { type Libc, WNOHANG, loadLibc } from './libc.js';
import { type ProcessStat, childrenOf, processIds, readStat } from './proc.js';

export interface OrphansOptions {
  /** Told once, with the end of a sentence, when there are orphans that cannot be reaped. */
  readonly onHelpless: (because: string) => void;
  /** The children of this process that have ended. */
  readonly zombies?: () => readonly ProcessStat[];
  readonly load?: () => Pick<Libc, 'waitpid'>;
}

/** From the death of a child to the look that reaps it, if it is nobody's, pass two of these. */
const LOOK_AGAIN_MS = 250;

export class Orphans {
  readonly #options: Required<OrphansOptions>;
  readonly #status = new Int32Array(1);
  #libc: Pick<Libc, 'waitpid'> | undefined;
  #seen: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OrphansOptions) {
    this.#options = { zombies: zombieChildren, load: loadLibc, ...options };
  }

  /** Reaps from now on whatever ends as our child and is not Node's. */
  watch(): void {
    process.on('SIGCHLD', this.#lookSoon);
    this.#lookSoon();
  }

  readonly #lookSoon = (): void => {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.look();
    }, LOOK_AGAIN_MS).unref();
  };

  /** Reaps those that have been dead since the last look, which must have been in an earlier turn of the loop. */
  look(): void {
    const dead = this.#options.zombies();
    const ours = dead.filter((zombie) => this.#seen.has(identity(zombie)));
    this.#seen = new Set(dead.map(identity));
    if (ours.length > 0 && !this.#reap(ours)) return;
    if (dead.length > 0) this.#lookSoon();
  }

  #reap(orphans: readonly ProcessStat[]): boolean {
    try {
      this.#libc ??= this.#options.load();
    } catch (error) {
      process.off('SIGCHLD', this.#lookSoon);
      clearTimeout(this.#timer);
      this.#options.onHelpless(error instanceof Error ? error.message : String(error));
      return false;
    }
    for (const { pid } of orphans) this.#libc.waitpid(pid, this.#status, WNOHANG);
    return true;
  }
}

function zombieChildren(): ProcessStat[] {
  return (childrenOf('self') ?? processIds())
    .map((pid) => readStat(pid))
    .filter((stat) => stat?.state === 'Z' && stat.ppid === process.pid)
    .filter((stat) => stat !== undefined);
}

/** A number may have been given to somebody else since. */
function identity({ pid, startedAt }: ProcessStat): string {
  return `${pid} ${startedAt}`;
}
