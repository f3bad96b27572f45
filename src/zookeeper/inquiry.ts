// Owns one question to the ensemble, over a session of its own, that is asked anew on every connection.
// Must never outlive its time: whoever asks is told why there was no answer.

import type { Clock } from '../clock.js';
import { describeFailure } from './denial.js';
import { silenceLimitMs } from '../election/timing.js';
import { CODE, EnsembleError, hasCode } from './errors.js';
import { addressOf, type Ensemble, type Server } from './ensemble.js';
import { Session } from './session.js';

/** Longer ones change nothing here, and outlast us when they cannot be closed. */
const LONGEST_SESSION_MS = 12_000;

/** What is missing as long as there is no connection. */
export const NOBODY = 'no server has let us in';

export interface Inquiry<Answer> {
  readonly ensemble: Ensemble;
  readonly timeoutMs: number;
  /** Asked for, where the answer depends on it. */
  readonly sessionTimeoutMs?: number;
  readonly clock: Clock;
  /** What is missing, in words, once a server has let us in. */
  readonly waitingFor?: () => string | undefined;
  /**
   * Asks over one connection, to that server; rejects with an EnsembleError when it is lost, and is called again on
   * the next.
   */
  readonly ask: (session: Session, server: Server | undefined) => Promise<Answer>;
}

export type Reply<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'unknown'; readonly because: string };

/**
 * Settles with the first answer, and the session is closed by then, or after `timeoutMs` with what was missing.
 * Rejects for a bug of ours alone.
 */
export async function inquire<Answer>(inquiry: Inquiry<Answer>): Promise<Reply<Answer>> {
  const { ensemble, timeoutMs, clock, ask } = inquiry;
  let timer: NodeJS.Timeout | undefined;
  let missing = NOBODY;
  let session: Session | undefined;
  let server: Server | undefined;
  const shortMs = Math.min(2 * timeoutMs, LONGEST_SESSION_MS);
  const { sessionTimeoutMs = shortMs } = inquiry;
  const reply = await new Promise<Reply<Answer>>((resolve, reject) => {
    timer = setTimeout(() => {
      resolve({ kind: 'unknown', because: inquiry.waitingFor?.() ?? missing });
    }, timeoutMs);
    const opened = new Session(
      // A silent server is left for another one after a third of the time, or 2 s.
      { ensemble, sessionTimeoutMs, silenceLimitMs: silenceLimitMs(shortMs), clock },
      {
        connected: () => {
          missing = 'no quorum has answered';
          ask(opened, server).then(
            (answer) => {
              resolve({ kind: 'answer', answer });
            },
            (error: unknown) => {
              // The session connects again, and the question is asked anew.
              if (hasCode(error, CODE.CONNECTION_LOSS)) return;
              if (error instanceof EnsembleError) {
                resolve({ kind: 'unknown', because: describeFailure(error, ensemble) });
              } else reject(new Error('the question could not be asked', { cause: error }));
            },
          );
        },
        suspended: () => undefined,
        lost: (reason) => {
          resolve({ kind: 'unknown', because: `the session was lost: ${reason}` });
        },
        attempt: (tried) => {
          server = tried;
        },
        failed: (refusing, reason) => {
          if (opened.id === undefined) missing = `${NOBODY}: ${addressOf(refusing)}: ${reason}`;
        },
        denied: (message) => {
          resolve({ kind: 'unknown', because: `${NOBODY}: ${message}` });
        },
      },
    );
    session = opened;
  });
  clearTimeout(timer);
  if (reply.kind === 'unknown') session?.abandon();
  else await session?.close();
  return reply;
}
