// Owns the ways from one phase to the next that more than one event can cause.
// Must never be asked whether a transition is right: the caller decides, this writes it down.

import type { Command, Ending, Link, Outcome, Settings, State, StopCause, Znode } from './model.js';
import type { Deadlines } from './timing.js';
import { deadlines, resignLimitMs } from './timing.js';

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
    { type: 'heartbeat', name: znode.name },
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

/** Begins at the end of the line: as soon as there is a connection, with a look at the election path. */
export function join(state: State, now: number): Outcome {
  const waiting: State = { ...state, waitingSince: now };
  return isConnected(waiting) ? survey(waiting) : outcome({ ...waiting, phase: { name: 'connecting' } });
}

export function survey(state: State): Outcome {
  return outcome({ ...state, phase: { name: 'joining', step: 'surveying' } }, { type: 'survey' });
}

/** Tells the command to end. When nothing may be waited for any more, `killAt` is `now`. */
export function stop(settings: Settings, state: State, znode: Znode, cause: StopCause, now: number): Outcome {
  const lease = leaseOf(settings, state);
  const killAt = {
    asked: now + settings.timing.stopTimeoutMs,
    lease: lease?.killAt ?? now,
    lost: now,
    exited: now + settings.timing.leaseGraceMs,
  }[cause.kind];
  return outcome(
    {
      ...state,
      phase: {
        name: 'stopping',
        znode,
        cause,
        killAt,
        killedAt: undefined,
        znodeHeld: cause.kind !== 'lost',
      },
    },
    { type: 'signal-child', signal: settings.stopSignal },
  );
}

/** Gives the place in line back, and ends or begins anew once the ensemble has said that the znode is gone. */
export function resign(
  settings: Settings,
  state: State,
  znode: Znode,
  next: Ending | { readonly kind: 'rejoin' },
  now: number,
): Outcome {
  const { session } = state;
  const timeoutMs = session.status === 'live' ? session.timeoutMs : settings.timing.sessionTimeoutMs;
  const resigning: State = {
    ...state,
    phase: {
      name: 'resigning',
      znode,
      next,
      giveUpAt: next.kind === 'rejoin' ? Infinity : now + resignLimitMs(timeoutMs),
    },
  };
  return isConnected(state) ? outcome(resigning, { type: 'remove', name: znode.name }) : outcome(resigning);
}

export function end(state: State, ending: Ending): Outcome {
  return outcome({ ...state, phase: { name: 'ended', ending } }, { type: 'end', ending });
}
