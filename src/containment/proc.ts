// Owns reading /proc. Must never throw for a process that ends meanwhile: it is not there, then.

import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Whether this system has a /proc as Linux has it. */
export const hasProc = existsSync('/proc/self/stat');

/** What /proc/PID/stat says of a process, as far as it matters here. */
export interface ProcessStat {
  readonly pid: number;
  readonly state: string;
  readonly ppid: number;
  readonly pgrp: number;
  readonly session: number;
  /** The process group in the foreground of its terminal; 0 or less without one. */
  readonly foreground: number;
  readonly threads: number;
  /** In clock ticks since the machine started: with `pid`, it tells a process from every other one, ever. */
  readonly startedAt: string;
}

/** Returns undefined for a process that is not there. */
export function readStat(pid: number | 'self'): ProcessStat | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseStat(text);
}

/** When a process was started, as `ProcessStat` has it; undefined for one that is not there. */
export function startTimeOf(pid: number): string | undefined {
  return readStat(pid)?.startedAt;
}

/** A process, told from every later one of its number where there is a /proc. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt?: string | undefined;
}

/** Of whoever has that number now: call it only while that must still be the one that is meant. */
export function identityOf(pid: number): ProcessIdentity {
  return { pid, startedAt: startTimeOf(pid) };
}

/** Reads one line of /proc/PID/stat, `pid (comm) state ppid pgrp ...`. */
export function parseStat(text: string): ProcessStat {
  // The name may hold anything, brackets and line feeds too: the fields are counted from its last bracket.
  const nameEnd = text.lastIndexOf(')');
  const fields = text.slice(nameEnd + 2).split(' ');
  return {
    pid: parseInt(text, 10),
    state: fields[0] ?? '',
    ppid: Number(fields[1]),
    pgrp: Number(fields[2]),
    session: Number(fields[3]),
    foreground: Number(fields[5]),
    threads: Number(fields[17]),
    startedAt: fields[19] ?? '',
  };
}

/** Whether the process can still do anything: a zombie cannot, unless threads of it outlive the main one. */
export function isAlive({ state, threads }: ProcessStat): boolean {
  return state !== 'X' && (state !== 'Z' || threads > 1);
}

/** The numbers of all processes that can be seen. */
export function processIds(): number[] {
  return list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The children of a process, zombies too; undefined where the kernel does not tell (CONFIG_PROC_CHILDREN). */
export function childrenOf(pid: number | 'self'): number[] | undefined {
  const children: number[] = [];
  let told = false;
  // Each thread has those that it has forked itself, and perhaps orphans that came to it.
  for (const thread of list(`/proc/${pid}/task`)) {
    const text = read(`/proc/${pid}/task/${thread}/children`);
    if (text === undefined) continue;
    told = true;
    for (const child of text.split(' ')) if (child !== '') children.push(Number(child));
  }
  return told ? children : undefined;
}

/** Whether `NAME=value` stands in the environment that the process was started with; no if we may not read it. */
export function hasInEnvironment(pid: number, marker: string): boolean {
  return read(`/proc/${pid}/environ`)?.split('\0').includes(marker) ?? false;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
