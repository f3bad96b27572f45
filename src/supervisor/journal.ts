// Owns what a person is told: one line per change of phase, with the event that caused it, and what went wrong between.
// Must never be needed for anything else: it sees each step and keeps nothing but the last thing it said of a kind.

import type { Clock } from '../clock.js';
import type { NamePattern } from '../election/contenders.js';
import { describePattern, strangers } from '../election/contenders.js';
import type {
  ChildExit,
  Command,
  Ending,
  Event,
  Phase,
  Settings,
  State,
  StopCause,
} from '../election/model.js';
import { leaseOf } from '../election/transitions.js';
import type { Log, LogFields, LogLevel } from '../log/log.js';

export interface Step {
  readonly before: State;
  readonly event: Event;
  readonly after: State;
  readonly commands: readonly Command[];
  readonly now: number;
}

export interface JournalOptions {
  readonly log: Log;
  readonly settings: Settings;
  readonly electionPath: string;
  /** The connect string, as the operator wrote it. */
  readonly ensemble: string;
  readonly clock: Clock;
}

/** How often we repeat what we are waiting for. */
const STILL_WAITING_MS = 10_000;

export class Journal {
  readonly #options: JournalOptions;
  #strangers = '';
  #attempts = 0;
  #complainedAt = -Infinity;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** Says which server is tried, now and then: nothing hangs silently. */
  attempt(server: { readonly host: string; readonly port: number }): void {
    this.#attempts += 1;
    const now = this.#options.clock();
    const last = `${server.host}:${server.port}`;
    this.#say('debug', 'trying a server', { server: last });
    if (this.#complainedAt === -Infinity) {
      this.#complainedAt = now;
      return;
    }
    if (now - this.#complainedAt < STILL_WAITING_MS) return;
    this.#complainedAt = now;
    this.#say('warn', 'still waiting for the ensemble', {
      zookeeper: this.#options.ensemble,
      attempts: this.#attempts,
      last,
    });
  }

  started(pid: number): void {
    this.#say('info', 'command started', { pid });
  }

  observe(step: Step): void {
    this.#connection(step);
    this.#strangersSeen(step);
    this.#phase(step);
    this.#complaints(step);
  }

  #connection({ event, before, after }: Step): void {
    if (event.type === 'connected') {
      this.#attempts = 0;
      this.#complainedAt = -Infinity;
      const resumed = before.session.status === 'live' && after.session.status === 'live';
      this.#say('info', resumed ? 'connected again' : 'connected', {
        session: `0x${event.sessionId}`,
        session_timeout_ms: event.sessionTimeoutMs,
      });
    } else if (event.type === 'suspended') {
      this.#say('warn', 'connection lost', {
        because: event.reason,
        lease_left_ms: this.#leaseLeftMs(before),
      });
    } else if (event.type === 'lost') {
      this.#say('warn', 'session lost', { because: event.reason });
    } else if (event.type === 'refused') {
      this.#say('error', 'the ensemble refused a request', { because: event.message });
    }
  }

  #leaseLeftMs(state: State): number | undefined {
    if (state.phase.name !== 'leading' && state.phase.name !== 'stopping') return undefined;
    const lease = leaseOf(this.#options.settings, state);
    return lease === undefined ? undefined : Math.round(lease.leaseUntil - this.#options.clock());
  }

  #strangersSeen({ event, after }: Step): void {
    if (event.type !== 'contenders' || after.phase.name === 'ended') return;
    const { pattern } = this.#options.settings;
    const seen = strangers(pattern, event.names).join(' ');
    if (seen === this.#strangers) return;
    this.#strangers = seen;
    if (seen === '') this.#say('info', 'no stranger stands under the election path any more');
    else this.#say('error', 'strangers stand under the election path', strangerFields(pattern, seen));
  }

  #phase({ before, event, after, now }: Step): void {
    const { phase } = after;
    if (phase.name === before.phase.name && !placeChanged(before.phase, phase)) return;
    const because = describeEvent(event);
    const { electionPath } = this.#options;
    switch (phase.name) {
      case 'connecting':
        this.#say('info', 'waiting for the ensemble', { because, zookeeper: this.#options.ensemble });
        return;
      case 'joining':
        this.#say('debug', 'joining the election', { because, election: electionPath });
        return;
      case 'standby':
        if (phase.standing.kind === 'unknown') {
          this.#say('debug', 'in line', { because, znode: `${electionPath}/${phase.znode.name}` });
          return;
        }
        this.#say('info', 'standing by', {
          because,
          place: phase.standing.place,
          behind: `${electionPath}/${phase.standing.predecessor}`,
          znode: `${electionPath}/${phase.znode.name}`,
        });
        return;
      case 'elected':
        this.#say('debug', 'elected, waiting for a lease with room', { because });
        return;
      case 'leading':
        this.#say('info', 'leading', {
          because: 'first in line',
          election: electionPath,
          epoch: String(phase.znode.epoch),
          znode: `${electionPath}/${phase.znode.name}`,
          waited_ms: Math.round(now - before.waitingSince),
        });
        return;
      case 'stopping':
        this.#say(
          phase.cause.kind === 'lease' || phase.cause.kind === 'lost' ? 'warn' : 'info',
          'ending the command',
          {
            because: describeCause(phase.cause),
            epoch: String(phase.znode.epoch),
            kill_in_ms: Math.max(0, Math.round(phase.killAt - now)),
          },
        );
        return;
      case 'resigning':
        this.#say('info', 'resigning', {
          because: phase.next.kind === 'rejoin' ? 'the term is over' : describeEnding(phase.next),
          znode: `${electionPath}/${phase.znode.name}`,
        });
        return;
      case 'ended':
        this.#ended(before.phase, phase.ending);
        return;
    }
  }

  #ended(before: Phase, ending: Ending): void {
    if (ending.kind === 'refused') {
      this.#say('error', 'refused to stand for election', { because: ending.message });
      return;
    }
    // Out of line without the ensemble's word that the znode is gone: the next leader has to wait for the session's end.
    const unsure = before.name === 'resigning' || before.name === 'joining';
    this.#say('info', 'ended', { because: describeEnding(ending), ...(unsure ? {} : { in_line: false }) });
  }

  #complaints({ before, after, commands }: Step): void {
    if (!commands.some((command) => command.type === 'kill-child') || after.phase.name !== 'stopping') return;
    const again = before.phase.name === 'stopping' && before.phase.killedAt !== undefined;
    if (again)
      this.#say('error', 'the command outlives SIGKILL: leadership is not let go', {
        because: 'processes are left',
      });
    else this.#say('warn', 'killing the command', { because: describeCause(after.phase.cause) });
  }

  #say(level: LogLevel, message: string, fields?: LogFields): void {
    this.#options.log.write(level, message, fields);
  }
}

