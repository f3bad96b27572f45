// Owns what is written down about a running command, so that a later run on this machine can sweep what an earlier
// one has left behind: supervisor and watchdog killed in the same moment, at a level without a dead-man switch.
// Must never be needed for anything else: the ensemble alone knows who leads.

import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { identityOf, isAlive as runs, type ProcessIdentity, readStat } from '../containment/proc.js';
import type { Remains } from '../containment/remains.js';
import { killRemains } from '../containment/remains.js';
import { send } from '../containment/sending.js';

const processIdentity = v.object({ pid: v.number(), startedAt: v.optional(v.string()) });

const record = v.object({
  /** Of the machine's present life: process numbers of another one mean nothing. */
  bootId: v.string(),
  /** Where its process numbers count: nobody in another PID namespace can tell whether they are alive. */
  pidNamespace: v.optional(v.string()),
  supervisor: processIdentity,
  watchdog: processIdentity,
  remains: v.object({
    pid: v.optional(v.number()),
    startedAt: v.optional(v.string()),
    marker: v.string(),
    cgroup: v.optional(v.string()),
  }),
});

type Record = v.InferOutput<typeof record>;

/** A watchdog whose supervisor has died is at it already, unless somebody has stopped it: so long it is left alone. */
const WATCHDOG_MAY_TAKE_MS = 2000;
const NEXT_PASS_MS = 20;
const SAY_AGAIN_MS = 3000;

/** The records of this user on this machine, one file for each command that runs. */
export class Records {
  readonly #folder: string;
  readonly #bootId: string;
  readonly #pidNamespace = pidNamespace();
  #unavailable: string | undefined;

  constructor() {
    this.#folder = folder();
    this.#bootId = read('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
    this.#unavailable = this.#prepare();
  }

  /** Why nothing could be written down when that was tried last; undefined when it could. */
  get unavailable(): string | undefined {
    return this.#unavailable;
  }

  #prepare(): string | undefined {
    return this.#bootId === '' ? 'there is no /proc here' : makePrivate(this.#folder);
  }

  get #file(): string {
    const [number = '0'] = /\d+/.exec(this.#pidNamespace ?? '') ?? [];
    return join(this.#folder, `${number}-${process.pid}.json`);
  }

  /** Writes down what is about to run, or runs, in the stead of what was written before; `unavailable` if it cannot. */
  write(remains: Remains): void {
    // Whoever tidies up may have removed a folder that nothing stood in.
    this.#unavailable = this.#prepare();
    if (this.#unavailable !== undefined) return;
    const known: Record = {
      bootId: this.#bootId,
      pidNamespace: this.#pidNamespace,
      supervisor: identityOf(process.ppid),
      watchdog: identityOf(process.pid),
      remains,
    };
    try {
      writeFileSync(`${this.#file}.new`, JSON.stringify(known), { mode: 0o600 });
      renameSync(`${this.#file}.new`, this.#file);
    } catch (error) {
      this.#unavailable = messageOf(error);
    }
  }

  /** Nothing runs any more. */
  erase(): void {
    remove(this.#file);
    remove(`${this.#file}.new`);
  }

  /** Ends what runs on without its supervisor and its watchdog. Settles when nothing of it is left; tells what takes long. */
  async sweep(say: (what: string) => void): Promise<void> {
    if (this.#unavailable !== undefined) return;
    for (const name of readdirSync(this.#folder)) {
      if (!/^\d+-\d+\.json$/.test(name)) continue;
      const file = join(this.#folder, name);
      const found = parse(read(file));
      // Written by a process that died while it wrote, or before the machine was started anew.
      if (found?.bootId !== this.#bootId) remove(file);
      else if (found.pidNamespace === this.#pidNamespace && !isAlive(found.supervisor))
        await this.#sweepOne(file, found, say);
    }
  }

  async #sweepOne(file: string, { watchdog, remains }: Record, say: (what: string) => void): Promise<void> {
    const begun = performance.now();
    let said = begun;
    while (isAlive(watchdog)) {
      if (read(file) === undefined) return;
      if (performance.now() - begun > WATCHDOG_MAY_TAKE_MS) send(watchdog.pid, 'SIGKILL');
      await sleep(NEXT_PASS_MS);
    }
    if (!killRemains(remains)) say(`pid ${remains.pid ?? 'unknown'}, ${remains.marker}`);
    while (!killRemains(remains)) {
      await sleep(NEXT_PASS_MS);
      if (performance.now() - said < SAY_AGAIN_MS) continue;
      said = performance.now();
      say(`pid ${remains.pid ?? 'unknown'}, ${remains.marker}: it outlives SIGKILL`);
    }
    remove(file);
  }
}

/** What all processes have in common that see the same numbers, such as pid:[4026531836]; undefined without /proc. */
function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

/** Where each user has a place of its own that does not outlive the machine's life. */
function folder(): string {
  const { XDG_RUNTIME_DIR: own } = process.env;
  if (own !== undefined && own !== '') return join(own, 'zk-leader-run');
  const user = process.geteuid?.() ?? 0;
  return user === 0 ? '/run/zk-leader-run' : join(tmpdir(), `zk-leader-run-${user}`);
}

/** Makes the folder, and says why nobody should trust what stands in it, if so. */
function makePrivate(path: string): string | undefined {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const stat = lstatSync(path);
    if (!stat.isDirectory()) return `${path} is no folder`;
    if (stat.uid !== process.geteuid?.() || (stat.mode & 0o022) !== 0) {
      return `${path} can be written by somebody else`;
    }
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** One that stays does no harm: what stands in it is told from anything else that may run by then. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It cannot be written there any more.
  }
}

function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  const stat = readStat(pid);
  // A zombie that nobody reaps, as in a container without an init, is as good as gone.
  return stat !== undefined && stat.startedAt === startedAt && runs(stat);
}

function parse(text: string | undefined): Record | undefined {
  try {
    return v.parse(record, JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
