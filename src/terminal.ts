// Owns what we know of the terminal that we were started on: whether it is there, and who is in its foreground.
// Must never read from it, write to it, or change it.

import { closeSync, constants, openSync } from 'node:fs';
import { isatty } from 'node:tty';
import { processIds, readStat } from './containment/proc.js';

/** Whether one of our standard streams is a terminal: nohup, and whoever wants to outlive it, leave none. */
export function hasTerminal(): boolean {
  return [0, 1, 2].some((descriptor) => isatty(descriptor));
}

/** Whether there is a terminal that can send us signals. When it goes, this is false before its SIGHUP arrives. */
export function isControlled(): boolean {
  try {
    const { O_RDONLY, O_NOCTTY, O_NONBLOCK } = constants;
    closeSync(openSync('/dev/tty', O_RDONLY | O_NOCTTY | O_NONBLOCK));
    return true;
  } catch {
    return false;
  }
}

/** Where we are on the terminal that controls us, if any does; `unknown` where there is no /proc to tell. */
export type Place = 'foreground' | 'background' | 'none' | 'unknown';

export function place(): Place {
  const self = readStat('self');
  if (self === undefined) return 'unknown';
  if (self.foreground <= 0) return 'none';
  return self.foreground === self.pgrp ? 'foreground' : 'background';
}

/**
 * Whether a shell could continue us if we were stopped. The kernel's own rule: a process group is orphaned, and
 * Ctrl-Z has no effect on it, unless one of its members has a parent in another group of the same session. PID 1 is
 * alone in that sense.
 */
export function isUnderJobControl(): boolean {
  const self = readStat('self');
  if (self === undefined) return false;
  return processIds().some((pid) => {
    const member = readStat(pid);
    if (member?.pgrp !== self.pgrp) return false;
    const parent = readStat(member.ppid);
    return parent !== undefined && parent.session === self.session && parent.pgrp !== self.pgrp;
  });
}
