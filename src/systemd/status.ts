// Owns the one line that `systemctl status` shows of us. Must never be needed for anything else.

import type { PhaseOf, Settings, Standby, State } from '../election/model.js';
import type { Run } from '../election/term.js';
import { isConnected, pauseOfElected } from '../election/transitions.js';
import { describeMoment } from '../supervisor/job-words.js';
import { nextRunOf } from '../supervisor/next-run.js';
import { describeAbsence, describeCause, describeEnding, describeInstruction } from '../supervisor/words.js';

/** What a state does not know of itself. */
export interface Surroundings {
  readonly settings: Settings;
  readonly electionPath: string;
  /** The connect string, as the operator wrote it. */
  readonly ensemble: string;
  /** Who leads, by what its znode says; undefined where nobody has told. */
  readonly leader: string | undefined;
}

type TermPhase = PhaseOf<'idle' | 'leading' | 'stopping'>;

/** A line of a status; systemd takes no more, and znodes of others may say anything. */
const LONGEST = 300;

/** Describes the present phase, in one line of printable characters. */
export function statusOf(state: State, surroundings: Surroundings): string {
  const line = inWords(state, surroundings).replace(/\p{C}+/gu, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 3)}...` : line;
}

function inWords(state: State, surroundings: Surroundings): string {
  const { electionPath, ensemble, leader } = surroundings;
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
      return phase.claim === undefined
        ? `${leading(phase, electionPath)}, between runs${next(surroundings, state)}${link}`
        : `${leading(phase, electionPath, phase.claim.run)}${link}`;
    case 'leading':
      return `${leading(phase, electionPath, runIn(phase))}${link}`;
    case 'stopping':
      // What a run leaves behind is ended behind every one: nothing to tell.
      if (phase.stays && phase.cause.kind === 'exited')
        return `${leading(phase, electionPath, runIn(phase))}${link}`;
      return `Ending the command: ${describeCause(phase.cause)}`;
    case 'resigning':
      return `Giving its place in ${electionPath} back${link}`;
    case 'ended':
      return `Ended: ${describeEnding(phase.ending)}`;
  }
}

function leading({ znode }: TermPhase, electionPath: string, run?: Pick<Run, 'id'>): string {
  const what = `Leading ${electionPath}, epoch ${String(znode.epoch)}`;
  return run === undefined ? what : `${what}, run ${run.id}`;
}

/** Where no records are kept, the term has but one. */
function runIn({ term, run }: PhaseOf<'leading' | 'stopping'>): Run | undefined {
  return term.records === undefined ? undefined : run;
}

function next({ settings }: Surroundings, state: State): string {
  const run = nextRunOf(settings, state);
  return run.kind === 'tick' ? `, next tick ${describeMoment(run.tick)}` : '';
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
