// Owns the options of `history`, and what it needs to know once every text is checked.

import type { Ensemble } from './connect-string.js';
import { parsePositiveDuration } from './duration.js';
import { parseElectionPath } from './election-path.js';
import { electionTable } from './election-options.js';
import { parseEnsembleOptions } from './ensemble-options.js';
import type { OptionTable, Settings } from './option.js';
import { statusTable } from './status-options.js';
import { UsageError } from './usage-error.js';
import { parseCount, parseSwitch, parseZnodePrefix } from './values.js';
import { verifyTable } from './verify-options.js';

export const historyTable = {
  ...electionTable,
  timeout: verifyTable.timeout,
  last: {
    group: 'Output',
    alias: 'n',
    default: undefined,
    defaultInWords: 'all that are kept',
    value: 'NUMBER',
    meaning: 'Show so many of the latest entries',
  },
  watch: statusTable.watch,
  json: statusTable.json,
  remove: {
    group: 'Records',
    default: 'false',
    defaultInWords: 'keep them',
    isSwitch: true,
    meaning: 'Remove the records of the election instead of showing them, and say what they were',
  },
} as const satisfies OptionTable;

/** A ledger has no more. */
const MOST_ENTRIES = 500;

type HistoryOptionName = keyof typeof historyTable;

export interface HistoryOptions {
  readonly ensemble: Ensemble;
  /** The election path. */
  readonly path: string;
  /** What contender znodes begin with; undefined for the protected naming of Curator. */
  readonly znodePrefix: string | undefined;
  readonly timeoutMs: number;
  /** Infinity for all. */
  readonly last: number;
  readonly watch: boolean;
  readonly json: boolean;
  readonly remove: boolean;
}

/** Checks every setting; throws a UsageError at the first mistake. */
export function parseHistoryOptions(settings: Settings<HistoryOptionName>): HistoryOptions {
  const { election, last, 'znode-prefix': prefix } = settings;
  if (election === undefined) {
    throw new UsageError(
      '--election',
      'expected a path such as /zk-leader-run/nightly-sync, got none; pass --election',
    );
  }
  const parse = <Value>(
    name: 'timeout' | 'watch' | 'json' | 'remove',
    parser: (option: string, text: string) => Value,
  ): Value => {
    const { from, text } = settings[name] ?? { from: `--${name}`, text: historyTable[name].default };
    return parser(from, text);
  };
  const options = {
    ensemble: parseEnsembleOptions(settings),
    path: parseElectionPath(election.from, election.text),
    znodePrefix: prefix && parseZnodePrefix(prefix.from, prefix.text),
    timeoutMs: parse('timeout', parsePositiveDuration),
    last: last === undefined ? Infinity : parseCount(last.from, last.text, 1, MOST_ENTRIES),
    watch: parse('watch', parseSwitch),
    json: parse('json', parseSwitch),
    remove: parse('remove', parseSwitch),
  };
  if (options.remove) refuseBesideRemove(settings, options);
  return options;
}

function refuseBesideRemove(
  settings: Settings<HistoryOptionName>,
  { watch, json }: Pick<HistoryOptions, 'watch' | 'json'>,
): void {
  const shown = [watch && settings.watch, json && settings.json, settings.last].find(
    (setting) => typeof setting === 'object',
  );
  if (shown === undefined) return;
  throw new UsageError(
    settings.remove?.from ?? '--remove',
    `expected no ${shown.from} beside it, since it shows nothing; leave one of them out`,
  );
}
