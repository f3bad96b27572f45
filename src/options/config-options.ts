// Owns the options of `config`, those of `run` and the form of the answer, and what there is to tell of each.

import { given, type OptionEntry, type OptionTable, type Setting, type Settings } from './option.js';
import { optionTable } from './option-table.js';
import { parseRunOptions, parseRunSettings, type Surroundings } from './options.js';
import { effectiveSettings, type Sources, sourcesTable } from './sources.js';
import { refuseContradiction } from './timings.js';
import { parseSwitch } from './values.js';

export const configTable = {
  ...optionTable,
  json: {
    group: 'Output',
    default: 'false',
    defaultInWords: 'a table',
    isSwitch: true,
    meaning: 'Print one JSON object',
  },
} as const satisfies OptionTable;

/** Where a value comes from; `where` is the variable, or the line of the file. */
export type Origin =
  | { readonly kind: 'command line' | 'default' }
  | { readonly kind: 'environment' | 'file'; readonly where: string };

/** What counts for one option. */
export interface Effective {
  readonly option: string;
  /** Undefined for a default that the run itself would find. */
  readonly text: string | undefined;
  /** Stands in for a text that there is not. */
  readonly inWords: string;
  readonly origin: Origin;
}

export interface ConfigOptions {
  readonly json: boolean;
  /** In the order of the help; what is hidden there is told where it is set. */
  readonly settings: readonly Effective[];
  readonly command: { readonly words: readonly string[]; readonly origin: Origin } | undefined;
}

/**
 * Checks everything that `run` would, and finds out what counts. Throws the UsageError that `run` would throw;
 * without a command, of what does not depend on one.
 */
export function parseConfigOptions(
  sources: Sources,
  typed: readonly string[] | undefined,
  surroundings: Surroundings,
): ConfigOptions {
  const settings: Settings = effectiveSettings({ ...configTable, ...sourcesTable }, sources);
  const words = typed ?? sources.file?.command?.value;
  const checked =
    words === undefined
      ? parseRunSettings(settings, surroundings)
      : parseRunOptions(settings, words, surroundings);
  refuseContradiction(checked.timing);
  const found: Readonly<Record<string, string | undefined>> = { election: checked.electionPath };
  const shown = Object.entries<OptionEntry>({ ...optionTable, ...sourcesTable }).filter(
    ([name, { hidden }]) => hidden !== true || name in settings,
  );
  return {
    json: given(configTable, settings)('json', parseSwitch),
    settings: shown.map(([option, entry]) => ({
      option,
      text: textOf(settings[option]) ?? found[option] ?? entry.default,
      inWords: entry.defaultInWords ?? '',
      origin: originOf(option, sources),
    })),
    command: words && { words, origin: originOfCommand(typed, sources) },
  };
}

function textOf(setting: Setting | undefined): string | undefined {
  return setting?.also === undefined ? setting?.text : `${setting.text}, ${setting.also}`;
}

function originOf(option: string, { commandLine, environment, file }: Sources): Origin {
  if (option in commandLine) return { kind: 'command line' };
  const variable = environment[option];
  if (variable !== undefined) return { kind: 'environment', where: variable.from };
  const placed = file?.options.get(option);
  return placed === undefined ? { kind: 'default' } : { kind: 'file', where: placed.place };
}

function originOfCommand(typed: readonly string[] | undefined, { file }: Sources): Origin {
  return typed !== undefined || file?.command === undefined
    ? { kind: 'command line' }
    : { kind: 'file', where: file.command.place };
}
