// Owns the options of `run-now`, and what it needs to know once every text is checked.

import { type ElectionOptions, electionTable, parseElectionOptions } from './election-options.js';
import { aclTable } from './ensemble-options.js';
import type { OptionTable, Settings } from './option.js';
import { parseBecause, resignTable } from './steering-options.js';
import { parseSwitch } from './values.js';

export const runNowTable = {
  ...electionTable,
  ...aclTable,
  because: resignTable.because,
  timeout: {
    ...resignTable.timeout,
    meaning: 'Give up in this time unless the run has begun, and take the request back',
  },
  'until-end': {
    group: 'Request',
    default: 'false',
    defaultInWords: 'end when it has begun',
    isSwitch: true,
    meaning: 'Wait for the end of the run, however long it takes, and exit as the command does',
  },
} as const satisfies OptionTable;

export interface RunNowOptions extends ElectionOptions {
  readonly because: string | undefined;
  readonly untilEnd: boolean;
}

/** Checks every setting; throws a UsageError at the first mistake. */
export function parseRunNowOptions(settings: Settings<keyof typeof runNowTable>): RunNowOptions {
  const { 'until-end': untilEnd } = settings;
  return {
    ...parseElectionOptions(runNowTable, settings),
    because: parseBecause(settings),
    untilEnd: untilEnd !== undefined && parseSwitch(untilEnd.from, untilEnd.text),
  };
}
