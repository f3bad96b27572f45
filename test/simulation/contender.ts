// Owns one running contender: the core under test, driven as src/supervisor/supervisor.ts drives it.

import type { Command, Event, Settings, State } from '../../src/election/model.js';
import type { wakeAt } from '../../src/election/passing-time.js';
import type { begin, step } from '../../src/election/step.js';
import type { Child } from './child.js';
import type { MachineClock } from './clock.js';
import type { Line } from './line.js';
import type { Appointment } from './queue.js';
import { cancel } from './queue.js';
import type { Stage } from './stage.js';

/** What is being proved: the real core, or a mutant of it. */
export interface Core {
  readonly begin: typeof begin;
  readonly step: typeof step;
  readonly wakeAt: typeof wakeAt;
}

export interface ContenderOptions {
  readonly name: string;
  readonly stage: Stage;
  readonly clock: MachineClock;
  readonly settings: Settings;
  readonly core: Core;
  readonly line: (push: (event: Event) => void) => Line;
  readonly startChild: (name: string, epoch: bigint, push: (event: Event) => void) => Child;
  readonly observe: (contender: Contender, state: State, now: number, wakeAt: number) => void;
  readonly onEnd: (contender: Contender) => void;
}

/** The event loop is this late at most, when nothing stalls it. */
const LONGEST_LATENESS_MS = 3;
const LONGEST_SLEEP_WITH_COMMAND_MS = 250;

export class Contender {
  readonly #options: ContenderOptions;
  readonly #line: Line;
  #state: State;
  #child: Child | undefined;
  #timer: Appointment | undefined;
  #lastTakenAt = 0;
  #stalledUntil = 0;
  #over = false;

  constructor(options: ContenderOptions) {
    this.#options = options;
    this.#line = options.line((event) => {
      this.push(event);
    });
    const { state, commands } = options.core.begin(options.clock.now);
    this.#state = state;
    this.#say(() => 'begins');
    for (const command of commands) this.#perform(command, options.clock.now);
    this.#armTimer();
  }

  get name(): string {
    return this.#options.name;
  }

  get state(): State {
    return this.#state;
  }

  get child(): Child | undefined {
    return this.#child;
  }

  get line(): Line {
    return this.#line;
  }

  /** Hands an event over a little later: behind those before it, and behind whatever stalls the loop. */
  push(event: Event): void {
    const { stage } = this.#options;
    const at = stage.queue.now + stage.random.between(0, LONGEST_LATENESS_MS);
    this.#lastTakenAt = Math.max(this.#lastTakenAt, at, this.#stalledUntil);
    stage.queue.at(this.#lastTakenAt, () => {
      this.#take(event);
    });
  }

  stall(ms: number): void {
    this.#stalledUntil = Math.max(this.#stalledUntil, this.#options.stage.queue.now + ms);
  }

  /** The machine dies, with the command; the session is left to expire. */
  vanish(): void {
    this.#over = true;
    cancel(this.#timer);
    this.#child?.vanish();
    this.#line.session?.vanish();
    this.#say(() => 'dies with its machine');
  }

  #take(event: Event): void {
    if (this.#over) return;
    const { core, settings, clock, stage } = this.#options;
    const now = clock.now;
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
    const line = this.#line;
    switch (command.type) {
      case 'open-session':
        line.openSession();
        return;
      case 'survey':
        line.survey(now);
        return;
      case 'join':
        line.join(now);
        return;
      case 'read':
        line.read(now);
        return;
      case 'watch':
        line.watch(command.name, command.leader, now);
        return;
      case 'heartbeat':
        line.heartbeat(command.name, now);
        return;
      case 'remove':
        line.remove(command.name, now);
        return;
      case 'start-child': {
        const { name, epoch } = command.znode;
        this.#child = this.#options.startChild(name, epoch, (event) => {
          this.push(event);
        });
        return;
      }
      case 'signal-child':
        this.#child?.signal();
        return;
      case 'kill-child':
        this.#child?.kill();
        return;
      case 'end':
        this.#over = true;
        cancel(this.#timer);
        line.session?.close();
        this.#say(() => `ends: ${command.ending.kind}`);
        this.#options.onEnd(this);
        return;
    }
  }

  #armTimer(): void {
    cancel(this.#timer);
    if (this.#over) return;
    const { core, settings, clock, stage } = this.#options;
    const { phase } = this.#state;
    const hasCommand = phase.name === 'leading' || phase.name === 'stopping';
    const longestMs = hasCommand ? LONGEST_SLEEP_WITH_COMMAND_MS : Infinity;
    const wakeAt = Math.min(core.wakeAt(settings, this.#state), clock.now + longestMs);
    if (wakeAt === Infinity) return;
    this.#timer = clock.at(wakeAt + stage.random.between(0, LONGEST_LATENESS_MS), () => {
      // A timer that is due goes before what has come in, unless the loop stands still.
      if (stage.queue.now < this.#stalledUntil) this.push({ type: 'clock' });
      else this.#take({ type: 'clock' });
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
