// Owns the refusal of timings that contradict each other, in the words of the lease arithmetic.

import { contradiction, type Timing } from '../election/timing.js';
import { UsageError } from './usage-error.js';

/** Throws a UsageError with the arithmetic, unless a lease can be kept with these timings if the ensemble grants them. */
export function refuseContradiction(timing: Timing): void {
  const wrong = contradiction(timing, timing.sessionTimeoutMs);
  if (wrong !== undefined) throw new UsageError('--session-timeout', wrong);
}
