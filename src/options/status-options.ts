// Owns the options of `status`, and what it needs to know once every text is checked.

import type { Ensemble } from './connect-string.js';
import { parsePositiveDuration } from './duration.js';
import { parseElectionPath, ROOT } from './election-path.js';
import { electionTable } from './election-options.js';
import { parseEnsembleOptions } from './ensemble-options.js';
import { given, type OptionTable, type Settings } from './option.js';
import { parseSwitch, parseZnodePrefix } from './values.js';
import { verifyTable } from './verify-options.js';

export const statusTable = {
  ...electionTable,
  election: {
    ...electionTable.election,
    default: ROOT,
    defaultInWords: `the run's own, or ${ROOT}`,
    meaning: 'Election path, or a path with several elections under it',
  },
  timeout: verifyTable.timeout,
  watch: {
    group: 'Output',
    default: 'false',
    defaultInWords: 'show it once',
    isSwitch: true,
    meaning: 'Go on showing it as it changes',
  },
  json: {
    group: 'Output',
    default: 'false',
    defaultInWords: 'for people',
    isSwitch: true,
    meaning: 'One JSON object, or with --watch one for each change',
  },
} as const satisfies OptionTable;

type StatusOptionName = keyof typeof statusTable;

export interface StatusOptions {
  readonly ensemble: Ensemble;
  /** An election path, or the parent of several. */
  readonly path: string;
  /** What contender znodes begin with; undefined for the protected naming of Curator. */
  readonly znodePrefix: string | undefined;
  readonly timeoutMs: number;
  readonly watch: boolean;
  readonly json: boolean;
}

/** Checks every setting; throws a UsageError at the first mistake. */
export function parseStatusOptions(settings: Settings<StatusOptionName>): StatusOptions {
  const parse = given(statusTable, settings);
  const prefix = settings['znode-prefix'];
  return {
    ensemble: parseEnsembleOptions(settings),
    path: parse('election', parseElectionPath),
    znodePrefix: prefix && parseZnodePrefix(prefix.from, prefix.text),
    timeoutMs: parse('timeout', parsePositiveDuration),
    watch: parse('watch', parseSwitch),
    json: parse('json', parseSwitch),
  };
}
