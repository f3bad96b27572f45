// Owns the one line that `systemctl status` shows of us. Must never be needed for anything else.

import type { Standby, State } from '../election/model.js';
import { isConnected, pauseOfElected } from '../election/transitions.js';
import { describeAbsence, describeCause, describeEnding, describeInstruction } from '../supervisor/words.js';

/** What a state does not know of itself. */
export interface Surroundings {
  readonly electionPath: string;
  /** The connect string, as the operator wrote it. */
  readonly ensemble: string;
  /** Who leads, by what its znode says; undefined where nobody has told. */
  readonly leader: string | undefined;
}

/** A line of a status; systemd takes no more, and znodes of others may say anything. */
const LONGEST = 300;

/** Describes the present phase, in one line of printable characters. */
export function statusOf(state: State, surroundings: Surroundings): string {
  const line = inWords(state, surroundings).replace(/\p{C}+/gu, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 3)}...` : line;
}

function inWords(state: State, { electionPath, ensemble, leader }: Surroundings): string {
  const { phase } = state;
  const link = isConnected(state) ? '' : '; the connection to the ensemble is lost';
  switch (phase.name) {
    case 'connecting':
      return isConnected(state) ? 'Waiting for a watchdog' : `Waiting for the ensemble ${ensemble}`;
    case 'away':
      return `Out of the line of ${electionPath}: ${describeAbsence(state)}`;
    case 'joining':
      return `Joining ${electionPath}`;
    case 'standby':
      return `${standing(phase.standing, electionPath, leader)}${link}`;
    case 'elected':
      return `${elected(state, electionPath)}${link}`;
    case 'idle':
      return `Leading ${electionPath}, epoch ${String(phase.znode.epoch)}, between runs${link}`;
    case 'leading':
      return `Leading ${electionPath}, epoch ${String(phase.znode.epoch)}${link}`;
    case 'stopping':
      return `Ending the command: ${describeCause(phase.cause)}`;
    case 'resigning':
      return `Giving its place in ${electionPath} back${link}`;
    case 'ended':
      return `Ended: ${describeEnding(phase.ending)}`;
  }
}

function elected(state: State, electionPath: string): string {
  const pause = pauseOfElected(state);
  return pause === undefined
    ? `Elected in ${electionPath}, waiting for a lease with room`
    : `First in line of ${electionPath}, and not leading: paused by ${describeInstruction(pause)}`;
}

function standing(standby: Standby, electionPath: string, leader: string | undefined): string {
  switch (standby.kind) {
    case 'unknown':
      return `In line of ${electionPath}`;
    case 'barred':
      return `First in line of ${electionPath}, and not leading: strangers stand there`;
    case 'behind':
      return `Standing by at place ${standby.place} of ${electionPath}${leader === undefined ? '' : `, ${leader} leads`}`;
  }
}
