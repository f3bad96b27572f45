// Owns one `resign`: who is asked, in which order, and what is said of it.
// Must never ask anybody when nobody could take over: the command would only be started anew where it ran.

import { hostname } from 'node:os';
import { monotonicClock } from '../clock.js';
import { exitCodes } from '../exit-codes.js';
import type { ResignOptions, Target } from '../options/steering-options.js';
import { nameOf } from '../status/contender.js';
import type { SignalSource } from '../supervisor/signals.js';
import { inquire } from '../zookeeper/inquiry.js';
import type { Roster, RosterEntry } from '../zookeeper/roster.js';
import type { Session } from '../zookeeper/session.js';
import { Steering } from '../zookeeper/steering.js';
import { complain } from './complaint.js';
import type { ExitStatus } from './exit-status.js';
import { interruption } from './interruption.js';
import { instructionOf, tellAnswer, tellProblem } from './steering-words.js';

/** What has come of it: a sentence for each. */
type Outcome =
  | { readonly kind: 'done'; readonly sentence: string }
  | { readonly kind: 'not done'; readonly because: string };

/** Asks, and waits for the new leader. Settles with the way to exit, and has said what has become of it. */
export function resign(options: ResignOptions, signals: SignalSource): Promise<ExitStatus> {
  return Promise.race([interruption(signals), handOver(options)]);
}

async function handOver(options: ResignOptions): Promise<ExitStatus> {
  const request = new Request(options);
  const reply = await inquire({
    ...options,
    clock: monotonicClock(),
    ask: (session) => request.carryOut(session),
    waitingFor: () => request.waitingFor,
  });
  if (reply.kind === 'unknown') return tellProblem('resign', options, reply.because);
  if (reply.answer.kind === 'done') return tellAnswer(reply.answer.sentence);
  complain('resign', reply.answer.because);
  return { kind: 'code', code: exitCodes.no };
}

/** It may be carried out over more than one connection: what has been achieved is remembered. */
class Request {
  readonly #options: ResignOptions;
  /** The one that is to resign, once it is known. */
  #target: RosterEntry | undefined;
  waitingFor: string | undefined;

  constructor(options: ResignOptions) {
    this.#options = options;
  }

  async carryOut(session: Session): Promise<Outcome> {
    const { to, because } = this.#options;
    const steering = new Steering(session, this.#options);
    const roster = await steering.roster();
    if (this.#target === undefined) {
      const problem = this.#choose(roster);
      if (problem !== undefined) return problem;
    }
    const target = this.#target;
    if (target === undefined) throw new Error('internal error: nobody was chosen');
    for (const entry of [...this.#between(roster, to), target]) {
      this.waitingFor = `${nameOf(entry)} has been asked, and has not let go yet`;
      await steering.resign(entry.name, instructionOf(because));
    }
    return outcomeOf(await steering.roster(), target, to);
  }

  /** Says why there is nobody to ask, or nothing to be done. */
  #choose({ line }: Roster): Outcome | undefined {
    const { electionPath, target, to } = this.#options;
    const [leader] = line;
    if (leader === undefined) return notDone(`nobody stands for election at ${electionPath}`);
    const chosen = line.find((entry) => isTarget(entry, target));
    if (chosen === undefined) {
      return notDone(
        `${describe(target)} does not stand for election at ${electionPath}; there are ${listed(line)}`,
      );
    }
    if (line.length === 1) {
      return notDone(
        `${nameOf(chosen)} stands alone at ${electionPath}, and would be elected anew; ` +
          'start another contender first, or stop the command everywhere with zk-leader-run pause --resign',
      );
    }
    if (to !== undefined) {
      const heir = line.find(({ facts }) => facts.id === to);
      if (heir === undefined) {
        return notDone(`${to} does not stand for election at ${electionPath}; there are ${listed(line)}`);
      }
      if (heir === leader) return { kind: 'done', sentence: `${to} leads already` };
      if (chosen !== leader) return notDone(`${nameOf(chosen)} does not lead, and cannot hand over to ${to}`);
    }
    this.#target = chosen;
    return undefined;
  }

  /** Whoever stands between the leader and its heir would lead first. */
  #between({ line }: Roster, to: string | undefined): readonly RosterEntry[] {
    if (to === undefined) return [];
    const heir = line.findIndex(({ facts }) => facts.id === to);
    return line.slice(0, Math.max(heir, 0)).filter(({ name }) => name !== this.#target?.name);
  }
}

function outcomeOf({ line, pause }: Roster, target: RosterEntry, to: string | undefined): Outcome {
  const [leader] = line;
  if (leader === undefined) return notDone(`${nameOf(target)} has let go, and nobody is left in line`);
  const epoch = String(leader.epoch);
  if (pause !== undefined) {
    return {
      kind: 'done',
      sentence: `${nameOf(leader)} is first in line (epoch ${epoch}), and leads when the pause of ${pause.by} is over`,
    };
  }
  return to === undefined || leader.facts.id === to
    ? { kind: 'done', sentence: `${nameOf(leader)} leads (epoch ${epoch}), ${nameOf(target)} has resigned` }
    : notDone(`${nameOf(leader)} leads (epoch ${epoch}): ${to} is not first in line`);
}

function isTarget({ facts }: RosterEntry, target: Target): boolean {
  switch (target.kind) {
    case 'leader':
      return true;
    case 'id':
      return facts.id === target.id;
    case 'local':
      return facts.pid === target.pid && facts.host === hostname();
  }
}

function describe(target: Target): string {
  switch (target.kind) {
    case 'leader':
      return 'a leader';
    case 'id':
      return target.id;
    case 'local':
      return `process ${String(target.pid)} of ${hostname()}`;
  }
}

function listed(line: readonly RosterEntry[]): string {
  return line.map(nameOf).join(', ');
}

function notDone(because: string): Outcome {
  return { kind: 'not done', because };
}
