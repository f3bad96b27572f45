// Owns one run's inhabitants: three servers, the machines of the contenders, and the commands on them.

import type { Settings } from '../../src/election/model.js';
import { silenceLimitMs } from '../../src/election/timing.js';
import { Checks } from './checks.js';
import { Child } from './child.js';
import { MachineClock } from './clock.js';
import type { Core } from './contender.js';
import { Contender } from './contender.js';
import { Ensemble } from './ensemble.js';
import { Line } from './line.js';
import { Network } from './network.js';
import type { Plan } from './plan.js';
import { MACHINES } from './plan.js';
import { Queue } from './queue.js';
import { Random } from './random.js';
import type { Cue, Stage } from './stage.js';
import { SERVERS } from './stage.js';

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
  readonly settings: Settings;
  readonly #core: Core;
  readonly #stage: Stage;
  readonly #clocks: readonly MachineClock[];
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
    this.settings = {
      timing: plan.timing,
      pattern: { prefix: undefined },
      waitMs: plan.waitMs,
      onLost: plan.onLost,
      stopSignal: 'SIGTERM',
      hangupEnds: true,
    };
    this.#clocks = plan.drifts.map(
      (percent) => new MachineClock(queue, 1 + percent / 100, this.random.between(0, 1e6)),
    );
    this.checks = new Checks((znode) => this.ensemble.committed.znodes.has(znode));
    this.ensemble = new Ensemble({
      stage: this.#stage,
      clocks: this.#clocks.slice(0, SERVERS),
      tickTimeMs: plan.timing.tickTimeMs,
      syncLimit: plan.syncLimit,
      sessionTimeoutMs: plan.timing.sessionTimeoutMs,
      pingJitterMs: plan.pingJitterMs,
      onRemoved: (names) => {
        this.checks.znodesRemoved(names);
      },
    });
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

  /** The contender whose command is alive, or the first of those that are there. */
  get first(): number | undefined {
    const withCommand = this.#contenders.findIndex((contender) => contender?.child?.isAlive === true);
    if (withCommand >= 0) return withCommand;
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
    const machine = SERVERS + place;
    const clock = this.#clocks[machine]!;
    const name = `c${place}`;
    const guid = `${name}.${this.#begun}`;
    const { sessionTimeoutMs } = this.plan.timing;
    this.#contenders[place] = new Contender({
      name,
      stage: this.#stage,
      clock,
      settings: this.settings,
      core: this.#core,
      line: (push) =>
        new Line({
          stage: this.#stage,
          machine,
          clock,
          servers: this.ensemble.servers,
          sessionTimeoutMs,
          silenceLimitMs: silenceLimitMs(sessionTimeoutMs),
          guid,
          push,
        }),
      startChild: (znode, epoch, push) => this.#startChild(name, clock, znode, epoch, push),
      observe: (contender, state, now, wakeAt) => {
        this.checks.afterStep(contender.name, state, now, wakeAt);
        const { session } = state;
        if (session.status !== 'live' || session.link.status !== 'connected') return;
        this.#mostEvidence = Math.max(this.#mostEvidence, session.link.evidence.answered.length);
      },
      onEnd: (contender) => {
        this.checks.contenderEnded(contender.name, contender.child);
        this.#contenders[place] = undefined;
        if (this.#calm) this.#beginLater(place);
      },
    });
  }

  crash(place: number): void {
    this.#contenders[place]?.vanish();
    this.#contenders[place] = undefined;
  }

  /** No more faults: all ways are healed, all machines are up, commands do not end by themselves any more. */
  calmDown(): void {
    this.#calm = true;
    this.#stage.say(() => 'all is calm');
    this.network.healAll();
    for (const server of this.ensemble.servers) server.start();
    for (const place of this.#contenders.keys()) this.begin(place);
  }

  /** A service manager's restart. */
  #beginLater(place: number): void {
    this.queue.after(RESTART_MS, () => {
      this.begin(place);
    });
  }

  #startChild(
    contender: string,
    clock: MachineClock,
    znode: string,
    epoch: bigint,
    push: ConstructorParameters<typeof Child>[0]['push'],
  ): Child {
    const { stubborn, mortal, timing } = this.plan;
    const { random } = this;
    const child: Child = new Child({
      stage: this.#stage,
      clock,
      znode,
      habits: {
        yieldsAfterMs: random.chance(stubborn) ? undefined : random.between(0, timing.leaseGraceMs * 1.5),
        livesMs: random.chance(mortal) ? random.between(0, 3 * timing.sessionTimeoutMs) : undefined,
        leftoversMs: random.chance(0.3) ? random.between(0, timing.leaseGraceMs * 2) : 0,
        killTakesMs: timing.killBudgetMs * (random.chance(0.5) ? 1 : random.next()),
      },
      mayEnd: () => !this.#calm,
      push,
      onEmpty: () => {
        this.#stage.say(() => `${contender}'s command is dead`);
        this.checks.childEmpty(child, this.queue.now);
      },
    });
    this.checks.childStarted({ contender, child, epoch }, this.queue.now);
    this.#stage.count('terms');
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
