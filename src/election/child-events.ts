// Owns what the end of the command means. Leadership goes on only behind `tree-empty`.

import type { ChildExit, Ending, Outcome, Settings, State, StopCause } from './model.js';
import { end, join, outcome, resign, stop } from './transitions.js';

export function onChildExited(settings: Settings, state: State, exit: ChildExit, now: number): Outcome {
  const { phase } = state;
  if (phase.name !== 'leading') return outcome(state);
  // What the main process left behind is asked to go as well.
  return stop(settings, state, phase.znode, { kind: 'exited', exit }, now);
}

export function onTreeEmpty(settings: Settings, state: State, now: number): Outcome {
  const { phase } = state;
  if (phase.name !== 'stopping') return outcome(state);
  const next = afterTerm(settings, phase.cause);
  if (phase.znodeHeld) return resign(settings, state, phase.znode, next, now);
  return next.kind === 'rejoin' ? join(settings, { ...state, waitingSince: now }) : end(state, next);
}

function afterTerm(settings: Settings, cause: StopCause): Ending | { readonly kind: 'rejoin' } {
  switch (cause.kind) {
    case 'asked':
      return { kind: 'asked', signal: cause.signal };
    case 'exited':
      return { kind: 'child-exited', exit: cause.exit };
    case 'lease':
    case 'lost':
      return { kind: settings.onLost === 'exit' ? 'leadership-lost' : 'rejoin' };
  }
}
