// A contender of the real core, and an ensemble that answers it in no time, or not at all: what is explained is held
// against what the election does.
import type { Command, Event } from '../../../src/election/messages.js';
import type { Settings, State } from '../../../src/election/model.js';
import { wakeAt } from '../../../src/election/passing-time.js';
import { begin, step } from '../../../src/election/step.js';
import type { Timing } from '../../../src/election/timing.js';
import { SETTINGS } from '../settings.js';

const OWN = '_c_own-lock-0000000001';
const AHEAD = '_c_ahead-lock-0000000000';

export class Rehearsal {
  now = 0;
  answers = true;
  /** When its command was started, told to end, and killed; and when the last heartbeat that was answered was sent. */
  startedAt: number | undefined;
  terminatedAt: number | undefined;
  killedAt: number | undefined;
  beatAt: number | undefined;
  readonly #settings: Settings;
  readonly #line: string[];
  #state: State;

  /** Stands alone in line, and leads, or behind another. */
  constructor(timing: Timing, place: 1 | 2) {
    this.#settings = { ...SETTINGS, timing };
    this.#line = place === 1 ? [OWN] : [AHEAD, OWN];
    const { state, commands } = begin(this.#settings, this.now);
    this.#state = state;
    this.#perform(commands);
  }

  /** Lets time pass, and does whatever comes due. */
  passUntil(moment: number): void {
    for (;;) {
      const dueAt = wakeAt(this.#settings, this.#state);
      if (dueAt > moment) break;
      this.now = Math.max(this.now, dueAt);
      this.take({ type: 'clock' });
    }
    this.now = moment;
  }

  /** Lets time pass, but no turn is taken until it is over. */
  standStillUntil(moment: number): void {
    this.now = moment;
    this.take({ type: 'clock' });
  }

  /** Gives the connection up, and is answered over another one from now on. */
  reconnect(): void {
    this.take({ type: 'suspended', reason: 'silence' });
    this.answers = true;
    this.#connect();
  }

  /** The one ahead has gone. */
  predecessorGoes(): void {
    this.#line.splice(0, 1);
    this.take({ type: 'watch-fired', name: AHEAD });
  }

  take(event: Event): void {
    const { state, commands } = step(this.#settings, this.#state, event, this.now);
    this.#state = state;
    this.#perform(commands);
  }

  #perform(commands: readonly Command[]): void {
    for (const command of commands) this.#obey(command);
  }

  #obey(command: Command): void {
    const sentAt = this.now;
    switch (command.type) {
      case 'start-watchdog':
        this.take({ type: 'watchdog-ready' });
        return;
      case 'start-child':
        this.startedAt ??= this.now;
        return;
      case 'signal-child':
        this.terminatedAt ??= this.now;
        return;
      case 'kill-child':
        this.killedAt ??= this.now;
        return;
      case 'open-session':
        if (this.answers) this.#connect();
        return;
      default:
        if (this.answers) this.#answer(command, sentAt);
    }
  }

  #connect(): void {
    const { sessionTimeoutMs } = this.#settings.timing;
    this.take({ type: 'connected', sessionId: '01', sessionTimeoutMs, sentAt: this.now });
  }

  #answer(command: Command, sentAt: number): void {
    switch (command.type) {
      case 'survey':
        this.take({ type: 'surveyed', sentAt, names: [], own: [] });
        return;
      case 'join':
        this.take({ type: 'joined', sentAt, znode: { name: OWN, epoch: 2n } });
        return;
      case 'read':
        this.take({ type: 'contenders', sentAt, names: [...this.#line] });
        return;
      case 'watch':
        this.take({ type: 'watching', sentAt, name: command.name, exists: true });
        return;
      case 'heartbeat':
        this.beatAt = sentAt;
        this.take({ type: 'heartbeat', sentAt, znodeExists: true });
        return;
      default:
        return;
    }
  }
}
