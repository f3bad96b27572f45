// Owns the options that say which election a subcommand is about; in a command that a run has started, its own.

import { ensembleTable } from './ensemble-options.js';
import type { OptionTable } from './option.js';
import { optionTable } from './option-table.js';

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
