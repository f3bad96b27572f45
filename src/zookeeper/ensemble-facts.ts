// Owns the question what an ensemble grants, and what it says of itself. Reads only.

import type { Clock } from '../clock.js';
import { CODE, EnsembleError, hasCode } from './errors.js';
import { inquire, type Reply } from './inquiry.js';
import { CONFIG_PATH, type Member, parseMembers } from './membership.js';
import type { Ensemble, Server } from './ensemble.js';
import { readZnode } from './requests.js';
import type { Session } from './session.js';

export interface EnsembleFacts {
  /** The session timeout granted for the one that was asked for. */
  readonly grantedMs: number;
  /** The shortest one that it grants; undefined when it did not say in time. */
  readonly shortestMs: number | undefined;
  /** Empty where a single server stands alone; undefined where its configuration may not be read. */
  readonly members: readonly Member[] | undefined;
  /** Who has answered. */
  readonly server: Server | undefined;
}

export interface FactsQuestion {
  readonly ensemble: Ensemble;
  readonly sessionTimeoutMs: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Whatever is asked for is raised to the shortest timeout that the ensemble grants: two ticks, unless it says otherwise. */
const ASKS_FOR_SHORTEST_MS = 1;

/** Settles with what the ensemble says, or after `timeoutMs` with what was missing; every session is closed by then. */
export async function readEnsembleFacts(question: FactsQuestion): Promise<Reply<EnsembleFacts>> {
  const { ensemble, timeoutMs, clock } = question;
  const [facts, shortest] = await Promise.all([
    inquire({ ...question, ask }),
    inquire({
      ensemble,
      timeoutMs,
      clock,
      sessionTimeoutMs: ASKS_FOR_SHORTEST_MS,
      ask: (session) => Promise.resolve(session.timeoutMs),
    }),
  ]);
  if (facts.kind === 'unknown') return facts;
  const shortestMs = shortest.kind === 'answer' ? shortest.answer : undefined;
  return { kind: 'answer', answer: { ...facts.answer, shortestMs } };
}

async function ask(session: Session, server: Server | undefined): Promise<Omit<EnsembleFacts, 'shortestMs'>> {
  return { grantedMs: session.timeoutMs, members: await readMembers(session), server };
}

async function readMembers(session: Session): Promise<readonly Member[] | undefined> {
  try {
    // Servers before 3.5 have none.
    const znode = await readZnode(session, 'read of the configuration', CONFIG_PATH);
    return znode && parseMembers(znode.data.toString());
  } catch (error) {
    // Nor does every other let everybody read it.
    if (error instanceof EnsembleError && !hasCode(error, CODE.CONNECTION_LOSS)) return undefined;
    throw error;
  }
}
