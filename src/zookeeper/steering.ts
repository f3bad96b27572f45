// Owns what an operator's requests change at the ensemble: the pause, and the requests to resign.
// Must never touch a contender's znode: each is deleted by the contender that made it, or by the end of its session.

import zookeeper from 'node-zookeeper-client';
import type { NamePattern } from '../election/contenders.js';
import type { Instruction } from '../election/term.js';
import { type Acl, OPEN } from './acl.js';
import { Alarm } from './alarm.js';
import { controlPath, pausePath, resignRequestPath } from './control-path.js';
import { instructionData } from './instruction.js';
import { makePath } from './parents.js';
import { makePause } from './pause.js';
import { checkExists, createUnlessThere, readStat, removeZnode } from './requests.js';
import { readRoster, type Roster } from './roster.js';
import type { Ensemble } from './ensemble.js';
import type { Session } from './session.js';

/** Which election, and how the ensemble is reached. */
interface SteeredElection {
  readonly ensemble: Ensemble;
  readonly electionPath: string;
  /** What contender znodes begin with; undefined for the protected naming of Curator. */
  readonly znodePrefix: string | undefined;
}

/** An election as operators steer it, over one session. Every method rejects with an EnsembleError. */
export class Steering {
  readonly #session: Session;
  readonly #path: string;
  readonly #pattern: NamePattern;
  readonly #acl: Acl;

  constructor(session: Session, { ensemble, electionPath, znodePrefix }: SteeredElection) {
    this.#session = session;
    this.#path = ensemble.chroot + electionPath;
    this.#pattern = { prefix: znodePrefix };
    this.#acl = ensemble.acl ?? OPEN;
  }

  roster(): Promise<Roster> {
    return readRoster(this.#session, this.#path, this.#pattern);
  }

  /** Whether anybody has ever stood for election there, or steered it. */
  async exists(): Promise<boolean> {
    const paths = [this.#path, controlPath(this.#path)];
    const looks = paths.map((path) => checkExists(this.#session, 'look for an election', path));
    return (await Promise.all(looks)).includes(true);
  }

  /** Pauses the election; settles with the pause that stands, which may be somebody else's. */
  async pause(instruction: Instruction): Promise<Instruction> {
    // A write: what is read behind it is at least as new.
    await makePath(this.#session, controlPath(this.#path), this.#acl);
    for (;;) {
      const {
        line: [first],
        pause,
      } = await this.roster();
      if (pause !== undefined) return pause;
      const asked = { first, instruction, acl: this.#acl };
      if (await makePause(this.#session, this.#path, asked)) return instruction;
    }
  }

  /** Ends a pause; settles with whether there was one. */
  unpause(): Promise<boolean> {
    return removeZnode(this.#session, 'end of the pause', pausePath(this.#path));
  }

  /** Asks the contender of that name to resign; settles once its znode has gone. The request goes with our session. */
  async resign(name: string, instruction: Instruction): Promise<void> {
    await makePath(this.#session, controlPath(this.#path), this.#acl);
    await this.#ask(resignRequestPath(this.#path, name), instruction);
    const alarm = new Alarm();
    while (await this.#stands(name, alarm)) await alarm.woken();
  }

  async #stands(name: string, { watcher }: Alarm): Promise<boolean> {
    return (await readStat(this.#session, 'look at a contender', `${this.#path}/${name}`, watcher)) !== null;
  }

  /** Whoever has asked before us has asked for the same. */
  async #ask(path: string, instruction: Instruction): Promise<void> {
    await createUnlessThere(this.#session, 'create of a request', {
      path,
      data: instructionData(instruction),
      acl: this.#acl,
      mode: zookeeper.CreateMode.EPHEMERAL,
    });
  }
}
