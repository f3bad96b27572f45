// Owns what an operator who asks a contender to resign gets: the command ends in order, and the contender goes to the
// end of the line. What a pause means is decided where a leader is: see `lead`.

import type { Event } from './messages.js';
import type { Outcome, Settings, State } from './model.js';
import { listen, outcome, resign, stop } from './transitions.js';

/** Looks whether what was watched for is there. */
export function onRequestFired(settings: Settings, state: State, name: string): Outcome {
  const { phase } = state;
  return 'znode' in phase && phase.znode.name === name
    ? listen(settings, state, phase.znode)
    : outcome(state);
}

/** Looks whether somebody asks for a run. */
export function onRunRequestFired(state: State): Outcome {
  return 'term' in state.phase ? outcome(state, { type: 'listen-for-runs' }) : outcome(state);
}

export function onResignAsked(
  settings: Settings,
  state: State,
  { name, request }: Extract<Event, { type: 'resign-asked' }>,
  now: number,
): Outcome {
  const { phase } = state;
  // One meant for an earlier place in line has been granted already.
  if (!('znode' in phase) || phase.znode.name !== name) return outcome(state);
  switch (phase.name) {
    case 'standby':
    case 'elected':
    case 'idle':
      return resign(settings, state, phase.znode, { kind: 'rejoin' }, now);
    case 'leading':
      return stop(settings, state, phase, { kind: 'resign', request }, now);
    case 'stopping':
      return phase.stays
        ? outcome({ ...state, phase: { ...phase, cause: { kind: 'resign', request }, stays: false } })
        : outcome(state);
    case 'resigning':
      return outcome(state);
  }
}
