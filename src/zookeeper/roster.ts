// Owns what can be read of an election from outside: who stands in line, and whether it is paused. Reads only.

import * as v from 'valibot';
import { lineOf, type NamePattern, strangers } from '../election/contenders.js';
import { type Pause, readPause } from './pause.js';
import { readChildren, readZnode } from './requests.js';
import type { Session } from './session.js';

const facts = v.object({
  id: v.optional(v.string()),
  host: v.optional(v.string()),
  pid: v.optional(v.number()),
  command: v.optional(v.string()),
  since: v.optional(v.string()),
});

/** What a contender says of itself; another program's may say less, or nothing. */
export type ContenderFacts = Partial<v.InferOutput<typeof facts>>;

/** One contender, as its znode shows it. */
export interface RosterEntry {
  readonly name: string;
  readonly epoch: bigint;
  /** 16 hexadecimal digits. */
  readonly session: string;
  /** When it came into line, by the clock of the ensemble. */
  readonly joinedAt: Date;
  readonly facts: ContenderFacts;
}

/** An election as it was read. */
export interface Roster {
  readonly line: readonly RosterEntry[];
  readonly strangers: readonly string[];
  readonly pause: Pause | undefined;
}

/**
 * Reads who stands in line under a path whose chroot is written out.
 * @throws {EnsembleError} by rejection: CONNECTION_LOSS, or what the ensemble refuses.
 */
export async function readRoster(session: Session, path: string, pattern: NamePattern): Promise<Roster> {
  return readMembers(
    session,
    path,
    pattern,
    await readChildren(session, `read of the contenders of ${path}`, path),
  );
}

/** Reads the same where the names under the path have been read; the watcher is for the pause alone. */
export async function readMembers(
  session: Session,
  path: string,
  pattern: NamePattern,
  names: readonly string[],
  watcher?: () => void,
): Promise<Roster> {
  const [entries, pause] = await Promise.all([
    Promise.all(lineOf(pattern, names).map((name) => readEntry(session, path, name))),
    readPause(session, path, watcher),
  ]);
  // Whoever has gone since the names were read stands in line no more.
  const line = entries.filter((entry) => entry !== undefined);
  return { line, strangers: strangers(pattern, names), pause };
}

async function readEntry(session: Session, path: string, name: string): Promise<RosterEntry | undefined> {
  const znode = await readZnode(session, `look at a contender of ${path}`, `${path}/${name}`);
  if (znode === undefined) return undefined;
  const { data, stat } = znode;
  const parsed = v.safeParse(facts, parseJson(data));
  return {
    name,
    epoch: stat.czxid.readBigInt64BE(),
    session: stat.ephemeralOwner.toString('hex'),
    joinedAt: new Date(Number(stat.ctime.readBigInt64BE())),
    facts: parsed.success ? parsed.output : {},
  };
}

function parseJson(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    return undefined;
  }
}
