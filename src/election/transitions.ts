// Owns the ways from one phase to the next that more than one event can cause.
// Must never be asked whether a transition is right: the caller decides, this writes it down.

import type { Ending, Next, StopCause } from './endings.js';
import type { Command } from './messages.js';
import type { Link, Outcome, PhaseOf, Settings, State } from './model.js';
import type { Instruction, Znode } from './term.js';
import { conclude, type Ledger, onlyLastRun } from '../ledger/ledger.js';
import { resultOf, sequelByPolicy } from './after-run.js';
import { hookOfEnd } from './hooks.js';
import { takesRequests } from './job.js';
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
    withLink(state, (link) => ({
      ...link,
      heartbeatInFlight: true,
      heartbeatSentAt: now,
      heartbeatBehind: link.readSentAt,
    })),
    {
      type: 'heartbeat',
      name: znode.name,
      looksAround: state.phase.name === 'standby' || state.phase.name === 'elected',
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

/** Hears, from now on and on this connection, of whoever wants something of us, or makes us superfluous. */
export function listen({ job }: Settings, state: State, znode: Znode): Outcome {
  const { name } = state.phase;
  const leads = name === 'idle' || name === 'leading' || name === 'stopping';
  return outcome(
    state,
    { type: 'listen', name: znode.name },
    ...(leads && takesRequests(job) ? [{ type: 'listen-for-runs' } as const] : []),
    ...(!leads && job.oncePer !== undefined ? [{ type: 'watch-ledger' } as const] : []),
  );
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

/**
 * Begins at the end of the line: as soon as there are a connection and a watchdog, and no reason to stay away; with a
 * look at the election path.
 */
export function join(settings: Settings, state: State, now: number): Outcome {
  if (!isConnected(state) || state.watchdog !== 'ready')
    return outcome({ ...state, phase: { name: 'connecting' } });
  if (staysAway(state, now)) return outcome({ ...state, phase: { name: 'away' } });
  const message = tooShort(settings, state);
  if (message !== undefined) return end(state, { kind: 'refused', message });
  return outcome({ ...state, phase: { name: 'joining', step: 'surveying' } }, { type: 'survey' });
}

/** Whether it is better for all that somebody else leads. */
export function staysAway({ fitness, awayUntil }: State, now: number): boolean {
  return fitness.status !== 'fit' || now < awayUntil;
}

/** Tells the command to end. Once leadership is lost, nothing may be waited for. */
export function stop(
  settings: Settings,
  state: State,
  phase: PhaseOf<'leading'>,
  cause: StopCause,
  now: number,
): Outcome {
  const { znode, since, term } = phase;
  const run = cause.kind === 'exited' ? { ...phase.run, exit: cause.exit } : phase.run;
  const lease = leaseOf(settings, state);
  const politely = now + settings.timing.stopTimeoutMs;
  const killAt = {
    asked: politely,
    resign: politely,
    unfit: politely,
    overran: politely,
    replaced: politely,
    lease: lease?.killAt ?? now,
    lost: now,
    unwatched: now,
    exited: now + settings.timing.leaseGraceMs,
  }[cause.kind];
  const result = resultOf(cause);
  const stays = sequelByPolicy(settings, state, { run, term, cause, result }, now).kind === 'stay';
  const stopping: PhaseOf<'stopping'> = {
    name: 'stopping',
    znode,
    since,
    term,
    run,
    cause,
    result,
    stays,
    killAt,
    killedAt: undefined,
    znodeHeld: cause.kind !== 'lost',
  };
  const untilKillMs = Math.min(killAt, lease?.killAt ?? -Infinity) - now;
  const hook = hookOfEnd(settings, { cause, stays, untilKillMs });
  const atOnce = cause.kind === 'lost' || cause.kind === 'unwatched';
  const told = atOnce
    ? killAtOnce(state, stopping, now)
    : outcome(
        { ...state, phase: stopping },
        { type: 'signal-child', signal: settings.stopSignal, to: 'tree' },
      );
  return andThen(told, (next) => outcome(next, ...hook));
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
  const lastWords = lastWordsOf(settings, state);
  const resigning: State = {
    ...state,
    waitingSince: rejoins ? now : state.waitingSince,
    phase: { name: 'resigning', znode, lastWords, next, giveUpAt },
  };
  return isConnected(state)
    ? outcome(resigning, ...lastWords, { type: 'remove', name: znode.name })
    : outcome(resigning);
}

function lastWordsOf({ job: { oncePer } }: Settings, { phase }: State): PhaseOf<'resigning'>['lastWords'] {
  if (phase.name === 'resigning') return phase.lastWords;
  if (!('term' in phase) || phase.term.records === undefined) return [];
  const { ledger, exists, revision, confirmed } = phase.term.records;
  const words = (last: Ledger, number: number): PhaseOf<'resigning'>['lastWords'] => {
    const inPlace = {
      type: 'write-ledger',
      name: phase.znode.name,
      exists: true,
      ledger: last,
      revision: number,
    } as const;
    // No answer can be waited for. Where a write of ours may still make the ledger, or nothing but the ledger keeps others
    // from the same run, both forms are sent: one of them is taken.
    if (exists && oncePer === undefined) return [inPlace];
    return [inPlace, { ...inPlace, exists: false, ledger: exists ? onlyLastRun(last) : last }];
  };
  if (phase.name === 'idle' && phase.claim !== undefined) {
    // Nobody will start it now, and whoever leads next, if anybody does, could only guess.
    const { id } = phase.claim.run;
    return words(conclude(ledger, id, { result: 'interrupted' }), revision + 1);
  }
  return revision === confirmed ? [] : words(ledger, revision);
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
export function goOn(settings: Settings, state: State, next: Next, now: number): Outcome {
  if (!comesBack(next)) return end(state, next);
  return next.kind === 'halt'
    ? andThen(halt(state), (continued) => join(settings, continued, now))
    : join(settings, state, now);
}

/** No command runs any more: gives the place back, or goes on without it where that has gone already. */
export function letGo(
  settings: Settings,
  state: State,
  { znode, znodeHeld }: { readonly znode: Znode; readonly znodeHeld: boolean },
  next: Next,
  now: number,
): Outcome {
  if (znodeHeld && next.kind === 'rejoin' && !isConnected(state)) {
    // Our attempts to connect may arrive, and keep the session alive, while their answers are lost: nobody would lead.
    // Nobody runs here any more, so the session is left to end.
    const opening: State = { ...state, session: { status: 'opening' }, phase: { name: 'connecting' } };
    return outcome({ ...opening, waitingSince: now }, { type: 'open-session' });
  }
  if (znodeHeld) return resign(settings, state, znode, next, now);
  return goOn(settings, { ...state, waitingSince: now }, next, now);
}

export function end(state: State, ending: Ending): Outcome {
  return outcome({ ...state, phase: { name: 'ended', ending } }, { type: 'end', ending });
}
