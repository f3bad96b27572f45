// Owns what a person is told: one line per change of phase, with the event that caused it, and what went wrong between.
// Must never be needed for anything else: it sees each step and keeps nothing but the last thing it said of a kind.

import { strangers } from '../election/contenders.js';
import type { Ending, StopCause } from '../election/endings.js';
import type { Phase, PhaseOf, Settings } from '../election/model.js';
import { isConnected, leaseOf, pauseOfElected } from '../election/transitions.js';
import type { LevelOf } from '../log/events.js';
import type { Log } from '../log/log.js';
import type { ReportOf } from '../watchdog/protocol.js';
import type { Step } from './supervisor.js';
import { beginsTerm } from './terms.js';
import {
  describeCause,
  describeEnding,
  describeEvent,
  describeResignation,
  describeInstruction,
  exitFields,
  strangerFields,
} from './words.js';

export interface JournalOptions {
  readonly log: Log;
  readonly settings: Settings;
  readonly electionPath: string;
  /** The connect string, as the operator wrote it. */
  readonly ensemble: string;
}

/** Nothing has gone wrong. */
const ORDINARY_ENDS: ReadonlySet<StopCause['kind']> = new Set(['asked', 'resign', 'exited', 'replaced']);

export class Journal {
  readonly #options: JournalOptions;
  readonly #log: Log;
  #strangers = '';
  /** Whom we stood behind last, by id or znode. */
  #ahead: string | undefined;
  /** What was said last of who leads and whom we watch. */
  #said = '';

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#log = options.log;
  }

  /** Says how the command will be held together, and what nobody can promise there. */
  watchdogReady(pid: number, { level, passedOver }: ReportOf<'ready'>): void {
    const weaker = passedOver.map((one) => `${one.level}: ${one.because}`).join('; ');
    this.#log.write(level === 'group' ? 'warn' : 'info', 'watchdog-ready', {
      containment: level,
      watchdog_pid: pid,
      passed_over: weaker === '' ? undefined : weaker,
      danger:
        level === 'group' ? 'a daemon that leaves its session and its environment behind escapes' : undefined,
    });
  }

  unrecorded(because: string): void {
    this.#log.write('warn', 'left-overs-unrecorded', { because });
  }

  sweeping(what: string): void {
    this.#log.write('warn', 'sweeping-left-overs', { what });
  }

  /** Says where the questions of machines are answered. */
  serving(address: string): void {
    this.#log.write('info', 'serving-http', { address });
  }

  started(pid: number): void {
    this.#log.write('info', 'command-started', { pid });
  }

  observe(step: Step): void {
    this.#watchdog(step);
    this.#strangersSeen(step);
    this.#phase(step);
    this.#standing(step);
    this.#pause(step);
    this.#complaints(step);
  }

  #watchdog({ event }: Step): void {
    if (event.type === 'watchdog-expired') {
      this.#log.write('warn', 'watchdog-kills-command', {
        because: 'the last deadline it was told has passed',
      });
    } else if (event.type === 'watchdog-lost') {
      this.#log.write('error', 'watchdog-lost', { because: event.reason });
    }
  }

  #strangersSeen({ event, after }: Step): void {
    if (event.type !== 'contenders' || after.phase.name === 'ended') return;
    const { pattern } = this.#options.settings;
    const seen = strangers(pattern, event.names).join(' ');
    if (seen === this.#strangers) return;
    this.#strangers = seen;
    if (seen === '') this.#log.write('info', 'strangers-gone', {});
    else this.#log.write('error', 'strangers-seen', strangerFields(pattern, seen));
  }

  #phase(step: Step): void {
    const { before, event, after, now } = step;
    const { phase } = after;
    if (phase.name === before.phase.name && !isBarredNow(before.phase, phase)) return;
    const because = describeEvent(event);
    const { electionPath } = this.#options;
    switch (phase.name) {
      case 'connecting':
        if (isConnected(after)) {
          this.#log.write('info', 'waiting-for-watchdog', { because });
          return;
        }
        this.#log.write('info', 'waiting-for-ensemble', {
          because: leavesSession(step) ? 'the term is over, its session is left to end' : because,
          zookeeper: this.#options.ensemble,
        });
        return;
      case 'away':
        return;
      case 'joining':
        this.#log.write('debug', 'joining', { because, election: electionPath });
        return;
      case 'standby':
        this.#standby(phase, because);
        return;
      case 'elected':
        this.#log.write('debug', 'elected', { because });
        return;
      case 'idle':
      case 'leading':
        if (!beginsTerm(step)) return;
        this.#log.write('info', 'leading', {
          because: this.#ahead === undefined ? 'nobody is ahead in line' : `${this.#ahead} has gone`,
          election: electionPath,
          epoch: String(phase.znode.epoch),
          znode: `${electionPath}/${phase.znode.name}`,
          waited_ms: Math.round(now - before.waitingSince),
        });
        return;
      case 'stopping':
        this.#log.write(levelOfStop(phase), 'ending-command', {
          because: describeCause(phase.cause),
          epoch: String(phase.znode.epoch),
          kill_in_ms: Math.max(0, Math.round(phase.killAt - now)),
          cause: phase.cause.kind,
          ...exitFields(phase.cause.kind === 'exited' ? phase.cause.exit : undefined),
        });
        return;
      case 'resigning':
        this.#log.write('info', 'resigning', {
          because: describeResignation(phase.next, event),
          znode: `${electionPath}/${phase.znode.name}`,
        });
        return;
      case 'ended':
        this.#ended(step, phase.ending);
        return;
    }
  }

  #standby(phase: PhaseOf<'standby'>, because: string): void {
    if (phase.standing.kind === 'barred') {
      this.#log.write('error', 'barred', { because });
      return;
    }
    this.#ahead = undefined;
    this.#said = '';
    this.#log.write('debug', 'in-line', {
      because,
      znode: `${this.#options.electionPath}/${phase.znode.name}`,
    });
  }

  /** Says who leads and whom we watch, when that has changed. */
  #standing({ event, after: { phase } }: Step): void {
    if (event.type !== 'watching' || phase.name !== 'standby' || phase.standing.kind !== 'behind') return;
    const { predecessor, place } = phase.standing;
    const behind = `${this.#options.electionPath}/${predecessor}`;
    this.#ahead = event.ids?.predecessor ?? predecessor;
    const leader = event.ids?.leader;
    const said = `${leader ?? ''} ${behind}`;
    if (!event.exists || said === this.#said) return;
    this.#said = said;
    const znode = `${this.#options.electionPath}/${phase.znode.name}`;
    this.#log.write('info', 'standing-by', { leader, place, watching: this.#ahead, behind, znode });
  }

  #ended({ before, event, now }: Step, ending: Ending): void {
    if (ending.kind === 'refused') {
      this.#log.write('error', 'refused', { because: ending.message });
      return;
    }
    if (ending.kind === 'denied') {
      this.#log.write('error', 'denied', { because: ending.message });
      return;
    }
    this.#log.write(ending.kind === 'no-ensemble' ? 'warn' : 'info', 'ended', {
      because: describeEnding(ending),
      cause: ending.kind === 'child-exited' ? 'exited' : ending.kind,
      ...exitFields(ending.kind === 'child-exited' ? ending.exit : undefined),
    });
    const { phase } = before;
    // Whatever has brought the time; but these say that the znode is gone, if too late for the end to wait for it.
    const isGone = event.type === 'removed' || event.type === 'lost';
    if (phase.name === 'resigning' && now >= phase.giveUpAt && !isGone) {
      this.#log.write('warn', 'removal-unconfirmed', {
        danger: 'the next in line waits until our session has run out',
      });
    }
  }

  /** First in line, and yet not leading: says on whose word, once. */
  #pause({ before, after }: Step): void {
    const pause = pauseOfElected(after);
    if (pause === undefined || pauseOfElected(before) !== undefined) return;
    this.#log.write('info', 'paused', {
      because: `paused by ${describeInstruction(pause)}`,
      since: pause.since,
    });
  }

  #complaints({ before, event, after, commands, now }: Step): void {
    const { phase } = after;
    if (phase.name !== 'stopping' || !commands.some(({ type }) => type === 'kill-child')) return;
    const isWatchdogLost = event.type === 'watchdog-lost';
    // With the watchdog, an earlier SIGKILL may have been lost: that one has not failed yet.
    const again = before.phase.name === 'stopping' && before.phase.killedAt !== undefined && !isWatchdogLost;
    if (again) {
      this.#log.write('error', 'command-outlives-kill', {
        because: 'processes are left',
      });
      return;
    }
    const lease = leaseOf(this.#options.settings, after);
    const because = !phase.znodeHeld
      ? 'leadership is lost'
      : isWatchdogLost
        ? 'the watchdog is lost'
        : lease !== undefined && now >= lease.killAt
          ? 'the lease runs out'
          : 'it was given no more time';
    this.#log.write('warn', 'killing-command', { because });
  }
}

/** A run that ended by itself in a term that goes on is told with what comes next. */
function levelOfStop({ cause, stays }: PhaseOf<'stopping'>): LevelOf<'ending-command'> {
  if (stays && cause.kind === 'exited') return 'debug';
  return ORDINARY_ENDS.has(cause.kind) ? 'info' : 'warn';
}

/** The way to the ensemble has gone with the term: whoever is next must not wait for longer. */
function leavesSession({ before: { phase }, event }: Step): boolean {
  return phase.name === 'stopping' || (phase.name === 'idle' && event.type !== 'lost');
}

function isBarredNow(before: Phase, after: Phase): boolean {
  if (before.name !== 'standby' || after.name !== 'standby') return false;
  return after.standing.kind === 'barred' && before.standing.kind !== 'barred';
}
