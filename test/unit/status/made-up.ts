// Elections that nobody holds, for the tests of what is said of them.
import type { Election } from '../../../src/zookeeper/elections.js';
import type { RosterEntry } from '../../../src/zookeeper/roster.js';

export const NOON = new Date('2026-11-22T12:00:00Z');

/** A contender that came into line so many seconds before noon. */
export function contender(epoch: number, id?: string, secondsAgo = 0): RosterEntry {
  return {
    name: `_c_${epoch}-lock-${String(epoch).padStart(10, '0')}`,
    epoch: BigInt(epoch),
    session: epoch.toString(16).padStart(16, '0'),
    joinedAt: new Date(NOON.getTime() - secondsAgo * 1000),
    facts: id === undefined ? {} : { id, host: `${id}.example`, pid: 4000 + epoch, command: './job.sh' },
  };
}

export function election(line: readonly RosterEntry[], more: Partial<Election> = {}): Election {
  return { path: '/jobs/nightly', line, strangers: [], pause: undefined, ...more };
}
