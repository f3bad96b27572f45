// Owns what must hold, whatever the plan. It sees everything, in true time, and changes nothing.

import type { State } from '../../src/election/model.js';
import type { Child } from './child.js';

export type Broken =
  | 'two children'
  | 'child without znode'
  | 'epoch'
  | 'busy loop'
  | 'evidence'
  | 'left child'
  | 'session ended early'
  | 'outlived its deadline'
  | 'watchdog not ready'
  | 'unclaimed run'
  | 'run twice'
  | 'uninvited rerun'
  | 'too late'
  | 'tick fell'
  | 'tick lost'
  | 'in the way'
  | 'record lost'
  | 'run left open'
  | 'failures forgotten'
  | 'no pause'
  | 'too many restarts'
  | 'unfit leader'
  | 'liveness'
  | 'model';

/** A rule was broken. */
export class Violation extends Error {
  readonly rule: Broken;

  constructor(rule: Broken, message: string) {
    super(`${rule}: ${message}`);
    this.rule = rule;
  }
}

/** The core promises a short memory. */
export const LONGEST_EVIDENCE = 64;

export interface Running {
  readonly contender: string;
  readonly place: number;
  readonly child: Child;
  readonly epoch: bigint;
  /** Its number in the term. */
  readonly run: number;
}

export class Checks {
  readonly #running = new Map<Child, Running>();
  readonly #isCommitted: (znode: string) => boolean;
  #last: Pick<Running, 'epoch' | 'run'> = { epoch: -1n, run: 0 };
  #emptySince: number | undefined;
  #longestGapMs = 0;

  constructor(isCommitted: (znode: string) => boolean) {
    this.#isCommitted = isCommitted;
  }

  get running(): readonly Running[] {
    return [...this.#running.values()];
  }

  /** How long no command ran between two terms, at most. */
  get longestGapMs(): number {
    return this.#longestGapMs;
  }

  childStarted(running: Running, now: number): void {
    this.#checkAlone(running);
    const { contender, epoch, run } = running;
    if (epoch < this.#last.epoch || (epoch === this.#last.epoch && run <= this.#last.run))
      throw new Violation(
        'epoch',
        `${contender} starts run ${epoch}-${run} after ${this.#last.epoch}-${this.#last.run}`,
      );
    this.#last = { epoch, run };
    this.#running.set(running.child, running);
    if (this.#emptySince !== undefined)
      this.#longestGapMs = Math.max(this.#longestGapMs, now - this.#emptySince);
  }

  /** A hook is as alive as the command that it is beside, or comes behind. */
  hookJoined(running: Running): void {
    if (this.#running.has(running.child)) return;
    this.#checkAlone(running);
    this.#running.set(running.child, running);
  }

  #checkAlone(running: Running): void {
    const [other] = this.running;
    if (other !== undefined) {
      throw new Violation(
        'two children',
        `${running.contender} starts one in epoch ${running.epoch}, while that of ${other.contender} in epoch ${other.epoch} is alive`,
      );
    }
    if (!this.#isCommitted(running.child.znode))
      throw new Violation('child without znode', `${running.contender} starts one, and its znode has gone`);
  }

  childEmpty(child: Child, now: number): void {
    this.#running.delete(child);
    this.#emptySince = now;
  }

  /** From this moment somebody else may be elected: the strictest form of the guarantee. */
  znodesRemoved(names: readonly string[]): void {
    const orphan = this.running.find(({ child }) => names.includes(child.znode));
    if (orphan !== undefined)
      throw new Violation(
        'child without znode',
        `that of ${orphan.contender} is alive, and its znode is deleted`,
      );
  }

  /** By a watchdog whose supervisor has died. */
  sessionEnded(contender: string, child: Child | undefined): void {
    if (child?.isAlive === true)
      throw new Violation('session ended early', `that of ${contender}, whose command is alive`);
  }

  /** The kill budget has passed behind a deadline that nothing moved in time. */
  deadlinePassed(contender: string, child: Child): void {
    if (child.isAlive)
      throw new Violation('outlived its deadline', `the command of ${contender} is alive behind it`);
  }

  startedUnready(contender: string): never {
    throw new Violation(
      'watchdog not ready',
      `${contender} starts a command, and its watchdog has not said so`,
    );
  }

  noMoment(killAt: number): never {
    throw new Violation('model', `a deadline of ${killAt}`);
  }

  contenderEnded(contender: string, child: Child | undefined): void {
    if (child?.isAlive === true) throw new Violation('left child', `${contender} ends before its child`);
  }

  afterStep(contender: string, state: State, now: number, wakeAt: number): void {
    if (state.phase.name !== 'ended' && wakeAt <= now)
      throw new Violation(
        'busy loop',
        `${contender} in ${state.phase.name} wants to wake ${now - wakeAt}ms ago`,
      );
    const { session } = state;
    if (session.status !== 'live' || session.link.status !== 'connected') return;
    const { length } = session.link.evidence.answered;
    if (length > LONGEST_EVIDENCE) throw new Violation('evidence', `${contender} keeps ${length} answers`);
  }
}
