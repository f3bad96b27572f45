// Owns what only somebody at a terminal is told: how things stand while no command of ours shares it, and what has
// become of a Ctrl-Z. Must never be needed for anything else.

import type { Clock } from '../clock.js';
import type { State } from '../election/model.js';
import { isConnected } from '../election/transitions.js';
import { entryOf } from '../log/events.js';
import type { Log } from '../log/log.js';
import type { Step } from './supervisor.js';
import { describeAbsence, describeInstruction } from './words.js';

/** So often the time is counted on; a connection that takes less is nothing to wait for. */
const REDRAW_MS = 1000;

export class TerminalJournal {
  readonly #log: Log;
  readonly #clock: Clock;
  #leader: string | undefined;
  #state: State | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor({ log, clock }: { readonly log: Log; readonly clock: Clock }) {
    this.#log = log;
    this.#clock = clock;
  }

  observe(step: Step): void {
    const { event, after, commands } = step;
    if (event.type === 'watching') this.#leader = event.ids?.leader;
    const halts = commands.some(({ type }) => type === 'halt');
    this.#state = halts ? undefined : after;
    this.#draw();
    if (halts) this.#log.write(entryOf('info', 'halted', { because: 'received SIGTSTP' }));
    else if (event.type === 'signal' && event.signal === 'SIGTSTP') this.#explainRefusal(after);
  }

  #explainRefusal({ phase }: State): void {
    if (phase.name !== 'leading' && phase.name !== 'stopping') return;
    this.#log.write(
      entryOf('warn', 'not-halted', {
        because: 'whoever is stopped cannot end a command in time',
        instead: 'Ctrl-C ends it; start with & or nohup to have the terminal to yourself',
      }),
    );
  }

  #draw(): void {
    clearTimeout(this.#timer);
    const state = this.#state;
    const where = state && describePlace(state, this.#leader);
    if (state === undefined || where === undefined) {
      this.#log.show(undefined);
      return;
    }
    const waitedMs = this.#clock() - state.waitingSince;
    const isNew = state.phase.name === 'connecting' && waitedMs < REDRAW_MS;
    this.#log.show(isNew ? undefined : `zk-leader-run: ${where}; waiting for ${describeTime(waitedMs)}`);
    this.#timer = setTimeout(() => {
      this.#draw();
    }, REDRAW_MS);
    this.#timer.unref();
  }
}

/** Undefined while there is a command, or may be in a moment. */
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
