// Owns one `verify`: the question in, a line on stderr and the exit status out.

import { monotonicClock } from '../clock.js';
import { exitCodes } from '../exit-codes.js';
import { formatDuration } from '../options/duration.js';
import type { VerifyOptions } from '../options/verify-options.js';
import type { SignalSource } from '../supervisor/signals.js';
import { type Verdict, verify as ask } from '../zookeeper/verify.js';
import { complain } from './complaint.js';
import type { ExitStatus } from './exit-status.js';
import { interruption } from './interruption.js';

/** Asks whether the term leads. Settles with the way to exit, and has said why unless the answer is yes. */
export function verify(options: VerifyOptions, signals: SignalSource): Promise<ExitStatus> {
  const { ensemble, electionPath, epoch, znodePrefix, timeoutMs } = options;
  const verdict = ask({
    ensemble,
    electionPath,
    pattern: { prefix: znodePrefix },
    epoch,
    timeoutMs,
    clock: monotonicClock(),
  });
  return Promise.race([interruption(signals), verdict.then((answer) => tell(options, answer))]);
}

function tell({ ensemble, epoch, timeoutMs }: VerifyOptions, verdict: Verdict): ExitStatus {
  switch (verdict.kind) {
    case 'leads':
      return { kind: 'code', code: 0 };
    case 'does not lead':
      complain('verify', `epoch ${String(epoch)} does not lead: ${verdict.because}`);
      return { kind: 'code', code: exitCodes.no };
    case 'unknown':
      complain(
        'verify',
        `cannot tell whether epoch ${String(epoch)} leads: ${verdict.because} ` +
          `(ensemble ${ensemble.text}, --timeout ${formatDuration(timeoutMs)})`,
      );
      return { kind: 'code', code: exitCodes.unavailable };
  }
}
