// Owns how an operator's instruction is written beside an election path, and read again.

import * as v from 'valibot';
import type { Instruction } from '../election/term.js';
import { CODE, hasCode } from './errors.js';
import { readStat, readZnode } from './requests.js';
import type { Session } from './session.js';

const facts = v.object({
  by: v.string(),
  host: v.string(),
  since: v.string(),
  because: v.optional(v.string()),
});

/** One that has been found. */
export interface StandingInstruction extends Instruction {
  /** The transaction that made it: contenders with larger epochs came later. */
  readonly zxid: bigint;
}

/**
 * Reads the instruction at the path, or undefined where there is none. Whether there is one is all that counts: it
 * needs no permission to know, and one that may not be read, or was made by another program, is somebody's.
 */
export async function readInstruction(
  session: Session,
  what: string,
  path: string,
  watcher?: () => void,
): Promise<StandingInstruction | undefined> {
  return (await findInstruction(session, what, path, watcher))?.instruction;
}

/** Reads it with all that it says, as far as it is JSON. */
export async function findInstruction(
  session: Session,
  what: string,
  path: string,
  watcher?: () => void,
): Promise<{ readonly instruction: StandingInstruction; readonly said: unknown } | undefined> {
  const stat = await readStat(session, what, path, watcher);
  if (stat === null) return undefined;
  const zxid = stat.czxid.readBigInt64BE();
  try {
    const znode = await readZnode(session, what, path);
    if (znode === undefined) return undefined;
    const said: unknown = JSON.parse(znode.data.toString());
    const parsed = v.safeParse(facts, said);
    if (parsed.success) return { instruction: { ...parsed.output, zxid }, said };
  } catch (error) {
    if (hasCode(error, CODE.CONNECTION_LOSS)) throw error;
  }
  const since = new Date(Number(stat.ctime.readBigInt64BE())).toISOString();
  return { instruction: { by: 'somebody', host: 'unknown', since, zxid }, said: undefined };
}

export function instructionData(instruction: Instruction): Buffer {
  return Buffer.from(JSON.stringify(instruction));
}
