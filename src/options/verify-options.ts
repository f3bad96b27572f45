// Owns the options of `verify`, and what it needs to know once every text is checked.

import { type ElectionOptions, electionTable, parseElectionOptions } from './election-options.js';
import type { OptionTable, Settings } from './option.js';
import { quote, UsageError } from './usage-error.js';

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

export interface VerifyOptions extends ElectionOptions {
  readonly epoch: bigint;
}

/** Checks every setting; throws a UsageError at the first mistake. */
export function parseVerifyOptions(settings: Settings<keyof typeof verifyTable>): VerifyOptions {
  const { epoch } = settings;
  if (epoch === undefined) {
    throw new UsageError('--epoch', `expected the number of a term, got none; pass --epoch, ${WAY_OUT}`);
  }
  return {
    epoch: parseEpoch(epoch.from, epoch.text),
    ...parseElectionOptions(verifyTable, settings, `pass --election, ${WAY_OUT}`),
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
