// What the tests of the real program have in common: sessions that nothing but a fault ends, contenders that end with
// their test, the commands they run, and the traces that those leave.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Contender, type ContenderOptions, type Exit } from '../../support/contender.js';
import { temporaryFolder } from '../../support/temporary.js';
import { PATIENCE_MS, eventually, withDeadline } from '../../support/wait.js';

/** For every test here: it fails by its own bounded waits, which say what was missing, long before this. */
export const options = { timeout: 3 * PATIENCE_MS };

/** Ten seconds, the longest session of a 500 ms tick: the lease survives a busy machine's pauses. */
export const LONG_SESSION = [
  '--session-timeout=10s',
  '--tick-time=500ms',
  '--heartbeat=500ms',
  '--margin=200ms',
  '--kill-budget=500ms',
  '--lease-grace=1s',
] as const;

export { MIDDLE_SESSION } from '../../support/contender.js';

let elections = 0;

/** An election path that nobody else stands under, on this machine as well as in this ensemble. */
export function newElection(): string {
  elections += 1;
  return `/program-${process.pid}/election-${elections}`;
}

/** Starts a contender with a long session unless told otherwise, and ends it with the test. */
export function contend(
  t: TestContext,
  { args = [], ...contenderOptions }: ContenderOptions,
  session: readonly string[] = LONG_SESSION,
): Contender {
  // A standby tells its znode at that level only.
  const contender = new Contender({ logLevel: 'debug', ...contenderOptions, args: [...session, ...args] });
  t.after(async () => {
    const ended = contender.end();
    await killAllOf(contenderOptions.election);
    await ended;
  });
  return contender;
}

/** A command that was started a moment ago is in no log yet, so it is looked for. */
export async function killAllOf(election: string): Promise<void> {
  await eventually('the end of all processes of the election', () => {
    const pids = processesOf(election);
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    }
    return pids.length === 0;
  });
}

/** Waits for the end of the supervisor; by then all it has said has been read. */
export async function endOf(contender: Contender): Promise<Exit> {
  try {
    return await withDeadline(`the end of ${contender.id}`, contender.exited);
  } catch (cause) {
    throw new Error(contender.story(), { cause });
  }
}

/** The command line of one of the scripts in `commands`. */
export function script(name: string, ...args: readonly string[]): readonly [string, ...string[]] {
  // tsc leaves them where they are, beside the sources.
  const path = new URL(`../../../../test/ensemble/program/commands/${name}`, import.meta.url);
  return [process.execPath, fileURLToPath(path), ...args];
}

/** The contender's own znode, as it has logged it last; what it logs comes a moment after what its command prints. */
export async function znodeOf(contender: Contender): Promise<string> {
  return contender.until(`${contender.id} to log its znode`, () => {
    const znode = contender.log.findLast((line) => 'znode' in line)?.['znode'];
    return typeof znode === 'string' ? znode : undefined;
  });
}

export interface Beat {
  readonly at: bigint;
  readonly epoch: bigint;
  readonly role: string;
  readonly pid: number;
}

/** The file that beat.mjs writes to, shared by all commands of an election. */
export class Beats {
  readonly path: string;

  constructor() {
    this.path = join(temporaryFolder(), 'beats');
  }

  /** In the order of writing. */
  all(): Beat[] {
    if (!existsSync(this.path)) return [];
    const lines = readFileSync(this.path, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => {
      const [at = '', epoch = '', role = '', pid = ''] = line.split(' ');
      return { at: BigInt(at), epoch: BigInt(epoch), role, pid: Number(pid) };
    });
  }

  /** Waits for a new beat of that epoch, or of any. */
  async goOn(epoch?: bigint): Promise<void> {
    const before = this.all().length;
    await eventually('the command to beat on', () =>
      this.all().some((beat, index) => index >= before && (epoch === undefined || beat.epoch === epoch)),
    );
  }
}

/**
 * The processes of an election: its supervisors by their arguments, whatever they have started by its environment, and
 * what is between fork and exec by either. A zombie has neither.
 */
export function processesOf(election: string): number[] {
  const marks = new Set([election, `ZK_LEADER_ELECTION=${election}`]);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) =>
      ['cmdline', 'environ'].some((file) =>
        readIfThere(`/proc/${pid}/${file}`)
          .split('\0')
          .some((word) => marks.has(word)),
      ),
    )
    .map(Number);
}

/** Whether the process runs; a zombie, which waits only for its parent or an init, does not. */
export function isAlive(pid: number): boolean {
  return readIfThere(`/proc/${pid}/cmdline`) !== '';
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
