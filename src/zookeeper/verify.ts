// Owns the question whether a term still leads, as it is asked of the ensemble.
// Must never answer yes unless a quorum has confirmed it after the question was asked.

import type { Clock } from '../clock.js';
import { type NamePattern, sequenceOf, standing } from '../election/contenders.js';
import { printable } from '../printable.js';
import { inquire } from './inquiry.js';
import { holdsBack, readPause } from './pause.js';
import { checkExists, readChildren, readContenderId, readStat } from './requests.js';
import type { Ensemble } from './ensemble.js';
import type { Session } from './session.js';

export interface Question {
  readonly ensemble: Ensemble;
  readonly electionPath: string;
  readonly pattern: NamePattern;
  readonly epoch: bigint;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

export type Verdict =
  /** At a moment between the question and the answer. */
  | { readonly kind: 'leads' }
  | { readonly kind: 'does not lead'; readonly because: string }
  | { readonly kind: 'unknown'; readonly because: string };

/**
 * Asks whether the epoch leads. Settles with the first answer of a quorum, and the session is closed by then, or after
 * `timeoutMs`. Rejects for a bug of ours alone.
 */
export async function verify(question: Question): Promise<Verdict> {
  const reply = await inquire({ ...question, ask: (session) => ask(session, question) });
  return reply.kind === 'answer' ? reply.answer : reply;
}

/** Asks over one connection; rejects when it is lost. */
async function ask(session: Session, { ensemble, electionPath, pattern, epoch }: Question): Promise<Verdict> {
  const path = ensemble.chroot + electionPath;
  // What a server that was cut off still believes must not count: it answers this one only when it is not.
  if (!(await checkExists(session, 'sync with a quorum', path))) return no(`there is no election ${path}`);
  for (;;) {
    const leader = firstInLine(pattern, await readChildren(session, 'read of the contenders', path));
    if (leader === undefined) return no('nobody does');
    const znode = `${path}/${leader}`;
    // The pause is read behind the first in line, who is so until its znode is gone.
    const [stat, pause] = await Promise.all([
      readStat(session, 'look at the leader', znode),
      readPause(session, path),
    ]);
    // It has gone since, and the line has another first.
    if (stat === null) continue;
    const leading = stat.czxid.readBigInt64BE();
    if (pause !== undefined && holdsBack(pause, leading)) {
      return no(
        `nobody does, since ${printable(pause.by)} on ${printable(pause.host)} has paused the election`,
      );
    }
    if (leading !== epoch) {
      const id = await readContenderId(session, 'look at the leader', znode);
      return no(`epoch ${String(leading)} does${id === undefined ? '' : ` (${printable(id)})`}`);
    }
    // Whoever is first stays so for as long as the znode exists: later ones have larger numbers.
    const still = await checkExists(session, 'confirmation by a quorum', znode);
    return still ? { kind: 'leads' } : no('its znode has gone');
  }
}

function firstInLine(pattern: NamePattern, names: readonly string[]): string | undefined {
  const anyone = names.find((name) => sequenceOf(pattern, name) !== undefined);
  if (anyone === undefined) return undefined;
  const place = standing(pattern, names, anyone);
  return place.kind === 'behind' ? place.leader : anyone;
}

function no(because: string): Verdict {
  return { kind: 'does not lead', because };
}
