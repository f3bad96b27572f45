// Owns what `run-now` says: of the run that it was given, of its end, and of why there is none.

import { EMPTY_LEDGER, type Ledger, type RunEntry, runsOf, unfinished } from '../ledger/ledger.js';
import { durationInWords, durationOf, resultInWords } from '../history/words.js';
import { printable } from '../printable.js';
import { nameOf } from '../status/contender.js';
import { pauseInWords } from '../status/words.js';
import { leaderOf } from '../zookeeper/elections.js';
import type { Roster } from '../zookeeper/roster.js';

export function beginInWords({ id, by, host }: RunEntry): string {
  return `run ${printable(id)} begins: ${printable(by)} runs the command on ${printable(host)}`;
}

export function endInWords(run: RunEntry): string {
  const ms = durationOf(run);
  return `run ${printable(run.id)} ${resultInWords(run, undefined)}${ms === undefined ? '' : ` after ${durationInWords(ms)}`}`;
}

/** Says what a request has waited for in vain. */
export function whyNotRun(path: string, roster: Roster, ledger: Ledger | undefined): string {
  const leader = leaderOf(roster);
  if (leader === undefined) {
    const paused = roster.pause === undefined ? '' : `, since the election is ${pauseInWords(roster.pause)}`;
    return `nobody leads ${path}${paused}`;
  }
  const going = unfinished(ledger ?? EMPTY_LEDGER).find(({ epoch }) => epoch === leader.epoch);
  if (going !== undefined) return `${nameOf(leader)} still runs ${printable(going.id)}, which comes first`;
  const hasRun = runsOf(ledger ?? EMPTY_LEDGER).some(({ epoch }) => epoch === leader.epoch);
  return hasRun
    ? `${nameOf(leader)} leads, and has not begun`
    : `${nameOf(leader)} leads, and does not answer: only --every, --cron, --on-exit and --on-failure ` +
        'make a leader run its command by request';
}
