// Owns when a hook of the operator's runs. Must never make a start, a stop or a kill wait for one.
// What runs in a term's tree ends with it, by the same deadlines as the command; so leadership is not let go before.

import type { Command, Outcome, Settings, SkipCause, State, StopCause } from './model.js';

/** For a lost hook, at least: its start takes the watchdog a moment, which must not come out of the kill budget. */
const LEAST_TIME_MS = 100;

/** A term begins: behind the start of the command. */
export function hooksOfElection({ hooks }: Settings): readonly Command[] {
  return [
    ...(hooks.includes('elected') ? [{ type: 'run-hook', hook: 'elected' } as const] : []),
    ...(hooks.includes('standby') ? [{ type: 'end-hook', hook: 'standby' } as const] : []),
  ];
}

/** A term ends, and SIGKILL comes that much later: behind the stop signal, or the SIGKILL. */
export function hookOfEnd({ hooks }: Settings, cause: StopCause, untilKillMs: number): readonly Command[] {
  if (!hooks.includes('lost')) return [];
  const skip = (because: SkipCause): readonly Command[] => [{ type: 'skip-hook', hook: 'lost', because }];
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
