// Owns what `resign`, `pause` and `unpause` say, of contenders, of themselves, and when there is no answer.

import { hostname, userInfo } from 'node:os';
import type { Instruction } from '../election/term.js';
import { exitCodes } from '../exit-codes.js';
import { formatDuration } from '../options/duration.js';
import type { ElectionOptions } from '../options/election-options.js';
import type { Reply } from '../zookeeper/inquiry.js';
import { complain, say } from './complaint.js';
import type { ExitStatus } from './exit-status.js';

/** What the ensemble is told of whoever asks. */
export function instructionOf(because: string | undefined): Instruction {
  return {
    by: userName(),
    host: hostname(),
    since: new Date().toISOString(),
    ...(because !== undefined && { because }),
  };
}

/** What has come of a request: a sentence for each. */
export type Outcome =
  | { readonly kind: 'done'; readonly sentence: string }
  | { readonly kind: 'not done'; readonly because: string };

export function done(sentence: string): Outcome {
  return { kind: 'done', sentence };
}

export function notDone(because: string): Outcome {
  return { kind: 'not done', because };
}

export function tellOutcome(
  subcommand: string,
  options: Pick<ElectionOptions, 'ensemble' | 'timeoutMs'>,
  reply: Reply<Outcome>,
): ExitStatus {
  if (reply.kind === 'unknown') return tellProblem(subcommand, options, reply.because);
  if (reply.answer.kind === 'done') return tellAnswer(reply.answer.sentence);
  complain(subcommand, reply.answer.because);
  return { kind: 'code', code: exitCodes.no };
}

export function tellAnswer(sentence: string): ExitStatus {
  say(`${sentence}\n`);
  return { kind: 'code', code: 0 };
}

/** Whatever was begun may still come about. */
export function tellProblem(
  subcommand: string,
  { ensemble, timeoutMs }: Pick<ElectionOptions, 'ensemble' | 'timeoutMs'>,
  because: string,
): ExitStatus {
  complain(subcommand, `${because} (ensemble ${ensemble.text}, --timeout ${formatDuration(timeoutMs)})`);
  return { kind: 'code', code: exitCodes.unavailable };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user need not have a name.
    return `uid ${String(process.getuid?.() ?? 'unknown')}`;
  }
}
