// Owns the sentences in which `status` speaks of an election. What stands in znodes passes printable() first.

import type { Instruction } from '../election/term.js';
import { printable } from '../printable.js';
import type { Election } from '../zookeeper/elections.js';
import { leaderOf } from '../zookeeper/elections.js';
import type { Change } from './changes.js';
import { type Contender, nameOf } from './contender.js';

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** A time span in its two largest units: "4s", "3m 12s", "2h 0m". Clocks may differ: one below zero is none. */
export function ageInWords(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const largest = UNITS.findIndex(([, size]) => seconds >= size);
  if (largest === -1) return '0s';
  let rest = seconds;
  return UNITS.slice(largest, largest + 2)
    .map(([unit, size]) => {
      const count = Math.floor(rest / size);
      rest %= size;
      return `${count}${unit}`;
    })
    .join(' ');
}

/** The time of day, by the clock and the time zone of this machine. */
export function timeOfDay(at: Date): string {
  return at.toTimeString().slice(0, 8);
}

export function absenceInWords(path: string): string {
  return `there is no election ${path}`;
}

/** Who leads. */
export function leadershipInWords(election: Election): string {
  const leader = leaderOf(election);
  const whoLeads =
    leader === undefined ? 'nobody leads' : `${nameOf(leader)} leads, epoch ${String(leader.epoch)}`;
  return `${printable(election.path)}: ${whoLeads}`;
}

export function pauseInWords({ by, host, since, because }: Instruction): string {
  const reason = because === undefined ? '' : `: ${printable(because)}`;
  return `paused by ${printable(by)} on ${printable(host)} since ${printable(since)}${reason}`;
}

export function strangersInWords(strangers: readonly string[]): string {
  const names = strangers.map(printable).join(', ');
  return names === '' ? 'no stranger is left' : `strangers, beside whom nobody new starts: ${names}`;
}

export function changeInWords(change: Change): string {
  switch (change.kind) {
    case 'leads': {
      const { contender, after } = change;
      const behind = after === undefined ? '' : `, after ${nameOf(after.entry)} has gone`;
      return `${nameOf(contender.entry)} leads (epoch ${String(contender.entry.epoch)})${behind}`;
    }
    case 'leaderless':
      return change.after === undefined
        ? 'nobody leads'
        : `nobody leads, after ${nameOf(change.after.entry)} has gone`;
    case 'joined':
      return `${nameOf(change.contender.entry)} stands by at place ${change.contender.place}, ${waitingFor(change.contender)}`;
    case 'left':
      return `${nameOf(change.contender.entry)} has left place ${change.contender.place}`;
    case 'paused':
      return change.election.pause === undefined ? 'paused' : pauseInWords(change.election.pause);
    case 'resumed':
      return 'the pause is over';
    case 'strangers':
      return strangersInWords(change.election.strangers);
    case 'removed':
      return 'the election has been removed';
  }
}

function waitingFor(contender: Contender): string {
  return contender.watches === undefined
    ? 'and waits for the end of the pause'
    : `watches ${watchedBy(contender)}`;
}

/** Whom a contender watches, by name. */
export function watchedBy({ watches }: Contender): string {
  return watches === undefined ? '-' : nameOf(watches);
}
