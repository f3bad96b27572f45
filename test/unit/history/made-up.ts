// Records that nobody keeps, for the tests of what is said of them.
import type { GapEntry, Ledger, RunEntry } from '../../../src/ledger/ledger.js';
import type { Records } from '../../../src/zookeeper/records.js';
import { contender } from '../status/made-up.js';

// Moments are told in the time zone of the machine.
process.env['TZ'] = 'UTC';

/** A run that has no result yet, in the term of web1, which leads with epoch 5. */
export function going(number: number, at: string, more: Partial<RunEntry> = {}): RunEntry {
  const tick = moment(at);
  return {
    kind: 'run',
    id: `5-${number}`,
    reason: 'tick',
    tick,
    attempt: 1,
    by: 'web1',
    host: 'web1.example',
    epoch: 5n,
    claimedAt: tick + 7,
    startedAt: tick + 20,
    ...more,
  };
}

/** One that took 90 s. */
export function run(number: number, at: string, more: Partial<RunEntry> = {}): RunEntry {
  const exit = { kind: 'code', code: 0 } as const;
  return going(number, at, { endedAt: moment(at) + 90_020, result: 'succeeded', exit, ...more });
}

export function gap(kind: GapEntry['kind'], first: string, last: string, count: number): GapEntry {
  return { kind, first: moment(first), last: moment(last), count, by: 'web1' };
}

/** Of web1, which leads with epoch 5, unless somebody else stands in line. */
export function kept(
  ledger: Partial<Ledger>,
  line = [contender(5, 'web1')],
): Extract<Records, { kind: 'kept' }> {
  return {
    kind: 'kept',
    ledger: { schedule: 'every 15m', tick: undefined, failures: 0, entries: [], ...ledger },
    roster: { line, strangers: [], pause: undefined },
  };
}

/** 11:45 is on the day of noon; 2026-11-21 23:00 on another. */
export function moment(at: string): number {
  const [day, time] = at.includes(' ') ? at.split(' ') : ['2026-11-22', at];
  return Date.parse(`${day}T${time}:00Z`);
}
