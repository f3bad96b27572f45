// Owns sending signals to processes. Must never reach a process of our own group, or every process there is.

import { isErrno } from '../errno.js';
import type { Audience } from './containment.js';
import type { ProcessStat } from './proc.js';

/**
 * Sends a signal to a process or, by a negative number, to a process group. One that has gone (ESRCH), or that we may
 * not signal (EPERM), is no error: whoever waits for the tree to be empty sees that it is not.
 */
export function send(target: number, signal: string): void {
  // 0 and -1 mean our own group and everybody; 0 is what a process outside our PID namespace looks like.
  if (Math.abs(target) <= 1) return;
  try {
    process.kill(target, signal);
  } catch (error) {
    if (!isErrno(error, 'ESRCH', 'EPERM')) throw error;
  }
}

/** Sends a signal once to each process that it is for. `members` lists the tree: the main process, and everyone else. */
export function signalTree(
  main: { readonly pid: number; readonly ended: boolean },
  members: () => readonly ProcessStat[],
  signal: string,
  to: Audience,
): void {
  if (!main.ended) send(-main.pid, signal);
  if (!main.ended && to === 'group') return;
  const found = members();
  // Without its leader a group keeps its number for as long as it has members, and no longer.
  if (main.ended && found.some(({ pgrp }) => pgrp === main.pid)) send(-main.pid, signal);
  if (to === 'group') return;
  for (const { pid, pgrp } of found) if (pgrp !== main.pid) send(pid, signal);
}
