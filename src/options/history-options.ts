// Owns the options of `history`, and what it needs to know once every text is checked.

import { type ElectionOptions, electionTable, parseElectionOptions } from './election-options.js';
import { given, type OptionTable, type Settings } from './option.js';
import { statusTable } from './status-options.js';
import { UsageError } from './usage-error.js';
import { parseCount, parseSwitch } from './values.js';
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

export interface HistoryOptions extends Omit<ElectionOptions, 'electionPath'> {
  /** The election path. */
  readonly path: string;
  /** Infinity for all. */
  readonly last: number;
  readonly watch: boolean;
  readonly json: boolean;
  readonly remove: boolean;
}

/** Checks every setting; throws a UsageError at the first mistake. */
export function parseHistoryOptions(settings: Settings<HistoryOptionName>): HistoryOptions {
  const { last } = settings;
  const { electionPath, ...rest } = parseElectionOptions(historyTable, settings);
  const parse = given(historyTable, settings);
  const options = {
    ...rest,
    path: electionPath,
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
