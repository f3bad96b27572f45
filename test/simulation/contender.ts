// Owns one running contender: the core under test, driven as src/supervisor/supervisor.ts drives it.

import type { Command, Event } from '../../src/election/messages.js';
import type { Phase, Settings, State } from '../../src/election/model.js';
import { perform } from '../../src/supervisor/hands.js';
import { hasMoved, LONGEST_TIMER_MS, sleepMs } from '../../src/supervisor/rhythm.js';
import type { Core } from './core.js';
import { FitnessCheck } from './fitness-check.js';
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
  /** Runs the check, which has passed if that is so. */
  readonly passesCheck: () => boolean;
  readonly observe: (contender: Contender, state: State, now: number, wakeAt: number) => void;
  readonly onEnd: (contender: Contender) => void;
}

/** The event loop is this late at most, when nothing stalls it. */
const LONGEST_LATENESS_MS = 3;
const LONGEST_CHECK_MS = 50;

export class Contender {
  readonly #options: ContenderOptions;
  readonly #line: Line;
  readonly #client: WatchdogClient;
  readonly #fitness: FitnessCheck;
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
    this.#fitness = new FitnessCheck(options.name, options.settings.job.check);
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
    const { process } = this.#options;
    const { now } = process;
    const offsetMs = process.machine.wallMs - now;
    if (hasMoved(offsetMs, this.#state.wallOffsetMs)) this.#step({ type: 'wall-clock', offsetMs }, now);
    this.#step(event, now);
    this.#armTimer();
  }

  #step(event: Event, now: number): void {
    if (this.#over) return;
    const { core, settings, stage } = this.#options;
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
    this.#fitness.heed(event, before, state.phase);
    this.#cueRun(before, state.phase);
    this.#options.observe(this, state, now, core.wakeAt(settings, state));
    for (const command of commands) this.#perform(command, now);
  }

  /** Faults that wait for it come behind whatever is sent now. */
  #cueRun(before: Phase, after: Phase): void {
    const { stage } = this.#options;
    const claim = after.name === 'idle' ? after.claim : undefined;
    if (claim !== undefined && (before.name !== 'idle' || before.claim !== claim)) stage.cue('claim');
    if (before.name === 'idle' && after.name === 'leading') stage.cue('granted');
  }

  #perform(command: Command, now: number): void {
    perform(command, now, {
      line: this.#line,
      watchdog: this.#client,
      // It is in nobody's tree: nothing that is checked here depends on it.
      standbyHook: { run: () => undefined, end: () => undefined },
      runCheck: () => {
        const { process, stage, passesCheck } = this.#options;
        process.after(stage.random.between(1, LONGEST_CHECK_MS), () => {
          this.push({ type: 'checked', passed: passesCheck(), because: 'it has said so' });
        });
      },
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
    const delayMs = sleepMs(settings, phase, process.now, core.wakeAt(settings, this.#state));
    if (delayMs === LONGEST_TIMER_MS) return;
    const lateMs = stage.random.between(0, LONGEST_LATENESS_MS);
    this.#timer = process.after(delayMs + lateMs, () => {
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
    case 'ledger-written':
      return `ledger ${event.revision} ${event.outcome}`;
    case 'wall-clock':
      return `wall clock ${Math.round(event.offsetMs)}ms ahead`;
    case 'watching':
      return `watching ${event.name.slice(-4)}${event.exists ? '' : ', which has gone'}`;
    default:
      return event.type;
  }
}
