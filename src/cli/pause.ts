// Owns one `pause` or `unpause`: the instruction out, and what is said of it.

import { monotonicClock } from '../clock.js';
import type { ElectionOptions } from '../options/election-options.js';
import type { PauseOptions } from '../options/steering-options.js';
import { printable } from '../printable.js';
import { nameOf } from '../status/contender.js';
import type { SignalSource } from '../supervisor/signals.js';
import { leaderOf } from '../zookeeper/elections.js';
import { inquire, type Inquiry } from '../zookeeper/inquiry.js';
import type { Session } from '../zookeeper/session.js';
import { Steering } from '../zookeeper/steering.js';
import type { ExitStatus } from './exit-status.js';
import { interruptible } from './interruption.js';
import { done, instructionOf, notDone, type Outcome, tellOutcome } from './steering-words.js';

/** Pauses the election, and asks the leader to resign if that is wanted. Settles with the way to exit. */
export function pause(options: PauseOptions, signals: SignalSource): Promise<ExitStatus> {
  const instruction = instructionOf(options.because);
  let waitingFor: string | undefined;
  const ask = async (session: Session): Promise<Outcome> => {
    const steering = new Steering(session, options);
    // It is another path that is meant, and the znodes of a pause would stay.
    if (!(await steering.exists())) return notDone(`there is no election ${options.electionPath}`);
    const standing = await steering.pause(instruction);
    const before =
      standing.since === instruction.since
        ? 'paused'
        : `paused already, by ${printable(standing.by)} since ${printable(standing.since)}`;
    const roster = await steering.roster();
    const [first] = roster.line;
    if (first === undefined) return done(`${before}: nobody stands in line`);
    // One that a pause made by hand seems to hold back may lead all the same.
    const mayLead = leaderOf(roster) !== undefined || roster.pause?.first === 'unknown';
    if (!mayLead) return done(`${before}: nobody leads, and ${nameOf(first)} is first in line`);
    if (!options.resign) return done(`${before}: ${nameOf(first)} is first in line, and goes on if it leads`);
    waitingFor = `paused, and ${nameOf(first)} has been asked to resign and has not let go yet`;
    await steering.resign(first.name, instruction);
    return done(`${before}: ${nameOf(first)} has resigned`);
  };
  return interruptible(signals, ask, (asking) =>
    carryOut('pause', options, { ask: asking, waitingFor: () => waitingFor }),
  );
}

/** Ends a pause. Settles with the way to exit. */
export function unpause(options: ElectionOptions, signals: SignalSource): Promise<ExitStatus> {
  const ask = async (session: Session): Promise<Outcome> =>
    done((await new Steering(session, options).unpause()) ? 'no longer paused' : 'was not paused');
  return interruptible(signals, ask, (asking) => carryOut('unpause', options, { ask: asking }));
}

async function carryOut(
  subcommand: string,
  options: ElectionOptions,
  inquiry: Pick<Inquiry<Outcome>, 'ask' | 'waitingFor'>,
): Promise<ExitStatus> {
  return tellOutcome(subcommand, options, await inquire({ ...options, ...inquiry, clock: monotonicClock() }));
}
