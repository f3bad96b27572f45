// What a contender is set to where a test says nothing else: the defaults of the command line.
import { RUN_ONCE } from '../../src/election/job.js';
import type { Settings } from '../../src/election/model.js';

export const SETTINGS: Settings = {
  timing: {
    sessionTimeoutMs: 15_000,
    heartbeatMs: 1000,
    tickTimeMs: 2000,
    leaseGraceMs: 3000,
    killBudgetMs: 1000,
    marginMs: 500,
    stopTimeoutMs: 30_000,
  },
  pattern: { prefix: undefined },
  waitMs: Infinity,
  onLost: 'rejoin',
  hooks: [],
  stopSignal: 'SIGTERM',
  hangupEnds: false,
  job: RUN_ONCE,
  claimant: { by: 'us', host: 'here' },
};
