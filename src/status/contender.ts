// Owns a contender as `status` shows it: its place in line, and what it is called.

import { printable } from '../printable.js';
import type { Election } from '../zookeeper/elections.js';
import type { RosterEntry } from '../zookeeper/roster.js';

/** A contender in its place; the first in line leads. */
export interface Contender {
  readonly entry: RosterEntry;
  /** 1 for the leader. */
  readonly place: number;
  /** The one next ahead, whose end it waits for; undefined for the leader. */
  readonly watches: RosterEntry | undefined;
}

/** Everybody in line, the leader first. */
export function contendersOf({ line }: Election): Contender[] {
  return line.map((entry, index) => ({ entry, place: index + 1, watches: line[index - 1] }));
}

/** What a contender is called: by its id, or by its znode where it tells none, as other programs' do. */
export function nameOf({ facts, name }: RosterEntry): string {
  return printable(facts.id === undefined || facts.id === '' ? name : facts.id);
}
