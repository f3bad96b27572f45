// Owns what the end of the command, or of the watchdog that holds it, means. Leadership goes on only behind `tree-empty`.

import { sequelOf } from './after-run.js';
import type { ChildExit } from './endings.js';
import type { Outcome, PhaseOf, Settings, State } from './model.js';
import type { PlannedRun } from './term.js';
import { lead } from './line-events.js';
import { concludeRun } from './runs.js';
import { andThen, comesBack, join, killAtOnce, letGo, outcome, stop } from './transitions.js';

export function onChildExited(settings: Settings, state: State, exit: ChildExit, now: number): Outcome {
  const { phase } = state;
  if (phase.name === 'stopping') {
    return outcome({ ...state, phase: { ...phase, run: { ...phase.run, exit } } });
  }
  if (phase.name !== 'leading') return outcome(state);
  // What the main process left behind is asked to go as well.
  return stop(settings, state, phase, { kind: 'exited', exit }, now);
}

export function onTreeEmpty(settings: Settings, state: State, now: number): Outcome {
  const { phase } = state;
  if (phase.name !== 'stopping') return outcome(state);
  const sequel = sequelOf(settings, state, phase, now);
  const goesOn = sequel.kind === 'stay' || comesBack(sequel.next);
  // A watchdog lost with its command is replaced only now: there was nothing left for it to hold.
  const rearmed =
    state.watchdog !== 'ready' && goesOn
      ? outcome({ ...state, watchdog: { startingSince: now } }, { type: 'start-watchdog' })
      : outcome(state);
  const concluded = andThen(rearmed, (ready) => outcome(concludeRun(settings, ready, phase, now)));
  if (sequel.kind === 'stay') {
    return andThen(concluded, (next) => outcome(waitForNext(next, sequel.planned)));
  }
  return andThen(concluded, (told) =>
    letGo(settings, { ...told, awayUntil: now + sequel.awayMs }, phase, sequel.next, now),
  );
}

/** The term goes on without a command. */
function waitForNext(state: State, planned: PlannedRun | undefined): State {
  const { phase } = state;
  if (phase.name !== 'stopping') return state;
  const { znode, since, term } = phase;
  // What was planned ahead of a run that somebody asked for has not been done yet.
  const next = { ...term, planned: planned ?? term.planned };
  const idle: PhaseOf<'idle'> = { name: 'idle', znode, since, term: next, claim: undefined };
  return { ...state, phase: idle };
}

export function onWatchdogReady(settings: Settings, state: State, now: number): Outcome {
  const watched: State = { ...state, watchdog: 'ready' };
  if (state.phase.name === 'connecting') return join(settings, watched, now);
  return state.phase.name === 'elected' ? lead(settings, watched, now) : outcome(watched);
}

/** It kills by the deadline, as we would: even if that was moved, and read too late, the term is over. */
export function onWatchdogExpired(settings: Settings, state: State, now: number): Outcome {
  const { phase } = state;
  const stopped =
    phase.name === 'leading' ? stop(settings, state, phase, { kind: 'lease' }, now) : outcome(state);
  return andThen(stopped, (next) =>
    next.phase.name === 'stopping' ? killAtOnce(next, next.phase, now) : outcome(next),
  );
}

/** Whatever it held has to be killed by us, and its place taken by another before a command is started again. */
export function onWatchdogLost(settings: Settings, state: State, reason: string, now: number): Outcome {
  const { phase } = state;
  // One that is lost before it was ready gives its successor no more time.
  const { watchdog } = state;
  const unwatched: State = { ...state, watchdog: watchdog === 'ready' ? { startingSince: now } : watchdog };
  switch (phase.name) {
    case 'connecting':
    case 'away':
    case 'joining':
    case 'standby':
    case 'elected':
    case 'idle':
      return outcome(unwatched, { type: 'start-watchdog' });
    case 'resigning':
      return comesBack(phase.next) ? outcome(unwatched, { type: 'start-watchdog' }) : outcome(unwatched);
    case 'leading':
      return stop(settings, unwatched, phase, { kind: 'unwatched', reason }, now);
    case 'stopping':
      // Whether the watchdog has heard of an earlier SIGKILL, nobody knows.
      return killAtOnce(unwatched, { ...phase, killedAt: undefined }, now);
    case 'ended':
      return outcome(state);
  }
}
