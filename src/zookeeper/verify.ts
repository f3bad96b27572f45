// Owns the question whether a term still leads, as it is asked of the ensemble.
// Must never answer yes unless a quorum has confirmed it after the question was asked.

import type { Clock } from '../clock.js';
import { type NamePattern, sequenceOf, standing } from '../election/contenders.js';
import { CODE, EnsembleError, hasCode } from './errors.js';
import { checkExists, readChildren, readContenderId, readStat } from './requests.js';
import { type Server, Session } from './session.js';

/** Longer ones change nothing here, and outlast us when they cannot be closed. */
const LONGEST_SESSION_MS = 12_000;

export interface Question {
  readonly servers: readonly Server[];
  /** The election path, its chroot included. */
  readonly path: string;
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
  const { servers, timeoutMs, clock } = question;
  let timer: NodeJS.Timeout | undefined;
  let missing = 'no server has let us in';
  let session: Session | undefined;
  const verdict = await new Promise<Verdict>((resolve, reject) => {
    timer = setTimeout(() => {
      resolve({ kind: 'unknown', because: missing });
    }, timeoutMs);
    const opened = new Session(
      // A silent server is left for another one after a third of the time, or 2 s: see silenceLimitMs().
      { servers, sessionTimeoutMs: Math.min(2 * timeoutMs, LONGEST_SESSION_MS), clock },
      {
        connected: () => {
          missing = 'no quorum has answered';
          ask(opened, question).then(resolve, (error: unknown) => {
            // The session connects again, and the question is asked anew.
            if (hasCode(error, CODE.CONNECTION_LOSS)) return;
            if (error instanceof EnsembleError) resolve({ kind: 'unknown', because: error.message });
            else reject(new Error('the question could not be asked', { cause: error }));
          });
        },
        suspended: () => undefined,
        lost: (reason) => {
          resolve({ kind: 'unknown', because: `the session was lost: ${reason}` });
        },
        attempt: () => undefined,
      },
    );
    session = opened;
  });
  clearTimeout(timer);
  if (verdict.kind === 'unknown') session?.abandon();
  else await session?.close();
  return verdict;
}

/** Asks over one connection; rejects when it is lost. */
async function ask(session: Session, { path, pattern, epoch }: Question): Promise<Verdict> {
  // What a server that was cut off still believes must not count: it answers this one only when it is not.
  if (!(await checkExists(session, 'sync with a quorum', path))) return no(`there is no election ${path}`);
  for (;;) {
    const leader = firstInLine(pattern, await readChildren(session, 'read of the contenders', path));
    if (leader === undefined) return no('nobody does');
    const znode = `${path}/${leader}`;
    const stat = await readStat(session, 'look at the leader', znode);
    // It has gone since, and the line has another first.
    if (stat === null) continue;
    const leading = stat.czxid.readBigInt64BE();
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

/** What stands in a znode may be anybody's: one line, and no orders to a terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '?');
}

function no(because: string): Verdict {
  return { kind: 'does not lead', because };
}
