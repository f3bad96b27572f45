// Owns the ways from one phase to the next that more than one event can cause.
// Must never be asked whether a transition is right: the caller decides, this writes it down.

import type {
  Command,
  Ending,
  Instruction,
  Link,
  Next,
  Outcome,
  PhaseOf,
  Settings,
  State,
  StopCause,
  Znode,
} from './model.js';
import { hookOfEnd } from './hooks.js';
import type { Deadlines } from './timing.js';
import { contradiction, deadlines, resignLimitMs } from './timing.js';

/** A step that changes the state and wants these commands performed. */
export function outcome(state: State, ...commands: readonly Command[]): Outcome {
  return { state, commands };
}

/** Goes on from an outcome: the later commands come behind the earlier ones. */
export function andThen(first: Outcome, next: (state: State) => Outcome): Outcome {
  const second = next(first.state);
  return { state: second.state, commands: [...first.commands, ...second.commands] };
}

/** The lease's moments, or undefined when nothing has been proved in this session yet. */
export function leaseOf(settings: Settings, state: State): Deadlines | undefined {
  const { session } = state;
  if (session.status !== 'live' || session.touchedAt === undefined) return undefined;
  return deadlines(settings.timing, session.timeoutMs, session.touchedAt);
}

/** What keeps a contender that is first in line from leading, if an operator does. */
export function pauseOfElected({ phase, session }: State): Instruction | undefined {
  return phase.name === 'elected' && session.status === 'live' && session.link.status === 'connected'
    ? session.link.pause
    : undefined;
}

export function isConnected(state: State): boolean {
  return state.session.status === 'live' && state.session.link.status === 'connected';
}

/** Changes the connected link, if there is one. */
export function withLink(
  state: State,
  change: (link: Extract<Link, { status: 'connected' }>) => Link,
): State {
  const { session } = state;
  if (session.status !== 'live' || session.link.status !== 'connected') return state;
  return { ...state, session: { ...session, link: change(session.link) } };
}

/** Sends a heartbeat unless one is under way: the answer to that one causes the next. */
export function heartbeat(state: State, znode: Znode, now: number): Outcome {
  const { session } = state;
  if (session.status !== 'live' || session.link.status !== 'connected' || session.link.heartbeatInFlight) {
    return outcome(state);
  }
  return outcome(
    withLink(state, (link) => ({ ...link, heartbeatInFlight: true, heartbeatSentAt: now })),
    {
      type: 'heartbeat',
      name: znode.name,
      looksForPause: state.phase.name === 'standby' || state.phase.name === 'elected',
    },
  );
}

/** Reads the children; behind a read under way it is asked for once more, since that one's answer may be older. */
export function read(state: State, now: number): Outcome {
  const { session } = state;
  if (session.status !== 'live' || session.link.status !== 'connected') return outcome(state);
  if (session.link.readInFlight) return outcome(withLink(state, (link) => ({ ...link, readAgain: true })));
  return outcome(
    withLink(state, (link) => ({ ...link, readInFlight: true, readAgain: false, readSentAt: now })),
    { type: 'read' },
  );
}

/** Hears, from now on and on this connection, of whoever asks us to resign. */
export function listen(state: State, znode: Znode): Outcome {
  return outcome(state, { type: 'listen', name: znode.name });
}

/** When a contender that is not elected gives up. To try once still means to hear the ensemble out. */
export function waitUntil(settings: Settings, waitingSince: number): number {
  return waitingSince + (settings.waitMs === 0 ? settings.timing.sessionTimeoutMs : settings.waitMs);
}

/** What to say when it gives up: without a connection, it is the ensemble that has let us down. */
export function notElected(state: State): Ending {
  return { kind: isConnected(state) ? 'not-elected' : 'no-ensemble' };
}

/** Says why the session that we were granted is too short for the timings, or returns undefined. */
export function tooShort(settings: Settings, { session }: State): string | undefined {
  if (session.status !== 'live') return undefined;
  const wrong = contradiction(settings.timing, session.timeoutMs);
  if (wrong === undefined) return undefined;
  const granted = `the ensemble granted a session timeout of ${session.timeoutMs}ms`;
  const asked = settings.timing.sessionTimeoutMs;
  return session.timeoutMs < asked
    ? `${granted}, not the ${asked}ms asked for: its maxSessionTimeout, 20 ticks unless set, allows no more; ` +
        `set --tick-time to its tickTime if that is shorter, or raise its maxSessionTimeout: ${wrong}`
    : `${granted}: ${wrong}`;
}

