// Owns the level `cgroup`: a cgroup v2 that the command is born in, and that no descendant leaves by itself.
// Must never kill the cgroup while this process is in it, nor leave this process in it.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import type { Attempt, Audience, Containment, Tree } from './containment.js';
import { DeadManSwitch } from './dead-man-switch.js';
import { isErrno } from '../errno.js';
import { type ProcessStat, readStat } from './proc.js';
import { send, signalTree } from './sending.js';

const NAME_PREFIX = 'zk-leader-run-';

/** Makes a cgroup below our own, and moves in and out again, since permissions alone do not tell. */
export function tryCgroup(): Attempt {
  const home = findOwnCgroup();
  if (home === undefined) return { because: 'no cgroup v2 is mounted here' };
  // Not the process's number alone: two PID namespaces may share a cgroup, and have the same numbers.
  const folder = join(home, `${NAME_PREFIX}${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    mkdirSync(folder);
  } catch (error) {
    return { because: messageOf(error) };
  }
  const because = reasonAgainst(home, folder);
  if (because === undefined) return { containment: new CgroupContainment(home, folder) };
  removeCgroup(folder);
  return { because };
}

function reasonAgainst(home: string, folder: string): string | undefined {
  if (!existsSync(join(folder, 'cgroup.kill'))) {
    return 'this kernel cannot kill a cgroup at once; Linux 5.14 and newer can';
  }
  try {
    // To where we are: whoever may not do that could not come back.
    moveTo(home);
    moveTo(folder);
    moveTo(home);
    // Nobody is in there to be killed.
    killCgroup(folder);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

class CgroupContainment implements Containment {
  readonly level = 'cgroup';
  readonly cgroup: string;
  readonly #home: string;
  readonly #deadManSwitch: DeadManSwitch;
  #isInside = false;
  #main: { pid: number; ended: boolean } | undefined;

  constructor(home: string, folder: string) {
    this.cgroup = folder;
    this.#home = home;
    this.#deadManSwitch = new DeadManSwitch(folder);
  }

  /**
   * Moves in, and out again: a child is born in the cgroup of its parent. A shell that moves itself and then executes
   * the command could be killed too early, and drops every variable whose name is not a shell's (dash does).
   */
  enter<Spawned>(spawn: () => Spawned): Spawned {
    this.standBy();
    try {
      return spawn();
    } finally {
      this.#leave();
    }
  }

  /** To move a process with threads takes the kernel some 5 to 30 ms. */
  standBy(): void {
    if (this.#isInside) return;
    try {
      moveTo(this.cgroup);
    } catch (cause) {
      throw new Error(`cannot enter the cgroup ${this.cgroup}`, { cause });
    }
    this.#isInside = true;
  }

  hold({ pid }: Tree): void {
    this.#main = { pid, ended: false };
  }

  /** Born in the cgroup, it is in the tree. */
  join(): void {
    return;
  }

  ended(pid: number): void {
    if (this.#main?.pid === pid) this.#main.ended = true;
  }

  signal(signal: string, to: Audience): void {
    if (this.#main !== undefined) signalTree(this.#main, () => membersOf(this.cgroup), signal, to);
  }

  kill(): void {
    this.#leave();
    // Root may have moved itself out of the cgroup; out of its group as well takes more than an accident.
    if (this.#main?.ended === false) send(-this.#main.pid, 'SIGKILL');
    try {
      killCgroup(this.cgroup);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  isEmpty(): boolean {
    return !isPopulated(this.cgroup);
  }

  /** Orphans are init's here. */
  tidy(): void {
    return;
  }

  release(): void {
    this.#leave();
    removeCgroup(this.cgroup);
    this.#deadManSwitch.release();
  }

  #leave(): void {
    if (!this.#isInside) return;
    try {
      moveTo(this.#home);
      this.#isInside = false;
    } catch {
      // Killing the tree would kill us half-way; so it is left to the dead-man's switch to kill everything in there.
      process.kill(process.pid, 'SIGKILL');
    }
  }
}

/** Whether a folder is named as ours are: no other cgroup may be ended. */
export function isOurCgroup(folder: string): boolean {
  return basename(folder).startsWith(NAME_PREFIX);
}

/** Kills whatever is in a cgroup, and leaves it to whoever uses it. */
export function killMembers(folder: string): void {
  try {
    killCgroup(folder);
  } catch {
    // It has gone, or it is not ours to kill.
  }
}

/**
 * Kills whatever is in a cgroup, and removes it. Returns whether it has gone, which is a proof: nothing is in it, and
 * nothing can enter it any more. Call it until it has.
 */
export function endCgroup(folder: string): boolean {
  killMembers(folder);
  return removeCgroup(folder);
}

/** Removes a cgroup and those that were made in it; returns whether it has gone. One with processes in it stays. */
export function removeCgroup(folder: string): boolean {
  for (const nested of nestedIn(folder)) removeCgroup(nested);
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return isErrno(error, 'ENOENT');
  }
}

/** Returns the folder of the cgroup v2 that this process is in. */
function findOwnCgroup(): string | undefined {
  let mounts: string;
  let memberships: string;
  try {
    mounts = readFileSync('/proc/self/mountinfo', 'utf8');
    memberships = readFileSync('/proc/self/cgroup', 'utf8');
  } catch {
    return undefined;
  }
  return findCgroup(mounts, memberships);
}

/** Finds the folder from the texts of /proc/self/mountinfo and /proc/self/cgroup; undefined where v2 is not mounted. */
export function findCgroup(mounts: string, memberships: string): string | undefined {
  const path = /^0::(.*)$/m.exec(memberships)?.[1];
  if (path === undefined) return undefined;
  for (const line of mounts.split('\n')) {
    // id parent major:minor root mountpoint options [tags] - type source options
    const [before = '', after = ''] = line.split(' - ');
    if (!after.startsWith('cgroup2 ')) continue;
    const [root = '', mountPoint = ''] = before.split(' ').slice(3).map(unescapeOctal);
    const inside = root === '/' ? path : path.slice(root.length);
    if (root === '/' || path === root || path.startsWith(`${root}/`)) return join(mountPoint, inside);
  }
  return undefined;
}

// Blanks, line feeds and backslashes in a path are written as \040 and the like.
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}

/** Moves this process, with all its threads. */
function moveTo(folder: string): void {
  writeFileSync(join(folder, 'cgroup.procs'), '0');
}

function killCgroup(folder: string): void {
  writeFileSync(join(folder, 'cgroup.kill'), '1');
}

function isPopulated(folder: string): boolean {
  try {
    return !/^populated 0$/m.test(readFileSync(join(folder, 'cgroup.events'), 'utf8'));
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** The processes in a cgroup, and in those that were made in it. */
function membersOf(folder: string): ProcessStat[] {
  const nested = nestedIn(folder).flatMap(membersOf);
  let text: string;
  try {
    text = readFileSync(join(folder, 'cgroup.procs'), 'utf8');
  } catch {
    // It has gone, or it is threaded, and its processes are listed further up.
    return nested;
  }
  const pids = text.split('\n').filter((line) => line !== '');
  return [...pids.map((pid) => readStat(Number(pid))).filter((stat) => stat !== undefined), ...nested];
}

function nestedIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

/** ENODEV: it went between opening the file and reading or writing it. */
function isGone(error: unknown): boolean {
  return isErrno(error, 'ENOENT', 'ENODEV');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
