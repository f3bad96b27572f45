// Owns the pause of an election: how it is made and read, and whom it keeps from leading.
// Must never name a first in line who was not so at that moment: the pause stands for as long as operators believe it.

import zookeeper from 'node-zookeeper-client';
import * as v from 'valibot';
import type { Instruction } from '../election/term.js';
import { type Acl, toEntries } from './acl.js';
import { pausePath } from './control-path.js';
import { CODE } from './errors.js';
import { findInstruction, type StandingInstruction } from './instruction.js';
import type { Session } from './session.js';

/** One that has been found. */
export interface Pause extends StandingInstruction {
  /** The epoch of whoever was first in line when it was made; unknown where it does not say, as one made by hand. */
  readonly first: bigint | 'nobody' | 'unknown';
}

const facts = v.object({ first: v.nullable(v.pipe(v.string(), v.regex(/^\d{1,19}$/))) });

/** Reads the pause of the election at the path, or undefined where there is none. */
export async function readPause(
  session: Session,
  electionPath: string,
  watcher?: () => void,
): Promise<Pause | undefined> {
  const found = await findInstruction(session, 'look for a pause', pausePath(electionPath), watcher);
  return found && { ...found.instruction, first: firstIn(found.said) };
}

function firstIn(said: unknown): Pause['first'] {
  const parsed = v.safeParse(facts, said);
  if (!parsed.success) return 'unknown';
  return parsed.output.first === null ? 'nobody' : BigInt(parsed.output.first);
}

/**
 * Whether it keeps the first in line, of that epoch, from leading. Nobody begins to lead in a pause: whoever does lead
 * was first when it was made.
 */
export function holdsBack({ first, zxid }: Pause, epoch: bigint): boolean {
  switch (first) {
    case 'unknown':
      return true;
    // Nothing can be checked of an empty line: one that came between the look at it and the pause may lead.
    case 'nobody':
      return epoch > zxid;
    default:
      return epoch !== first;
  }
}

/** Who stands first in line; undefined where nobody does. */
interface First {
  readonly name: string;
  readonly epoch: bigint;
}

/**
 * Makes the pause of the election at the path, in one transaction with a look whether that one still stands first: it
 * stays so until its znode is gone. Settles with false where that has happened, or where there is a pause.
 * @throws {EnsembleError} by rejection.
 */
export function makePause(
  session: Session,
  electionPath: string,
  { first, instruction, acl }: { first: First | undefined; instruction: Instruction; acl: Acl },
): Promise<boolean> {
  const data = JSON.stringify({ ...instruction, first: first === undefined ? null : String(first.epoch) });
  return session.request<boolean>('create of a pause', (client, done) => {
    const transaction = client.transaction();
    if (first !== undefined) transaction.check(`${electionPath}/${first.name}`);
    transaction
      .create(pausePath(electionPath), Buffer.from(data), toEntries(acl), zookeeper.CreateMode.PERSISTENT)
      .commit((error, results = []) => {
        const [check] = first === undefined ? [] : results;
        const isOutdated = check?.err === CODE.NO_NODE || results.at(-1)?.err === CODE.NODE_EXISTS;
        if (isOutdated) done(undefined, false);
        else done(error, true);
      });
  });
}
