// Owns one `resign`: who is asked, in which order, and what is said of it.
// Must never ask anybody when nobody could take over: the command would only be started anew where it ran.

import { hostname } from 'node:os';
import { monotonicClock } from '../clock.js';
import type { ResignOptions, Target } from '../options/steering-options.js';
import { printable } from '../printable.js';
import { nameOf } from '../status/contender.js';
import type { SignalSource } from '../supervisor/signals.js';
import { inquire } from '../zookeeper/inquiry.js';
import { holdsBack } from '../zookeeper/pause.js';
import type { Roster, RosterEntry } from '../zookeeper/roster.js';
import type { Session } from '../zookeeper/session.js';
import { Steering } from '../zookeeper/steering.js';
import type { ExitStatus } from './exit-status.js';
import { interruptible } from './interruption.js';
import { done, instructionOf, notDone, type Outcome, tellOutcome } from './steering-words.js';

/** Asks, and waits for the new leader. Settles with the way to exit, and has said what has become of it. */
export function resign(options: ResignOptions, signals: SignalSource): Promise<ExitStatus> {
  const request = new Request(options);
  const waitingFor = (): string | undefined => request.waitingFor;
  return interruptible(
    signals,
    (session) => request.carryOut(session),
    async (ask) => {
      const reply = await inquire({ ...options, clock: monotonicClock(), ask, waitingFor });
      return tellOutcome('resign', options, reply);
    },
  );
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
  #choose(roster: Roster): Outcome | undefined {
    const { electionPath, target, to } = this.#options;
    const { line } = roster;
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
      if (heir === leader) return done(waitInWords(roster) ?? `${to} leads already`);
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

function outcomeOf(roster: Roster, target: RosterEntry, to: string | undefined): Outcome {
  const [leader] = roster.line;
  if (leader === undefined) return notDone(`${nameOf(target)} has let go, and nobody is left in line`);
  const wait = waitInWords(roster);
  if (wait !== undefined) return done(wait);
  const epoch = String(leader.epoch);
  return to === undefined || leader.facts.id === to
    ? done(`${nameOf(leader)} leads (epoch ${epoch}), ${nameOf(target)} has resigned`)
    : notDone(`${nameOf(leader)} leads (epoch ${epoch}): ${to} is not first in line`);
}

/** Says what the first in line waits for, in a pause that holds it back. */
function waitInWords({ line: [first], pause }: Roster): string | undefined {
  if (first === undefined || pause === undefined || !holdsBack(pause, first.epoch)) return undefined;
  const by = printable(pause.by);
  return `${nameOf(first)} is first in line (epoch ${String(first.epoch)}), and leads when the pause of ${by} is over`;
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
