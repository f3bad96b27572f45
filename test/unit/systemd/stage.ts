// States of a contender, as whoever looks on sees them.
import { connectEvidence } from '../../../src/election/lease.js';
import type { Phase, PhaseOf, State } from '../../../src/election/model.js';
import type { Step } from '../../../src/supervisor/supervisor.js';

export const ZNODE = { name: '_c_1-lock-0000000002', epoch: 17n };

const CONNECTED: Extract<State['session'], { status: 'live' }> = {
  status: 'live',
  id: '1',
  timeoutMs: 15_000,
  touchedAt: 0,
  link: {
    status: 'connected',
    evidence: connectEvidence(0),
    heartbeatInFlight: false,
    heartbeatSentAt: undefined,
    readInFlight: false,
    readAgain: false,
    readSentAt: undefined,
    pause: undefined,
  },
};

export const SUSPENDED: State['session'] = { ...CONNECTED, link: { status: 'suspended' } };

export const BEHIND: PhaseOf<'standby'> = {
  name: 'standby',
  znode: ZNODE,
  standing: { kind: 'behind', predecessor: 'p', leader: 'l', place: 2, watched: true },
  announced: true,
};

export const LEADING: Phase = { name: 'leading', znode: ZNODE, since: 0 };

export function stateOf(phase: Phase, session: State['session'] = CONNECTED): State {
  return { session, watchdog: 'ready', phase, waitingSince: 0, lastEpoch: -1n };
}

/** A turn of the loop that ends in this phase. */
export function turnTo(phase: Phase, event: Step['event'] = { type: 'clock' }): Step {
  const after = stateOf(phase);
  return { before: after, event, after, commands: [], now: 0 };
}
