// Owns a contender as `status` shows it: its place in line, and what it is called.

import { printable } from '../printable.js';
import { type Election, leaderOf } from '../zookeeper/elections.js';
import type { RosterEntry } from '../zookeeper/roster.js';

/** A contender in its place. */
export interface Contender {
  readonly entry: RosterEntry;
  /** 1 for the first in line. */
  readonly place: number;
  /** The one next ahead, whose end it waits for; undefined for the first. */
  readonly watches: RosterEntry | undefined;
}

/** The one who leads. */
export function leadingIn(election: Election): Contender | undefined {
  const [first] = contendersOf(election);
  return first !== undefined && first.entry === leaderOf(election) ? first : undefined;
}

/** Everybody in line, in its order. */
export function contendersOf({ line }: Election): Contender[] {
  return line.map((entry, index) => ({ entry, place: index + 1, watches: line[index - 1] }));
}

/** What a contender is called: by its id, or by its znode where it tells none, as other programs' do. */
export function nameOf({ facts, name }: RosterEntry): string {
  return printable(facts.id === undefined || facts.id === '' ? name : facts.id);
}
