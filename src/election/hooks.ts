// Owns when a hook of the operator's runs. Must never make a start, a stop or a kill wait for one.
// What runs in a term's tree ends with it, by the same deadlines as the command; so leadership is not let go before.

import type { SkipCause, StopCause } from './endings.js';
import type { Command } from './messages.js';
import type { Outcome, Settings, State } from './model.js';

/** For a lost hook, at least: its start takes the watchdog a moment, which must not come out of the kill budget. */
const LEAST_TIME_MS = 100;

/** A term begins with this run, or goes on: behind the start of the command. */
export function hooksOfStart({ hooks }: Settings, isFirst: boolean): readonly Command[] {
  const elected: Command = isFirst
    ? { type: 'run-hook', hook: 'elected' }
    : { type: 'skip-hook', hook: 'elected', because: 'term-goes-on' };
  return hooks.includes('elected') ? [elected] : [];
}

/** A term begins: whoever leads does not stand by. */
export function endOfStandby({ hooks }: Settings): readonly Command[] {
  return hooks.includes('standby') ? [{ type: 'end-hook', hook: 'standby' }] : [];
}

/** How a run ends, as far as the lost hook is concerned; SIGKILL comes so much later. */
interface End {
  readonly cause: StopCause;
  /** The term goes on behind it. */
  readonly stays: boolean;
  readonly untilKillMs: number;
}

/** A run ends, and the term with it: behind the stop signal, or the SIGKILL. */
export function hookOfEnd({ hooks }: Settings, { cause, stays, untilKillMs }: End): readonly Command[] {
  if (!hooks.includes('lost')) return [];
  const skip = (because: SkipCause): readonly Command[] => [{ type: 'skip-hook', hook: 'lost', because }];
  if (stays) return skip('term-goes-on');
  switch (cause.kind) {
    case 'lost':
    case 'unwatched':
      return skip('killed-at-once');
    case 'exited':
      if (cause.exit.kind === 'not-started') return skip('not-started');
      break;
    case 'asked':
    case 'resign':
    case 'lease':
    case 'overran':
    case 'replaced':
    case 'unfit':
      break;
  }
  return untilKillMs < LEAST_TIME_MS ? skip('no-time') : [{ type: 'run-hook', hook: 'lost', cause }];
}

/** We have come into line, or are back there, and know our place for the first time. */
export function announceStandby({ hooks }: Settings, state: State): Outcome {
  const { phase } = state;
  if (phase.name !== 'standby' || phase.announced || !hooks.includes('standby')) {
    return { state, commands: [] };
  }
  return {
    state: { ...state, phase: { ...phase, announced: true } },
    commands: [{ type: 'run-hook', hook: 'standby' }],
  };
}
