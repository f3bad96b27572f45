// States of a contender, as whoever looks on sees them.
import { begin } from '../../../src/election/step.js';
import { connectEvidence } from '../../../src/election/lease.js';
import type { Phase, PhaseOf, State } from '../../../src/election/model.js';
import type { Step } from '../../../src/supervisor/supervisor.js';
import { SETTINGS } from '../settings.js';

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
    heartbeatBehind: undefined,
    readInFlight: false,
    readAgain: false,
    readSentAt: undefined,
    pause: undefined,
    ledger: undefined,
  },
};

export const SUSPENDED: State['session'] = { ...CONNECTED, link: { status: 'suspended' } };

export const BEHIND: PhaseOf<'standby'> = {
  name: 'standby',
  znode: ZNODE,
  standing: { kind: 'behind', predecessor: 'p', leader: 'l', place: 2, watched: true },
  announced: true,
};

export const LEADING: PhaseOf<'leading'> = {
  name: 'leading',
  znode: ZNODE,
  since: 0,
  term: { runs: 1, records: undefined, planned: undefined, queued: undefined, request: undefined },
  run: { id: '17-1', reason: 'start', attempt: 1, startedAt: 0 },
};

export const ASKED = { kind: 'asked', signal: 'SIGTERM' } as const;

export const STOPPING: PhaseOf<'stopping'> = {
  ...LEADING,
  name: 'stopping',
  cause: ASKED,
  result: 'interrupted',
  stays: false,
  killAt: 0,
  killedAt: undefined,
  znodeHeld: true,
};

export function stateOf(phase: Phase, session: State['session'] = CONNECTED): State {
  return {
    ...begin(SETTINGS, 0).state,
    session,
    watchdog: 'ready',
    phase,
  };
}

/** A turn of the loop that ends in this phase. */
export function turnTo(phase: Phase, event: Step['event'] = { type: 'clock' }): Step {
  const after = stateOf(phase);
  return { before: after, event, after, commands: [], now: 0 };
}
