// Owns what the end of the command, or of the watchdog that holds it, means. Leadership goes on only behind `tree-empty`.

import type { ChildExit, Next, Outcome, PhaseOf, Settings, State, StopCause } from './model.js';
import { lead } from './line-events.js';
import { andThen, goOn, isConnected, join, killAtOnce, outcome, resign, stop } from './transitions.js';

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
  // A watchdog lost with its command is replaced only now: there was nothing left for it to hold.
  const rearmed =
    state.watchdog === 'starting' && next.kind === 'rejoin'
      ? outcome(state, { type: 'start-watchdog' })
      : outcome(state);
  return andThen(rearmed, (ready) => letGo(settings, ready, phase, next, now));
}

function letGo(
  settings: Settings,
  state: State,
  phase: PhaseOf<'stopping'>,
  next: Next,
  now: number,
): Outcome {
  if (phase.znodeHeld && next.kind === 'rejoin' && !isConnected(state)) {
    // Our attempts to connect may arrive, and keep the session alive, while their answers are lost: nobody would lead.
    // Nobody runs here any more, so the session is left to end.
    const opening: State = { ...state, session: { status: 'opening' }, phase: { name: 'connecting' } };
    return outcome({ ...opening, waitingSince: now }, { type: 'open-session' });
  }
  if (phase.znodeHeld) return resign(settings, state, phase.znode, next, now);
  return goOn(settings, { ...state, waitingSince: now }, next);
}

function afterTerm(settings: Settings, cause: StopCause): Next {
  switch (cause.kind) {
    case 'asked':
      return { kind: 'asked', signal: cause.signal };
    case 'exited':
      return { kind: 'child-exited', exit: cause.exit };
    case 'resign':
      return { kind: 'rejoin' };
    case 'lease':
    case 'lost':
    case 'unwatched':
      return { kind: settings.onLost === 'exit' ? 'leadership-lost' : 'rejoin' };
  }
}

export function onWatchdogReady(settings: Settings, state: State, now: number): Outcome {
  const watched: State = { ...state, watchdog: 'ready' };
  if (state.phase.name === 'connecting') return join(settings, watched);
  return state.phase.name === 'elected' ? lead(settings, watched, now) : outcome(watched);
}

/** It kills by the deadline, as we would: even if that was moved, and read too late, the term is over. */
export function onWatchdogExpired(settings: Settings, state: State, now: number): Outcome {
  const { phase } = state;
  const stopped =
    phase.name === 'leading' ? stop(settings, state, phase.znode, { kind: 'lease' }, now) : outcome(state);
  return andThen(stopped, (next) =>
    next.phase.name === 'stopping' ? killAtOnce(next, next.phase, now) : outcome(next),
  );
}

/** Whatever it held has to be killed by us, and its place taken by another before a command is started again. */
export function onWatchdogLost(settings: Settings, state: State, reason: string, now: number): Outcome {
  const { phase } = state;
  const unwatched: State = { ...state, watchdog: 'starting' };
  switch (phase.name) {
    case 'connecting':
    case 'joining':
    case 'standby':
    case 'elected':
    case 'resigning':
      return outcome(unwatched, { type: 'start-watchdog' });
    case 'leading':
      return stop(settings, unwatched, phase.znode, { kind: 'unwatched', reason }, now);
    case 'stopping':
      // Whether the watchdog has heard of an earlier SIGKILL, nobody knows.
      return killAtOnce(unwatched, { ...phase, killedAt: undefined }, now);
    case 'ended':
      return outcome(state);
  }
}
