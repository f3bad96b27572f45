// Makes records of runs that never were, for the tests of what is drawn and counted.
import type { Ledger } from '../../src/ledger/ledger.js';
import { History } from './history.js';
import type { Fault } from './plan.js';
import { makePlan } from './plan.js';
import type { FaultRecord, Lane, Run } from './record.js';

export const SECOND = 1_000_000;

/** Terms by contender, from, to (in seconds) and manner. */
export function madeUpRun(
  terms: readonly (readonly [string, number, number, string?])[],
  faults: readonly FaultRecord[],
  ledger?: Ledger,
): Run {
  const history = new History();
  for (const [index, [contender, from, to, manner = 'polite']] of terms.entries()) {
    history.add(`${from * SECOND} start ${contender} ${index + 1}-1 main ${index + 100} ${manner}`);
    history.add(`${to * SECOND} beat ${contender} ${index + 1}-1 main ${index + 100}`);
  }
  const presences = (['a', 'b', 'server 1'] as const).map((lane) => ({ lane, from: 0 }));
  const plan = makePlan({ seed: 1, faults: 1, level: 'cgroup', job: 'lasting' });
  const { violations } = history;
  return { plan, from: 0, to: 20 * SECOND, history, ledger, faults, presences, violations };
}

export function madeUpFault(
  kind: Fault['kind'],
  lane: Lane,
  from: number,
  to: number,
  number = 1,
): FaultRecord {
  const any = {
    kind,
    who: 'leading',
    server: 'leader',
    forMs: 1,
    restartMs: 1,
    delayMs: 1,
  } as unknown as Fault;
  return { number, fault: any, lanes: [lane], at: from * SECOND, healedAt: to * SECOND };
}
