// Owns one `explain`: the timings in, their explanation on stdout and the exit status out.

import { monotonicClock } from '../clock.js';
import { exitCodes } from '../exit-codes.js';
import { explain as explainSubject, toJson } from '../explanation/explanation.js';
import { toText } from '../explanation/text.js';
import type { ExplainOptions } from '../options/explain-options.js';
import type { SignalSource } from '../supervisor/signals.js';
import { readEnsembleFacts } from '../zookeeper/ensemble-facts.js';
import { say } from './complaint.js';
import type { ExitStatus } from './exit-status.js';
import { interruption } from './interruption.js';

/** Asks the ensemble what it grants, and explains. Settles with the way to exit. */
export function explain(options: ExplainOptions, signals: SignalSource): Promise<ExitStatus> {
  const { ensemble, timing, timeoutMs } = options;
  const reply = readEnsembleFacts({
    ensemble,
    sessionTimeoutMs: timing.sessionTimeoutMs,
    timeoutMs,
    clock: monotonicClock(),
  });
  return Promise.race([
    interruption(signals),
    reply.then((answer): ExitStatus => {
      const explanation = explainSubject({
        ensemble,
        timing,
        answer: answer.kind === 'answer' ? { facts: answer.answer } : answer,
      });
      say(options.json ? `${JSON.stringify(toJson(explanation), undefined, 2)}\n` : toText(explanation));
      if (answer.kind === 'unknown') return { kind: 'code', code: exitCodes.unavailable };
      return { kind: 'code', code: explanation.refusal === undefined ? 0 : exitCodes.no };
    }),
  ]);
}
