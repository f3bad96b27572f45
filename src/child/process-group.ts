// Owns the system calls on a process group: signals, and the proof that nobody is left in it.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import treeKill from 'tree-kill';

const PROC = existsSync('/proc/self/stat');

/** Signals every process of the group at once; a group that has ended is no error. */
export function signalGroup(group: number, signal: string): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    // ESRCH: nobody left. EPERM: macOS for a group of zombies, elsewhere for processes that are not ours to signal;
    // whoever waits for the group to be empty goes on waiting, and says so.
    if (!isErrno(error, 'ESRCH') && !isErrno(error, 'EPERM')) throw error;
  }
}

/** Whether no live process is left in the group; a zombie, which runs nothing, does not count. */
export function groupIsEmpty(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch (error) {
    if (isErrno(error, 'ESRCH')) return true;
    if (isErrno(error, 'EPERM')) return process.platform === 'darwin';
    throw error;
  }
  return PROC && !readdirSync('/proc').some((name) => /^\d+$/.test(name) && isAliveIn(group, name));
}

/** Where there is no /proc, the children that made a group of their own are found by walking the tree with `ps`. */
export function killStragglers(root: number): void {
  // tree-kill asks `pgrep` there; on Linux it would miss whatever forks meanwhile, and crash where `ps` is missing.
  if (!PROC) treeKill(root, 'SIGKILL', () => undefined);
}

function isAliveIn(group: number, pid: string): boolean {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return false;
  }
  // pid (comm) state ppid pgrp ...: the name may hold anything, so the fields are counted from its last bracket.
  const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return pgrp === String(group) && state !== 'Z' && state !== 'X';
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
