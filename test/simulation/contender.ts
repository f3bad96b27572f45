// Owns one running contender: the core under test, driven as src/supervisor/supervisor.ts drives it.

import type { Command, Event, Settings, State } from '../../src/election/model.js';
import { perform } from '../../src/supervisor/hands.js';
import type { Core } from './core.js';
import type { Line } from './line.js';
import type { Process } from './process.js';
import type { Appointment } from './queue.js';
import { cancel } from './queue.js';
import type { Stage } from './stage.js';
import type { WatchdogClient } from './watchdog-client.js';

export interface ContenderOptions {
  readonly name: string;
  readonly stage: Stage;
  readonly process: Process;
  readonly settings: Settings;
  readonly core: Core;
  readonly line: (push: (event: Event) => void, client: WatchdogClient) => Line;
  readonly client: (push: (event: Event) => void) => WatchdogClient;
  readonly observe: (contender: Contender, state: State, now: number, wakeAt: number) => void;
  readonly onEnd: (contender: Contender) => void;
}

/** The event loop is this late at most, when nothing stalls it. */
const LONGEST_LATENESS_MS = 3;
const LONGEST_SLEEP_WITH_COMMAND_MS = 250;

export class Contender {
  readonly #options: ContenderOptions;
  readonly #line: Line;
  readonly #client: WatchdogClient;
  #state: State;
  #timer: Appointment | undefined;
  #lastTakenAt = 0;
  #over = false;

  constructor(options: ContenderOptions) {
    this.#options = options;
    const push = (event: Event): void => {
      this.push(event);
    };
    this.#client = options.client(push);
    this.#line = options.line(push, this.#client);
    const { now } = options.process;
    const { state, commands } = options.core.begin(options.settings, now);
    this.#state = state;
    this.#say(() => 'begins');
    for (const command of commands) this.#perform(command, now);
    this.#armTimer();
  }

  get name(): string {
    return this.#options.name;
  }

  get state(): State {
    return this.#state;
  }

  get line(): Line {
    return this.#line;
  }

  get client(): WatchdogClient {
    return this.#client;
  }

  get process(): Process {
    return this.#options.process;
  }

  /** Hands an event over a little later, behind those before it. */
  push(event: Event): void {
    const { stage, process } = this.#options;
    const at = stage.queue.now + stage.random.between(0, LONGEST_LATENESS_MS);
    this.#lastTakenAt = Math.max(this.#lastTakenAt, at);
    stage.queue.at(this.#lastTakenAt, () => {
      process.read(() => {
        this.#take(event);
      });
    });
  }

  /** SIGKILL: the kernel closes what it had open. */
  kill(): void {
    this.#over = true;
    this.#options.process.kill();
    this.#line.session?.abandon();
    this.#client.desert();
    this.#say(() => 'is killed');
  }

  /** Its machine has died. */
  vanish(): void {
    this.#over = true;
    this.#say(() => 'dies with its machine');
  }

  #take(event: Event): void {
    if (this.#over) return;
    const { core, settings, process, stage } = this.#options;
    const { now } = process;
    const before = this.#state.phase;
    const { state, commands } = core.step(settings, this.#state, event, now);
    this.#state = state;
    this.#say(() => {
      const words = [describe(event)];
      if (before.name !== state.phase.name) words.push(`${before.name} -> ${state.phase.name}`);
      if (commands.length > 0) words.push(`does ${commands.map((command) => command.type).join(', ')}`);
      return words.join('; ');
    });
    if (event.type === 'heartbeat' && state.phase.name === 'leading') stage.cue('heartbeat');
    this.#options.observe(this, state, now, core.wakeAt(settings, state));
    for (const command of commands) this.#perform(command, now);
    this.#armTimer();
  }

  #perform(command: Command, now: number): void {
    perform(command, now, {
      line: this.#line,
      watchdog: this.#client,
      // It is in nobody's tree: nothing that is checked here depends on it.
      standbyHook: { run: () => undefined, end: () => undefined },
      runCheck: () => undefined,
      halt: () => {
        throw new Error('nobody presses Ctrl-Z here: to stand still is a fault of its own');
      },
      end: (ending) => {
        this.#over = true;
        cancel(this.#timer);
        this.#line.session?.close();
        this.#client.leave();
        this.#say(() => `ends: ${ending.kind}`);
        this.#options.onEnd(this);
      },
    });
  }

  #armTimer(): void {
    cancel(this.#timer);
    if (this.#over) return;
    const { core, settings, process, stage } = this.#options;
    const { phase } = this.#state;
    const hasCommand = phase.name === 'leading' || phase.name === 'stopping';
    const longestMs = hasCommand ? LONGEST_SLEEP_WITH_COMMAND_MS : Infinity;
    const delayMs = Math.min(core.wakeAt(settings, this.#state) - process.now, longestMs);
    if (delayMs === Infinity) return;
    const lateMs = stage.random.between(0, LONGEST_LATENESS_MS);
    this.#timer = process.after(Math.ceil(Math.max(delayMs, 0)) + lateMs, () => {
      this.#take({ type: 'clock' });
    });
  }

  #say(what: () => string): void {
    this.#options.stage.say(() => `${this.#options.name} ${what()}`);
  }
}

function describe(event: Event): string {
  switch (event.type) {
    case 'signal':
      return event.signal;
    case 'connected':
      return `connected, session ${Number.parseInt(event.sessionId, 16)}`;
    case 'suspended':
    case 'lost':
    case 'watchdog-lost':
      return `${event.type}: ${event.reason}`;
    case 'heartbeat':
      return event.znodeExists ? 'heartbeat answered' : 'heartbeat answered: no znode';
    case 'joined':
      return `joined as ${event.znode.name}`;
    case 'contenders':
      return `contenders: ${event.names.map((name) => name.slice(-4)).join(' ')}`;
    case 'watching':
      return `watching ${event.name.slice(-4)}${event.exists ? '' : ', which has gone'}`;
    default:
      return event.type;
  }
}
