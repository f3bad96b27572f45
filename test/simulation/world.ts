// Owns one run's inhabitants: three servers, the machines of the contenders, and the processes and commands on them.

import { keepsLedger, RUN_ONCE } from '../../src/election/job.js';
import { silenceLimitMs } from '../../src/election/timing.js';
import type { OrderOf, SessionKey } from '../../src/watchdog/protocol.js';
import { Checks, type Running } from './checks.js';
import { Child } from './child.js';
import { MachineClock } from './clock.js';
import { Contender } from './contender.js';
import type { Core } from './core.js';
import { Ensemble } from './ensemble.js';
import { Line } from './line.js';
import { LedgerChecks } from './ledger-checks.js';
import { FIRST_WALL_MS, Machine } from './machine.js';
import { Network } from './network.js';
import type { Plan } from './plan.js';
import { MACHINES } from './plan.js';
import { Process } from './process.js';
import { Queue } from './queue.js';
import { Random } from './random.js';
import type { Cue, Stage } from './stage.js';
import { SERVERS } from './stage.js';
import { habitsOf, settingsOf, TERM_HOOKS } from './settings.js';
import { endSession } from './session-ender.js';
import type { ChildListener } from './watchdog.js';
import { Watchdog } from './watchdog.js';
import { MARKER, RUN_ID, WatchdogClient } from './watchdog-client.js';

export interface WorldOptions {
  readonly plan: Plan;
  readonly core: Core;
  readonly say: (at: number, line: () => string) => void;
  readonly count: (figure: string) => void;
}

export class World {
  readonly plan: Plan;
  readonly queue = new Queue();
  readonly random: Random;
  readonly network: Network;
  readonly ensemble: Ensemble;
  readonly checks: Checks;
  /** Undefined where no ledger is kept. */
  readonly ledger: LedgerChecks | undefined;
  readonly #core: Core;
  readonly #stage: Stage;
  readonly #machines: readonly Machine[];
  readonly #contenders: (Contender | undefined)[];
  readonly #cues = new Map<Cue, (() => void)[]>();
  #begun = 0;
  #calm = false;
  #mostEvidence = 0;

  constructor({ plan, core, say, count }: WorldOptions) {
    const { queue } = this;
    this.plan = plan;
    this.#core = core;
    this.random = new Random(plan.seed);
    this.network = new Network({ queue, random: this.random, machines: MACHINES, delayMs: plan.delayMs });
    this.#stage = {
      queue,
      random: this.random,
      network: this.network,
      say: (line) => {
        say(queue.now, line);
      },
      cue: (cue) => {
        this.#onCue(cue);
      },
      count,
    };
    const clocks = plan.drifts.map(
      (percent) => new MachineClock(queue, 1 + percent / 100, this.random.between(0, 1e6)),
    );
    this.checks = new Checks((znode) => this.ensemble.committed.znodes.has(znode));
    this.ledger =
      plan.work === undefined ? undefined : new LedgerChecks(plan.work.job, () => queue.now, count);
    this.ensemble = new Ensemble({
      stage: this.#stage,
      clocks: clocks.slice(0, SERVERS),
      tickTimeMs: plan.timing.tickTimeMs,
      syncLimit: plan.syncLimit,
      sessionTimeoutMs: plan.timing.sessionTimeoutMs,
      pingJitterMs: plan.pingJitterMs,
      onCommit: ({ effect }, changed) => {
        this.checks.znodesRemoved(changed);
        const point = effect.kind === 'ledger-put' ? this.ledger?.committed(effect.ledger) : undefined;
        if (point !== undefined) this.#onCue(point);
      },
    });
    this.#machines = clocks
      .slice(SERVERS)
      .map((clock, place) => new Machine(SERVERS + place, clock, plan.wallsFastMs[place] ?? 0));
    this.#contenders = Array.from({ length: plan.contenders }, () => undefined);
    for (const place of this.#contenders.keys())
      queue.at(this.random.between(0, 500), () => {
        this.begin(place);
      });
  }

  get stage(): Stage {
    return this.#stage;
  }

  get contenders(): readonly (Contender | undefined)[] {
    return this.#contenders;
  }

  get mostEvidence(): number {
    return this.#mostEvidence;
  }

  get machines(): readonly Machine[] {
    return this.#machines;
  }

  /** The contender whose command is alive, or who leads without one, or the first of those that are there. */
  get first(): number | undefined {
    const [running] = this.checks.running;
    if (running !== undefined) return running.place;
    const leader = this.#contenders.findIndex((contender) => contender?.state.phase.name === 'idle');
    if (leader >= 0) return leader;
    const present = this.#contenders.findIndex((contender) => contender !== undefined);
    return present >= 0 ? present : undefined;
  }

  /** Runs it when the cue comes, or after a while without one. */
  upon(cue: Cue, atMostMs: number, run: () => void): void {
    let done = false;
    const once = (): void => {
      if (done) return;
      done = true;
      run();
    };
    const waiting = this.#cues.get(cue) ?? [];
    waiting.push(once);
    this.#cues.set(cue, waiting);
    this.queue.after(atMostMs, once);
  }

