// Owns how processes are told apart and signalled by their ids: an id that was given to another one is left alone.

import { readFileSync } from 'node:fs';

/** A process and when it was started, which no later process of that id has in common with it. */
export interface Identity {
  readonly pid: number;
  readonly startTime: string;
}

/** The process of that id; undefined if there is none, or only a zombie. */
export function identify(pid: number): Identity | undefined {
  const stat = readProc(pid, 'stat');
  // pid (comm) state ppid ...: the name may hold anything, so the fields are counted from its last bracket.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTime = fields[18];
  if (startTime === undefined || state === 'Z' || state === 'X') return undefined;
  return { pid, startTime };
}

export function isAlive({ pid, startTime }: Identity): boolean {
  return identify(pid)?.startTime === startTime;
}

/** Sends a signal; one that has ended is no error. */
export function signalProcess(identity: Identity, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

/** The words it was started with, for a message. */
export function commandLine(pid: number): string {
  return readProc(pid, 'cmdline').replaceAll('\0', ' ').trim();
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