function placeChanged(before: Phase, after: Phase): boolean {
  if (before.name !== 'standby' || after.name !== 'standby') return false;
  if (after.standing.kind === 'unknown') return false;
  return before.standing.kind === 'unknown' || before.standing.predecessor !== after.standing.predecessor;
}

function strangerFields(pattern: NamePattern, seen: string): LogFields {
  return {
    strangers: seen,
    expected: describePattern(pattern),
    danger: 'whoever made them orders the line differently and may lead as well',
  };
}

function describeEvent(event: Event): string {
  switch (event.type) {
    case 'signal':
      return `received ${event.signal}`;
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
    case 'child-exited':
    case 'tree-empty':
      return 'the command has ended';
    case 'refused':
      return event.message;
  }
}

function describeCause(cause: StopCause): string {
  switch (cause.kind) {
    case 'asked':
      return `received ${cause.signal}`;
    case 'lease':
      return 'no heartbeat was answered in time: the lease runs out';
    case 'lost':
      return `leadership lost: ${cause.reason}`;
    case 'exited':
      return describeEnding({ kind: 'child-exited', exit: cause.exit });
  }
}

function describeEnding(ending: Ending): string {
  switch (ending.kind) {
    case 'child-exited':
      return describeExit(ending.exit);
    case 'asked':
      return `received ${ending.signal}`;
    case 'not-elected':
      return 'not elected in the time that --wait allows';
    case 'no-ensemble':
      return 'no answer from the ensemble in time';
    case 'leadership-lost':
      return 'leadership was lost, and --on-lost is exit';
    case 'refused':
      return ending.message;
  }
}

function describeExit(exit: ChildExit): string {
  switch (exit.kind) {
    case 'code':
      return `the command exited with ${exit.code}`;
    case 'signal':
      return `the command was ended by ${exit.signal}`;
    case 'not-started':
      return `the command could not be started: ${exit.errno}`;
  }
}
