// Owns what the end of the command means. Leadership goes on only behind `tree-empty`.

import type { ChildExit, Next, Outcome, Settings, State, StopCause } from './model.js';
import { end, isConnected, join, outcome, resign, stop } from './transitions.js';

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
  if (phase.znodeHeld && next.kind === 'rejoin' && !isConnected(state)) {
    // Our attempts to connect may arrive, and keep the session alive, while their answers are lost: nobody would lead.
    // Nobody runs here any more, so the session is left to end.
    const opening: State = { ...state, session: { status: 'opening' }, phase: { name: 'connecting' } };
    return outcome({ ...opening, waitingSince: now }, { type: 'open-session' });
  }
  if (phase.znodeHeld) return resign(settings, state, phase.znode, next, now);
  return next.kind === 'rejoin' ? join(settings, { ...state, waitingSince: now }) : end(state, next);
}

function afterTerm(settings: Settings, cause: StopCause): Next {
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
