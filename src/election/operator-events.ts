// Owns what an operator who asks a contender to resign gets: the command ends in order, and the contender goes to the
// end of the line. What a pause means is decided where a leader is: see `lead`.

import type { Event, Outcome, Settings, State } from './model.js';
import { listen, outcome, resign, stop } from './transitions.js';

/** Looks whether what was watched for is there. */
export function onRequestFired(state: State, name: string): Outcome {
  const { phase } = state;
  return 'znode' in phase && phase.znode.name === name ? listen(state, phase.znode) : outcome(state);
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
      return resign(settings, state, phase.znode, { kind: 'rejoin' }, now);
    case 'leading':
      return stop(settings, state, phase.znode, { kind: 'resign', request }, now);
    case 'stopping':
    case 'resigning':
      return outcome(state);
  }
}
