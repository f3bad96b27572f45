// Owns one `pause` or `unpause`: the instruction out, and what is said of it.

import { monotonicClock } from '../clock.js';
import type { ElectionOptions } from '../options/election-options.js';
import type { PauseOptions } from '../options/steering-options.js';
import { printable } from '../printable.js';
import { nameOf } from '../status/contender.js';
import type { SignalSource } from '../supervisor/signals.js';
import { inquire } from '../zookeeper/inquiry.js';
import type { Session } from '../zookeeper/session.js';
import { Steering } from '../zookeeper/steering.js';
import type { ExitStatus } from './exit-status.js';
import { interruption } from './interruption.js';
import { instructionOf, tellAnswer, tellProblem } from './steering-words.js';

/** Pauses the election, and asks the leader to resign if that is wanted. Settles with the way to exit. */
export function pause(options: PauseOptions, signals: SignalSource): Promise<ExitStatus> {
  const instruction = instructionOf(options.because);
  let waitingFor: string | undefined;
  const ask = async (session: Session): Promise<string> => {
    const steering = new Steering(session, options);
    const standing = await steering.pause(instruction);
    const before =
      standing.since === instruction.since
        ? 'paused'
        : `paused already, by ${printable(standing.by)} since ${printable(standing.since)}`;
    const [leader] = (await steering.roster()).line;
    if (leader === undefined) return `${before}: nobody stands in line`;
    if (!options.resign) return `${before}: ${nameOf(leader)} is first in line, and goes on if it leads`;
    waitingFor = `paused, and ${nameOf(leader)} has been asked to resign and has not let go yet`;
    await steering.resign(leader.name, instruction);
    return `${before}: ${nameOf(leader)} has resigned`;
  };
  return Promise.race([interruption(signals), carryOut('pause', options, ask, () => waitingFor)]);
}

/** Ends a pause. Settles with the way to exit. */
export function unpause(options: ElectionOptions, signals: SignalSource): Promise<ExitStatus> {
  const ask = async (session: Session): Promise<string> =>
    (await new Steering(session, options).unpause()) ? 'no longer paused' : 'was not paused';
  return Promise.race([interruption(signals), carryOut('unpause', options, ask)]);
}

async function carryOut(
  subcommand: string,
  options: ElectionOptions,
  ask: (session: Session) => Promise<string>,
  waitingFor: () => string | undefined = () => undefined,
): Promise<ExitStatus> {
  const reply = await inquire({ ...options, clock: monotonicClock(), ask, waitingFor });
  return reply.kind === 'answer' ? tellAnswer(reply.answer) : tellProblem(subcommand, options, reply.because);
}
