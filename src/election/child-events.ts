// Owns what the end of the command means. Leadership goes on only behind `tree-empty`.

import type { ChildExit, Outcome, Settings, State } from './model.js';
import { join, outcome, resign, stop } from './transitions.js';

export function onChildExited(settings: Settings, state: State, exit: ChildExit, now: number): Outcome {
  const { phase } = state;
  if (phase.name !== 'leading') return outcome(state);
  // What the main process left behind is asked to go as well.
  return stop(settings, state, phase.znode, { kind: 'exited', exit }, now);
}

export function onTreeEmpty(settings: Settings, state: State, now: number): Outcome {
  const { phase } = state;
  if (phase.name !== 'stopping') return outcome(state);
  const { cause, znode } = phase;
  switch (cause.kind) {
    case 'asked':
      return resign(settings, state, znode, { kind: 'asked', signal: cause.signal }, now);
    case 'exited':
      return resign(settings, state, znode, { kind: 'child-exited', exit: cause.exit }, now);
    case 'lease':
    case 'lost':
      if (settings.onLost === 'exit') return resign(settings, state, znode, { kind: 'leadership-lost' }, now);
      return phase.znodeHeld ? resign(settings, state, znode, { kind: 'rejoin' }, now) : join(state, now);
  }
}
