// Owns the options of `resign`, `pause` and `unpause`, and what they need to know once every text is checked.

import { type ElectionOptions, electionTable, parseElectionOptions } from './election-options.js';
import { aclTable } from './ensemble-options.js';
import type { OptionTable, Setting, Settings } from './option.js';
import { readPidFile } from './pid-file.js';
import { quote, UsageError } from './usage-error.js';
import { parseId, parseSwitch } from './values.js';

const LONGEST_REASON = 200;

const because = {
  group: 'Request',
  default: undefined,
  defaultInWords: 'none',
  meaning: 'Why, in a few words that the logs and status repeat',
} as const;

export const resignTable = {
  ...electionTable,
  ...aclTable,
  id: {
    group: 'Request',
    default: undefined,
    defaultInWords: 'the leader',
    value: 'NAME',
    meaning: 'The contender that is to go to the end of the line',
  },
  'pid-file': {
    group: 'Request',
    default: undefined,
    defaultInWords: 'the leader',
    value: 'FILE',
    meaning: 'The contender of this host that has written this file, instead of --id',
  },
  to: {
    group: 'Request',
    default: undefined,
    defaultInWords: 'the next in line',
    value: 'NAME',
    meaning: 'The contender that is to lead; those between go to the end of the line first',
  },
  because,
  timeout: {
    group: 'Request',
    default: '60s',
    value: 'DURATION',
    meaning: 'Give up waiting in this time; the leader has its --stop-timeout',
  },
} as const satisfies OptionTable;

export const pauseTable = {
  ...electionTable,
  ...aclTable,
  because,
  resign: {
    group: 'Request',
    default: 'false',
    defaultInWords: 'whoever leads goes on',
    isSwitch: true,
    meaning: 'Ask the leader to resign as well, so that the command runs nowhere',
  },
  timeout: resignTable.timeout,
} as const satisfies OptionTable;

export const unpauseTable = {
  ...electionTable,
  timeout: { ...resignTable.timeout, default: '5s', meaning: 'Give up when there is no answer in this time' },
} as const satisfies OptionTable;

/** Who is to resign. */
export type Target =
  | { readonly kind: 'leader' }
  | { readonly kind: 'id'; readonly id: string }
  /** The contender of this host with that process id. */
  | { readonly kind: 'local'; readonly pid: number };

export interface ResignOptions extends ElectionOptions {
  readonly target: Target;
  /** The id of the contender that is to lead; undefined for whoever is next. */
  readonly to: string | undefined;
  readonly because: string | undefined;
}

export interface PauseOptions extends ElectionOptions {
  readonly because: string | undefined;
  readonly resign: boolean;
}

/** Checks every setting; throws a UsageError at the first mistake. */
export function parseResignOptions(settings: Settings<keyof typeof resignTable>): ResignOptions {
  const { to } = settings;
  return {
    ...parseElectionOptions(resignTable, settings),
    target: parseTarget(settings),
    to: to && parseId(to.from, to.text),
    because: parseBecause(settings),
  };
}

/** Checks every setting; throws a UsageError at the first mistake. */
export function parsePauseOptions(settings: Settings<keyof typeof pauseTable>): PauseOptions {
  const { resign } = settings;
  return {
    ...parseElectionOptions(pauseTable, settings),
    because: parseBecause(settings),
    resign: resign !== undefined && parseSwitch(resign.from, resign.text),
  };
}

/** Checks every setting; throws a UsageError at the first mistake. */
export function parseUnpauseOptions(settings: Settings<keyof typeof unpauseTable>): ElectionOptions {
  return parseElectionOptions(unpauseTable, settings);
}

/** The command line alone says who: elsewhere both options are those of `run`, and of the contender of this host. */
function parseTarget(settings: Settings<keyof typeof resignTable>): Target {
  const id = ifWritten(settings.id);
  const file = ifWritten(settings['pid-file']);
  if (file === undefined) return id ? { kind: 'id', id: parseId(id.from, id.text) } : { kind: 'leader' };
  if (id === undefined) return { kind: 'local', pid: readPidFile(file.from, file.text) };
  throw new UsageError(
    '--pid-file',
    'expected it or --id, got both; keep the one that says who is to resign',
  );
}

function ifWritten(setting: Setting | undefined): Setting | undefined {
  return setting?.from.startsWith('--') === true ? setting : undefined;
}

/** Returns the reason as given; throws a UsageError unless it is one short line. */
export function parseBecause({ because }: Settings<'because'>): string | undefined {
  if (because === undefined) return undefined;
  const { from, text } = because;
  if (text.length <= LONGEST_REASON && !/\p{C}/u.test(text)) return text;
  throw new UsageError(
    from,
    `expected one line of at most ${String(LONGEST_REASON)} characters, got ${quote(text)}; say it in fewer words`,
  );
}