  begin(place: number): void {
    if (this.#contenders[place] !== undefined) return;
    this.#begun += 1;
    const machine = this.#machines[place]!;
    const process = new Process(this.queue, machine, this.#core);
    const guid = `c${place}.${this.#begun}`;
    const { sessionTimeoutMs } = this.plan.timing;
    const silence = silenceLimitMs(sessionTimeoutMs);
    this.#contenders[place] = new Contender({
      name: `c${place}`,
      stage: this.#stage,
      process,
      settings: settingsOf(this.plan, place, guid),
      core: this.#core,
      passesCheck: () => this.#calm || !this.random.chance(this.plan.work?.unfit ?? 0),
      line: (push, client) =>
        new Line({
          stage: this.#stage,
          process,
          servers: this.ensemble.servers,
          sessionTimeoutMs,
          silenceLimitMs: silence,
          guid,
          writesUnchecked: this.#core.writesUnchecked,
          keepsLedger: keepsLedger(this.plan.work?.job ?? RUN_ONCE),
          push,
          onSession: (id) => {
            client.setSession({ id, password: '', timeoutMs: sessionTimeoutMs, servers: [] });
          },
        }),
      client: (push) =>
        new WatchdogClient({
          stage: this.#stage,
          checks: this.checks,
          process,
          silenceLimitMs: silence,
          hooks: this.plan.hooks ? TERM_HOOKS : [],
          spawn: (report, onExit) => this.#spawnWatchdog(place, report, onExit),
          push,
        }),
      observe: (contender, state, now, wakeAt) => {
        this.checks.afterStep(contender.name, state, now, wakeAt);
        const { session } = state;
        if (session.status !== 'live' || session.link.status !== 'connected') return;
        this.#mostEvidence = Math.max(this.#mostEvidence, session.link.evidence.answered.length);
      },
      onEnd: ({ name, client }) => {
        this.checks.contenderEnded(name, client.watchdog?.child);
        this.checks.contenderEnded(name, client.former?.child);
        this.#contenders[place] = undefined;
        if (this.#calm) this.#beginLater(place);
      },
    });
  }

  /** SIGKILL to the supervisor; its watchdog lives on. */
  kill(place: number): void {
    this.#contenders[place]?.kill();
    this.#contenders[place] = undefined;
  }

  /** The machine dies, with everything on it; the session is left to expire. */
  crash(place: number): void {
    this.#contenders[place]?.vanish();
    this.#contenders[place] = undefined;
    this.#machines[place]?.die();
  }

  /**
   * No more faults: all ways are healed, all machines are up, nothing stands still, wall clocks are right, commands
   * that are run once a term do not end by themselves and the others succeed, and checks pass.
   */
  calmDown(): void {
    this.#calm = true;
    this.#stage.say(() => 'all is calm');
    this.network.healAll();
    for (const server of this.ensemble.servers) server.start();
    for (const machine of this.#machines) {
      machine.wake();
      machine.setWallClock(FIRST_WALL_MS + this.queue.now);
    }
    for (const place of this.#contenders.keys()) this.begin(place);
  }

  /** A service manager's restart. */
  #beginLater(place: number): void {
    this.queue.after(RESTART_MS, () => {
      this.begin(place);
    });
  }

  #spawnWatchdog(
    place: number,
    report: ConstructorParameters<typeof Watchdog>[0]['report'],
    onExit: () => void,
  ): Watchdog {
    const { timing, watchdogStartMs } = this.plan;
    const process = new Process(this.queue, this.#machines[place]!, this.#core);
    return new Watchdog({
      name: `c${place}`,
      stage: this.#stage,
      process,
      core: this.#core,
      checks: this.checks,
      killBudgetMs: timing.killBudgetMs,
      startsInMs: this.random.between(0.2, 1) * watchdogStartMs,
      report,
      startChild: (order, listener) => this.#startChild(place, order, listener),
      endSession: (key, done) => {
        this.#endSession(process, key, done);
      },
      onExit,
    });
  }

  #endSession(process: Process, key: SessionKey, done: () => void): void {
    this.#stage.count('sessions ended for the dead');
    const { servers } = this.ensemble;
    const session = Number.parseInt(key.id, 16);
    endSession({ stage: this.#stage, process, session, servers, sessionTimeoutMs: key.timeoutMs }, done);
  }

  #startChild(
    place: number,
    { term, marker, environment }: OrderOf<'start'>,
    listener: ChildListener,
  ): Child {
    const contender = `c${place}`;
    const child: Child = new Child({
      machine: this.#machines[place]!,
      znode: marker.slice(MARKER.length),
      habits: habitsOf(this.plan, this.random, () => this.#calm),
      listener,
      onEmpty: () => {
        this.#stage.say(() => `${contender}'s command is dead`);
        this.checks.childEmpty(child, this.queue.now);
        this.ledger?.ended();
        this.#onCue('end');
      },
      onJoin: () => {
        this.#stage.count('hooks');
        this.checks.hookJoined(running);
      },
    });
    const id = environment[RUN_ID] ?? '';
    const running: Running = { contender, place, child, epoch: BigInt(term), run: numberOf(id) };
    this.checks.childStarted(running, this.queue.now);
    this.ledger?.started(running, id);
    this.#stage.say(() => `${contender}'s command starts, run ${id}`);
    if (running.run === 1) this.#stage.count('terms');
    this.#stage.cue('start');
    return child;
  }

  #onCue(cue: Cue): void {
    const waiting = this.#cues.get(cue);
    if (waiting === undefined) return;
    this.#cues.delete(cue);
    for (const run of waiting) this.queue.after(0, run);
  }
}

const RESTART_MS = 1000;

/** Of a run, in its term. */
function numberOf(id: string): number {
  return Number(id.slice(id.indexOf('-') + 1));
}
