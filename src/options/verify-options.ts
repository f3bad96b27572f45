// Owns the options of `verify`, and what it needs to know once every text is checked.

import type { Ensemble } from './connect-string.js';
import { parsePositiveDuration } from './duration.js';
import { parseElectionPath } from './election-path.js';
import { electionTable } from './election-options.js';
import { parseEnsembleOptions } from './ensemble-options.js';
import type { OptionTable, Settings } from './option.js';
import { quote, UsageError } from './usage-error.js';
import { parseZnodePrefix } from './values.js';

const WAY_OUT = 'or run it from the command that zk-leader-run has started';

/** The largest czxid there can be: epochs are signed in ZooKeeper. */
const MAX_EPOCH = 2n ** 63n - 1n;

export const verifyTable = {
  ...electionTable,
  epoch: {
    group: 'Election',
    default: undefined,
    defaultInWords: "the run's own",
    meaning: 'The term in question, as its command finds it in ZK_LEADER_EPOCH',
  },
  timeout: {
    group: 'Election',
    default: '5s',
    value: 'DURATION',
    meaning: 'Give up when there is no answer in this time',
  },
} as const satisfies OptionTable;

type VerifyOptionName = keyof typeof verifyTable;

export interface VerifyOptions {
  readonly ensemble: Ensemble;
  readonly electionPath: string;
  readonly epoch: bigint;
  /** What contender znodes begin with; undefined for the protected naming of Curator. */
  readonly znodePrefix: string | undefined;
  readonly timeoutMs: number;
}

/** Checks every setting; throws a UsageError at the first mistake. */
export function parseVerifyOptions(settings: Settings<VerifyOptionName>): VerifyOptions {
  const { election, epoch, timeout, 'znode-prefix': prefix } = settings;
  if (epoch === undefined) {
    throw new UsageError('--epoch', `expected the number of a term, got none; pass --epoch, ${WAY_OUT}`);
  }
  if (election === undefined) {
    throw new UsageError(
      '--election',
      `expected a path such as /zk-leader-run/nightly-sync, got none; pass --election, ${WAY_OUT}`,
    );
  }
  return {
    epoch: parseEpoch(epoch.from, epoch.text),
    electionPath: parseElectionPath(election.from, election.text),
    ensemble: parseEnsembleOptions(settings),
    znodePrefix: prefix && parseZnodePrefix(prefix.from, prefix.text),
    timeoutMs: parsePositiveDuration(
      timeout?.from ?? '--timeout',
      timeout?.text ?? verifyTable.timeout.default,
    ),
  };
}

function parseEpoch(option: string, text: string): bigint {
  const epoch = /^\d{1,19}$/.test(text) ? BigInt(text) : 0n;
  if (epoch >= 1n && epoch <= MAX_EPOCH) return epoch;
  throw new UsageError(
    option,
    `expected the number of a term, from 1 to ${String(MAX_EPOCH)}, as in ZK_LEADER_EPOCH, got ${quote(text)}`,
  );
}
