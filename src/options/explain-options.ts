// Owns the options of `explain`: the timings of a run, and how the ensemble is asked.

import type { Timing } from '../election/timing.js';
import type { Ensemble } from './connect-string.js';
import { ensembleTable, parseEnsembleOptions } from './ensemble-options.js';
import { parsePositiveDuration } from './duration.js';
import { given, type OptionTable, type Settings } from './option.js';
import { parseTiming, timingTable } from './timing-options.js';
import { parseSwitch } from './values.js';

export const explainTable = {
  ...ensembleTable,
  timeout: {
    group: 'Election',
    default: '5s',
    value: 'DURATION',
    meaning: 'Explain the timings as asked for when no ensemble answers in this time',
  },
  ...timingTable,
  json: {
    group: 'Output',
    default: 'false',
    defaultInWords: 'for people',
    isSwitch: true,
    meaning: 'Print one JSON object',
  },
} as const satisfies OptionTable;

type ExplainOptionName = keyof typeof explainTable;

export interface ExplainOptions {
  readonly ensemble: Ensemble;
  readonly timing: Timing;
  readonly timeoutMs: number;
  readonly json: boolean;
}

/** Checks every setting; throws a UsageError at the first mistake. */
export function parseExplainOptions(settings: Settings<ExplainOptionName>): ExplainOptions {
  const parse = given(explainTable, settings);
  return {
    ensemble: parseEnsembleOptions(settings),
    timing: parseTiming(settings),
    timeoutMs: parse('timeout', parsePositiveDuration),
    json: parse('json', parseSwitch),
  };
}
