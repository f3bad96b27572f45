// Owns what only somebody at a terminal is told: how things stand while no command of ours shares it, and what has
// become of a Ctrl-Z. Must never be needed for anything else.

import type { Clock } from '../clock.js';
import type { Settings, State } from '../election/model.js';
import { isConnected } from '../election/transitions.js';
import type { Log } from '../log/log.js';
import { nextRunOf, waitFor } from './next-run.js';
import type { Step } from './supervisor.js';
import { describeAbsence, describeInstruction } from './words.js';

/** So often the time is counted on; a connection that takes less is nothing to wait for. */
const REDRAW_MS = 1000;

export interface TerminalJournalOptions {
  readonly log: Log;
  readonly settings: Settings;
  readonly clock: Clock;
}

export class TerminalJournal {
  readonly #log: Log;
  readonly #settings: Settings;
  readonly #clock: Clock;
  #leader: string | undefined;
  #state: State | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor({ log, settings, clock }: TerminalJournalOptions) {
    this.#log = log;
    this.#settings = settings;
    this.#clock = clock;
  }

  observe(step: Step): void {
    const { event, after, commands } = step;
    if (event.type === 'watching') this.#leader = event.ids?.leader;
    const halts = commands.some(({ type }) => type === 'halt');
    this.#state = halts ? undefined : after;
    this.#draw();
    if (halts) this.#log.write('info', 'halted', { because: 'received SIGTSTP' });
    else if (event.type === 'signal' && event.signal === 'SIGTSTP') this.#explainRefusal(after);
  }

  #explainRefusal({ phase }: State): void {
    if (phase.name !== 'leading' && phase.name !== 'stopping') return;
    this.#log.write('warn', 'not-halted', {
      because: 'whoever is stopped cannot end a command in time',
      instead: 'Ctrl-C ends it; start with & or nohup to have the terminal to yourself',
    });
  }

  #draw(): void {
    clearTimeout(this.#timer);
    const state = this.#state;
    const line = state && this.#describe(state);
    this.#log.show(line === undefined ? undefined : `zk-leader-run: ${line}`);
    if (line === undefined && state?.phase.name !== 'connecting') return;
    this.#timer = setTimeout(() => {
      this.#draw();
    }, REDRAW_MS);
    this.#timer.unref();
  }

  /** Undefined while a command runs, or may in a moment. */
  #describe(state: State): string | undefined {
    const now = this.#clock();
    if (state.phase.name === 'idle') return describeIdle(this.#settings, state, now);
    const waitedMs = now - state.waitingSince;
    const where = describePlace(state, this.#leader);
    return where === undefined || (state.phase.name === 'connecting' && waitedMs < REDRAW_MS)
      ? undefined
      : `${where}; waiting for ${describeTime(waitedMs)}`;
  }
}

/** Undefined where the next run is about to start. */
function describeIdle(settings: Settings, state: State, now: number): string | undefined {
  const link = isConnected(state) ? '' : '; no connection';
  const next = nextRunOf(settings, state);
  const time = describeTime(waitFor(next, now, state) ?? 0);
  switch (next.kind) {
    case 'claimed':
      return undefined;
    case 'planned':
      return `leads, and runs the command again in ${time}${link}`;
    case 'tick':
      return `leads, next tick in ${time}${link}`;
    case 'none':
      return `leads, and no tick is left${link}`;
  }
}

function describePlace(state: State, leader: string | undefined): string | undefined {
  const { phase, session } = state;
  const link = isConnected(state) ? '' : '; no connection';
  switch (phase.name) {
    case 'connecting':
      return isConnected(state) ? 'no watchdog yet' : 'no connection to ZooKeeper';
    case 'standby':
      if (phase.standing.kind === 'barred') return `first in line, held back by strangers${link}`;
      if (phase.standing.kind === 'unknown') return undefined;
      return `place ${phase.standing.place} in line, ${leader ?? phase.standing.leader} leads${link}`;
    case 'elected': {
      const pause = session.status === 'live' && session.link.status === 'connected' && session.link.pause;
      return pause ? `first in line, paused by ${describeInstruction(pause)}` : undefined;
    }
    case 'away':
      return `out of the line: ${describeAbsence(state)}`;
    case 'joining':
    case 'idle':
    case 'leading':
    case 'stopping':
    case 'resigning':
    case 'ended':
      return undefined;
  }
}

function describeTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
