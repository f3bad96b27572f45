// Owns the choice of what is simulated: the code of the product as it is, or a mutant of it.

import { monotonicClock } from '../../src/clock.js';
import { wakeAt } from '../../src/election/passing-time.js';
import { begin, step } from '../../src/election/step.js';
import * as rules from '../../src/watchdog/rules.js';

/** What the processes of a contender run, and what they read the time by. */
export interface Core {
  readonly begin: typeof begin;
  readonly step: typeof step;
  readonly wakeAt: typeof wakeAt;
  readonly watchdog: Pick<typeof rules, 'initially' | 'step' | 'wakeAt'>;
  readonly monotonicClock: typeof monotonicClock;
  /** Whether a ledger is written whatever has become of the writer's znode. */
  readonly writesUnchecked: boolean;
}

/** What is delivered. */
export const core: Core = { begin, step, wakeAt, watchdog: rules, monotonicClock, writesUnchecked: false };
