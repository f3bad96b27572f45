// Owns how events, causes and endings are called in the log.

import type { NamePattern } from '../election/contenders.js';
import { describePattern } from '../election/contenders.js';
import type { ChildExit, Ending, Next, Retreat, SkipCause, StopCause } from '../election/endings.js';
import type { Event } from '../election/messages.js';
import type { State } from '../election/model.js';
import type { Instruction } from '../election/term.js';
import { comesBack } from '../election/transitions.js';
import type { FieldsOf } from '../log/events.js';
import { printable } from '../printable.js';

export function strangerFields(pattern: NamePattern, seen: string): FieldsOf<'strangers-seen'> {
  return {
    strangers: seen,
    expected: describePattern(pattern),
    danger: 'whoever made them orders the line differently and may lead as well',
  };
}

export function describeEvent(event: Event): string {
  switch (event.type) {
    case 'signal':
      return `received ${event.signal}`;
    case 'hangup':
      return 'the terminal has gone';
    case 'lost':
      return `session lost: ${event.reason}`;
    case 'suspended':
      return `connection lost: ${event.reason}`;
    case 'watch-fired':
      return `${event.name} has gone`;
    case 'connected':
      return 'connected';
    case 'joined':
      return 'joined';
    case 'contenders':
      return 'read the line';
    case 'surveyed':
      return 'looked at the election path';
    case 'removed':
      return 'znode deleted';
    case 'heartbeat':
      return event.znodeExists ? 'heartbeat answered' : 'the znode was deleted by somebody else';
    case 'clock':
      return 'time has passed';
    case 'watching':
      return event.exists ? 'watch set' : `${event.name} has gone`;
    case 'request-fired':
      return 'a request may have come';
    case 'resign-asked':
      return `asked to resign by ${describeInstruction(event.request)}`;
    case 'run-request-fired':
      return 'a run may be wanted';
    case 'run-asked':
      return `a run is wanted by ${describeInstruction(event.request.instruction)}`;
    case 'run-not-asked':
      return 'no run is wanted';
    case 'ledger-seen':
      return 'looked at the ledger';
    case 'ledger-written':
      return event.outcome === 'znode-gone'
        ? 'the znode was deleted by somebody else'
        : 'the ledger is written';
    case 'wall-clock':
      return 'the wall clock was set';
    case 'checked':
      return event.because;
    case 'child-exited':
      return 'the command has ended';
    case 'tree-empty':
      return 'no process of the command is left';
    case 'watchdog-ready':
      return 'the watchdog is ready';
    case 'watchdog-expired':
      return 'the watchdog kills the command';
    case 'watchdog-lost':
      return `the watchdog is lost: ${event.reason}`;
    case 'refused':
    case 'denied':
      return event.message;
  }
}

export function describeCause(cause: StopCause): string {
  switch (cause.kind) {
    case 'asked':
      return `received ${cause.signal}`;
    case 'resign':
      return `asked to resign by ${describeInstruction(cause.request)}`;
    case 'lease':
      return 'no heartbeat was answered in time: the lease runs out';
    case 'lost':
      return `leadership lost: ${cause.reason}`;
    case 'unwatched':
      return `the watchdog is lost: ${cause.reason}`;
    case 'exited':
      return describeEnding({ kind: 'child-exited', exit: cause.exit });
    case 'overran':
      return describeEnding(cause);
    case 'replaced':
      return 'the next run takes its place';
    case 'unfit':
      return `this server is not fit: ${cause.because}`;
  }
}

/** Why a contender that could stand in line does not. */
export function describeAbsence({ fitness }: State): string {
  switch (fitness.status) {
    case 'unknown':
      return 'this server has not been checked yet';
    case 'unfit':
      return `this server is not fit: ${fitness.because ?? 'its check failed'}`;
    case 'fit':
      return 'somebody else is to try first';
  }
}

export function describeRetreat(because: Retreat): string {
  switch (because) {
    case 'run-ended':
      return 'the run has ended, and somebody else is to try';
    case 'too-many-restarts':
      return 'too many restarts, somebody else is to try';
    case 'unfit':
      return 'this server is not fit';
    case 'unwatched':
      return 'there is no watchdog, and the one that was started is not ready in time';
  }
}

/** Why a place in line is given back. */
export function describeResignation(next: Next, event: Event): string {
  if (!comesBack(next)) return describeEnding(next);
  if (next.kind === 'rejoin' && next.because !== undefined) return describeRetreat(next.because);
  return event.type === 'resign-asked' || next.kind === 'halt' ? describeEvent(event) : 'the term is over';
}

export function describeInstruction({ by, host, because }: Instruction): string {
  return printable(`${by}@${host}${because === undefined ? '' : `: ${because}`}`);
}

export function describeEnding(ending: Ending): string {
  switch (ending.kind) {
    case 'child-exited':
      return describeExit(ending.exit);
    case 'asked':
      return `received ${ending.signal}`;
    case 'overran':
      return 'it ran for longer than --max-runtime allows';
    case 'already-run':
      return ending.run === undefined
        ? 'it has been run for this tick'
        : `run ${ending.run} is, or was, the one for this tick`;
    case 'not-elected':
      return 'not elected in the time that --wait allows';
    case 'no-ensemble':
      return 'no answer from the ensemble in time';
    case 'leadership-lost':
      return 'leadership was lost, and --on-lost is exit';
    case 'refused':
    case 'denied':
      return ending.message;
  }
}

/** How the command ended, for machines; nothing where it did not end by itself. */
export function exitFields(
  exit: ChildExit | undefined,
): Pick<FieldsOf<'ended'>, 'exit_code' | 'exit_signal' | 'start_error'> {
  return {
    exit_code: exit?.kind === 'code' ? exit.code : undefined,
    exit_signal: exit?.kind === 'signal' ? exit.signal : undefined,
    start_error: exit?.kind === 'not-started' ? exit.errno : undefined,
  };
}

export function describeExit(exit: ChildExit, who = 'the command'): string {
  switch (exit.kind) {
    case 'code':
      return `${who} exited with ${exit.code}`;
    case 'signal':
      return `${who} was ended by ${exit.signal}`;
    case 'not-started':
      return `${who} could not be started: ${exit.errno}`;
  }
}

export function describeSkip(because: SkipCause): string {
  switch (because) {
    case 'killed-at-once':
      return 'the command is killed at once';
    case 'no-time':
      return 'the command is killed before it could do anything';
    case 'not-started':
      return 'the command could not be started';
    case 'term-goes-on':
      return 'the term goes on';
  }
}