/** Begins at the end of the line: as soon as there are a connection and a watchdog, with a look at the election path. */
export function join(settings: Settings, state: State): Outcome {
  if (!isConnected(state) || state.watchdog !== 'ready')
    return outcome({ ...state, phase: { name: 'connecting' } });
  const message = tooShort(settings, state);
  if (message !== undefined) return end(state, { kind: 'refused', message });
  return outcome({ ...state, phase: { name: 'joining', step: 'surveying' } }, { type: 'survey' });
}

/** Tells the command to end. Once leadership is lost, nothing may be waited for. */
export function stop(settings: Settings, state: State, znode: Znode, cause: StopCause, now: number): Outcome {
  const lease = leaseOf(settings, state);
  const killAt = {
    asked: now + settings.timing.stopTimeoutMs,
    resign: now + settings.timing.stopTimeoutMs,
    lease: lease?.killAt ?? now,
    lost: now,
    unwatched: now,
    exited: now + settings.timing.leaseGraceMs,
  }[cause.kind];
  const stopping: PhaseOf<'stopping'> = {
    name: 'stopping',
    znode,
    cause,
    killAt,
    killedAt: undefined,
    znodeHeld: true,
  };
  const hook = hookOfEnd(settings, cause, Math.min(killAt, lease?.killAt ?? -Infinity) - now);
  switch (cause.kind) {
    case 'lost':
      return andThen(killAtOnce(state, { ...stopping, znodeHeld: false }, now), (next) =>
        outcome(next, ...hook),
      );
    case 'unwatched':
      return andThen(killAtOnce(state, stopping, now), (next) => outcome(next, ...hook));
    case 'asked':
    case 'resign':
    case 'lease':
    case 'exited':
      return outcome(
        { ...state, phase: stopping },
        { type: 'signal-child', signal: settings.stopSignal, to: 'tree' },
        ...hook,
      );
  }
}

/** The znode, or the watchdog, is gone: whoever is next may lead already, and nothing comes before SIGKILL. */
export function killAtOnce(state: State, phase: PhaseOf<'stopping'>, now: number): Outcome {
  const { killedAt = now } = phase;
  return outcome(
    { ...state, phase: { ...phase, killAt: Math.min(phase.killAt, now), killedAt } },
    ...(phase.killedAt === undefined ? [{ type: 'kill-child' } as const] : []),
  );
}

/** Stands still; then a session that has run out meanwhile shows itself before anything is decided. */
export function halt(state: State): Outcome {
  return outcome(state, { type: 'halt' });
}

/** Gives the place in line back, and ends or begins anew once the ensemble has said that the znode is gone. */
export function resign(settings: Settings, state: State, znode: Znode, next: Next, now: number): Outcome {
  const { session } = state;
  const timeoutMs = session.status === 'live' ? session.timeoutMs : settings.timing.sessionTimeoutMs;
  const rejoins = next.kind === 'rejoin';
  const giveUpAt = rejoins ? waitUntil(settings, now) : now + resignLimitMs(timeoutMs);
  const resigning: State = {
    ...state,
    waitingSince: rejoins ? now : state.waitingSince,
    phase: { name: 'resigning', znode, next, giveUpAt },
  };
  return isConnected(state) ? outcome(resigning, { type: 'remove', name: znode.name }) : outcome(resigning);
}

/** Stands still without an answer of the ensemble's; when continued, asks for its znode's end again. */
export function haltMeanwhile(settings: Settings, state: State, znode: Znode, now: number): Outcome {
  return andThen(halt(state), (continued) => resign(settings, continued, znode, { kind: 'rejoin' }, now));
}

/** Whether the contender stands in line again, rather than ends. */
export function comesBack(next: Next): next is Exclude<Next, Ending> {
  return next.kind === 'rejoin' || next.kind === 'halt';
}

/** Goes on behind a place in line that is given back. */
export function goOn(settings: Settings, state: State, next: Next): Outcome {
  if (!comesBack(next)) return end(state, next);
  return next.kind === 'halt'
    ? andThen(halt(state), (continued) => join(settings, continued))
    : join(settings, state);
}

export function end(state: State, ending: Ending): Outcome {
  return outcome({ ...state, phase: { name: 'ended', ending } }, { type: 'end', ending });
}
