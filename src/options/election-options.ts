// Owns the options that say which election a subcommand is about; in a command that a run has started, its own.

import type { Ensemble } from './connect-string.js';
import { parsePositiveDuration } from './duration.js';
import { parseElectionPath } from './election-path.js';
import { type aclTable, ensembleTable, parseEnsembleOptions } from './ensemble-options.js';
import { given, type OptionEntry, type OptionTable, type Settings } from './option.js';
import { optionTable } from './option-table.js';
import { UsageError } from './usage-error.js';
import { parseZnodePrefix } from './values.js';

export const electionTable = {
  ...ensembleTable,
  zookeeper: { ...ensembleTable.zookeeper, defaultInWords: "the run's own, or 127.0.0.1:2181" },
  election: {
    group: 'Election',
    alias: 'e',
    default: undefined,
    defaultInWords: "the run's own",
    value: 'PATH',
    meaning: 'Election path',
  },
  'znode-prefix': optionTable['znode-prefix'],
} as const satisfies OptionTable;

/** Which election, and for how long to try. */
export interface ElectionOptions {
  readonly ensemble: Ensemble;
  readonly electionPath: string;
  /** What contender znodes begin with; undefined for the protected naming of Curator. */
  readonly znodePrefix: string | undefined;
  readonly timeoutMs: number;
}

/**
 * Checks what every subcommand needs that is about one election, with the default of its own --timeout; throws a
 * UsageError at the first mistake.
 */
export function parseElectionOptions(
  table: { readonly timeout: OptionEntry & { readonly default: string } },
  settings: Settings<keyof typeof electionTable | keyof typeof aclTable | 'timeout'>,
  wayOut = 'pass --election',
): ElectionOptions {
  const { election, 'znode-prefix': prefix } = settings;
  if (election === undefined) {
    throw new UsageError(
      '--election',
      `expected a path such as /zk-leader-run/nightly-sync, got none; ${wayOut}`,
    );
  }
  return {
    electionPath: parseElectionPath(election.from, election.text),
    ensemble: parseEnsembleOptions(settings),
    znodePrefix: prefix && parseZnodePrefix(prefix.from, prefix.text),
    timeoutMs: given(table, settings)('timeout', parsePositiveDuration),
  };
}
