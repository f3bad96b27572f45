// Owns what has changed between two looks at the elections. Pure: it asks nobody.

import { isDeepStrictEqual } from 'node:util';
import type { Election } from '../zookeeper/elections.js';
import { type Contender, contendersOf, leadingIn } from './contender.js';

/** One change, in the election as it was seen afterwards (for `removed`: before). */
export type Change = { readonly election: Election } & (
  | { readonly kind: 'leads'; readonly contender: Contender; readonly after: Contender | undefined }
  | { readonly kind: 'leaderless'; readonly after: Contender | undefined }
  /** The place is the one that it has come to, or has left. */
  | { readonly kind: 'joined' | 'left'; readonly contender: Contender }
  | { readonly kind: 'paused' | 'resumed' | 'strangers' | 'removed' }
);

/** Lists what is different; before the first look there was nothing. */
export function changesBetween(before: readonly Election[], after: readonly Election[]): Change[] {
  const old = new Map(before.map((election) => [election.path, election]));
  const kept = new Set(after.map(({ path }) => path));
  const removed = before.filter(({ path }) => !kept.has(path));
  return [
    ...removed.map((election): Change => ({ kind: 'removed', election })),
    ...after.flatMap((election) => changesIn(old.get(election.path), election)),
  ];
}

function changesIn(before: Election | undefined, election: Election): Change[] {
  const was = before ?? { path: election.path, line: [], strangers: [], pause: undefined };
  const changes: Change[] = [];
  const leader = changeOfLeader(before, election);
  if (leader !== undefined) changes.push(leader);
  for (const contender of standbysOf(election)) {
    if (!standsIn(was, contender)) changes.push({ kind: 'joined', election, contender });
  }
  for (const contender of standbysOf(was)) {
    if (!standsIn(election, contender)) changes.push({ kind: 'left', election, contender });
  }
  if (!isDeepStrictEqual(was.strangers, election.strangers)) changes.push({ kind: 'strangers', election });
  if (!isDeepStrictEqual(was.pause, election.pause))
    changes.push({ kind: election.pause === undefined ? 'resumed' : 'paused', election });
  return changes;
}

function changeOfLeader(before: Election | undefined, election: Election): Change | undefined {
  const after = before && leadingIn(before);
  const contender = leadingIn(election);
  if (before !== undefined && after?.entry.name === contender?.entry.name) return undefined;
  return contender === undefined
    ? { kind: 'leaderless', election, after }
    : { kind: 'leads', election, contender, after };
}

function standbysOf(election: Election): Contender[] {
  const leader = leadingIn(election);
  return contendersOf(election).filter(({ place }) => place !== leader?.place);
}

function standsIn({ line }: Election, { entry }: Contender): boolean {
  return line.some(({ name }) => name === entry.name);
}
