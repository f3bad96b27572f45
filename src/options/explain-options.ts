// Owns the options of `explain`: the timings of a run, and how the ensemble is asked.

import type { Timing } from '../election/timing.js';
import { parseEnsemble, type Ensemble } from './connect-string.js';
import { parsePositiveDuration } from './duration.js';
import type { OptionTable, Settings } from './option.js';
import { optionTable } from './option-table.js';
import { parseTiming, timingTable } from './timing-options.js';
import { parseSwitch } from './values.js';

export const explainTable = {
  zookeeper: optionTable.zookeeper,
  timeout: {
    group: 'Election',
    default: '5s',
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
  const parse = <Value>(
    name: 'zookeeper' | 'timeout' | 'json',
    parser: (option: string, text: string) => Value,
  ): Value => {
    const { from, text } = settings[name] ?? { from: `--${name}`, text: explainTable[name].default };
    return parser(from, text);
  };
  return {
    ensemble: parse('zookeeper', parseEnsemble),
    timing: parseTiming(settings),
    timeoutMs: parse('timeout', parsePositiveDuration),
    json: parse('json', parseSwitch),
  };
}
