// Owns what a signal sent to us means in each phase. None is ever ignored for coming too early (consul#4439).

import { sequelOf } from './after-run.js';
import type { Outcome, PhaseOf, Settings, State } from './model.js';
import { comesBack, end, halt, haltMeanwhile, isConnected, outcome, resign, stop } from './transitions.js';

export function onSignal(settings: Settings, state: State, signal: string, now: number): Outcome {
  switch (signal) {
    case 'SIGINT':
    case 'SIGTERM':
      return askToStop(settings, state, signal, now);
    case 'SIGQUIT':
      return hasCommand(state) ? forward(state, signal) : leave(settings, state, signal, now);
    case 'SIGHUP':
      if (hasCommand(state)) return forward(state, signal);
      return settings.hangupEnds ? leave(settings, state, signal, now) : outcome(state);
    case 'SIGTSTP':
      return askToHalt(settings, state, now);
    default:
      return hasCommand(state) ? forward(state, signal) : outcome(state);
  }
}

/** Nobody is there to ask a second time: what comes again is the shell repeating the kernel. */
export function onHangup(settings: Settings, state: State, now: number): Outcome {
  const { phase } = state;
  const isAskedAlready =
    phase.name === 'stopping'
      ? isLeaving(settings, state, phase, now)
      : phase.name === 'resigning' && !comesBack(phase.next);
  return isAskedAlready ? outcome(state) : askToStop(settings, state, 'SIGHUP', now);
}

/**
 * Ctrl-Z. The place in line is given back first, since nobody should wait for one who stands still. With a command,
 * it is refused: stopped, we could not end that in time.
 */
function askToHalt(settings: Settings, state: State, now: number): Outcome {
  const { phase } = state;
  switch (phase.name) {
    case 'connecting':
    case 'away':
    case 'joining':
      return halt(state);
    case 'standby':
    case 'elected':
    case 'idle':
      // Without a connection nobody can be told: it will be as if that had been lost for longer.
      return isConnected(state) ? resign(settings, state, phase.znode, { kind: 'halt' }, now) : halt(state);
    case 'resigning':
      if (!comesBack(phase.next)) return outcome(state);
      return isConnected(state)
        ? resign(settings, state, phase.znode, { kind: 'halt' }, now)
        : haltMeanwhile(settings, state, phase.znode, now);
    case 'leading':
    case 'stopping':
    case 'ended':
      return outcome(state);
  }
}

function hasCommand(state: State): boolean {
  return state.phase.name === 'leading' || state.phase.name === 'stopping';
}

function forward(state: State, signal: string): Outcome {
  return outcome(state, { type: 'signal-child', signal, to: 'group' });
}

/** The first request is polite; a second means at once. */
function askToStop(settings: Settings, state: State, signal: string, now: number): Outcome {
  const { phase } = state;
  switch (phase.name) {
    case 'leading':
      return stop(settings, state, phase, { kind: 'asked', signal }, now);
    case 'stopping':
      return isLeaving(settings, state, phase, now)
        ? outcome({ ...state, phase: { ...phase, killAt: Math.min(phase.killAt, now) } })
        : outcome({ ...state, phase: { ...phase, cause: { kind: 'asked', signal }, stays: false } });
    case 'connecting':
    case 'away':
    case 'joining':
    case 'standby':
    case 'elected':
    case 'idle':
    case 'resigning':
    case 'ended':
      return leave(settings, state, signal, now);
  }
}

/** On its way out already: whoever asks once more wants it at once. Whoever would come back has not been asked yet. */
function isLeaving(settings: Settings, state: State, phase: PhaseOf<'stopping'>, now: number): boolean {
  if (phase.cause.kind !== 'exited') return phase.cause.kind === 'asked';
  const sequel = sequelOf(settings, state, phase, now);
  return sequel.kind === 'leave' && !comesBack(sequel.next);
}

function leave(settings: Settings, state: State, signal: string, now: number): Outcome {
  const { phase } = state;
  switch (phase.name) {
    case 'connecting':
    case 'away':
    case 'joining':
      return end(state, { kind: 'asked', signal });
    case 'standby':
    case 'elected':
    case 'idle':
      return resign(settings, state, phase.znode, { kind: 'asked', signal }, now);
    case 'resigning':
      return comesBack(phase.next)
        ? resign(settings, state, phase.znode, { kind: 'asked', signal }, now)
        : end(state, phase.next);
    case 'leading':
    case 'stopping':
    case 'ended':
      return outcome(state);
  }
}
