// Owns what the service manager is told, and when: READY in line, STATUS, STOPPING, and the signs of life between.
// Must never give one that the loop has not earned: a timer only asks the loop to turn, its turn is what is told.

import { sequelOf } from '../election/after-run.js';
import type { Phase, Settings, State } from '../election/model.js';
import { comesBack } from '../election/transitions.js';
import type { Observer, Step } from '../supervisor/supervisor.js';
import type { Manager } from './manager.js';
import type { Message } from './notifier.js';
import { statusOf } from './status.js';

/** As long as a start or a stop may take without a sign of life, where the manager has not said. */
const USUAL_LIMIT_MS = 30_000;

/** As often within the limit we give one: two may be lost. */
const SIGNS_PER_LIMIT = 3;

export interface ReportOptions {
  readonly manager: Manager;
  readonly notifier: { tell(message: Message): void };
  readonly settings: Settings;
  readonly electionPath: string;
  /** The connect string, as the operator wrote it. */
  readonly ensemble: string;
  /** Asks the loop for a turn. */
  readonly turn: () => void;
}

type Stage = 'starting' | 'ready' | 'stopping';

export class Report implements Observer {
  readonly #options: ReportOptions;
  readonly #limitMs: number;
  #stage: Stage = 'starting';
  #status = '';
  #leader: string | undefined;
  #signIsDue = true;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ReportOptions) {
    this.#options = options;
    this.#limitMs = options.manager.watchdogMs ?? USUAL_LIMIT_MS;
    this.#askForTurn(0);
  }

  observe({ event, after, now }: Step): void {
    if (event.type === 'watching') this.#leader = event.ids?.leader;
    this.#advance(after, now);
    this.#tellStatus(after);
    if (this.#signIsDue) this.#giveSign(after.phase);
  }

  /** Never backwards: what has begun to stop does not become ready again. */
  #advance(state: State, now: number): void {
    if (this.#stage !== 'stopping' && isTheEnd(this.#options.settings, state, now)) {
      this.#stage = 'stopping';
      this.#options.notifier.tell({ STOPPING: '1' });
      this.#signIsDue = true;
    } else if (this.#stage === 'starting' && isInLine(state.phase)) {
      this.#stage = 'ready';
      this.#options.notifier.tell({ READY: '1' });
    }
  }

  #tellStatus(state: State): void {
    const status = statusOf(state, { ...this.#options, leader: this.#leader });
    if (status === this.#status) return;
    this.#status = status;
    this.#options.notifier.tell({ STATUS: status });
  }

  #giveSign(phase: Phase): void {
    this.#signIsDue = false;
    clearTimeout(this.#timer);
    const { manager, notifier } = this.#options;
    // The manager ends a start or a stop that takes too long, unless it hears of us; else its watchdog does.
    if (this.#stage !== 'ready')
      notifier.tell({ EXTEND_TIMEOUT_USEC: String(Math.round(this.#limitMs * 1000)) });
    else if (manager.watchdogMs !== undefined) notifier.tell({ WATCHDOG: '1' });
    else return;
    if (phase.name !== 'ended') this.#askForTurn(this.#limitMs / SIGNS_PER_LIMIT);
  }

  #askForTurn(afterMs: number): void {
    this.#timer = setTimeout(() => {
      this.#signIsDue = true;
      this.#options.turn();
    }, afterMs);
  }
}

/** Whoever stays out of the line on purpose is as ready as whoever stands there. */
const IN_LINE: ReadonlySet<Phase['name']> = new Set(['away', 'standby', 'elected', 'idle', 'leading']);

function isInLine(phase: Phase): boolean {
  return IN_LINE.has(phase.name);
}

/** Whether nothing but the end of this program can follow. */
function isTheEnd(settings: Settings, state: State, now: number): boolean {
  const { phase } = state;
  switch (phase.name) {
    case 'ended':
      return true;
    case 'resigning':
      return !comesBack(phase.next);
    case 'stopping': {
      const sequel = sequelOf(settings, state, phase, now);
      return sequel.kind === 'leave' && !comesBack(sequel.next);
    }
    case 'connecting':
    case 'away':
    case 'joining':
    case 'standby':
    case 'elected':
    case 'idle':
    case 'leading':
      return false;
  }
}
