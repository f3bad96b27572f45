// Owns where settings come from, and which of them count: those of the command line before the environment's, and
// these before the file's.

import type { OptionTable, Setting, Settings } from './option.js';

/** Something in the configuration file, and where it stands: `nightly.yaml:3`. */
export interface Placed<Value> {
  readonly value: Value;
  readonly place: string;
}

/** A configuration file of the right form; the values are still texts that nobody has checked. */
export interface ConfigFile {
  /** By the names of the options, whichever subcommand has them. */
  readonly options: ReadonlyMap<string, Placed<string>>;
  readonly command: Placed<readonly string[]> | undefined;
}

/** What every subcommand with options has besides its own. */
export const sourcesTable = {
  config: {
    group: 'Configuration',
    default: undefined,
    defaultInWords: 'none',
    value: 'FILE',
    meaning: 'Take from this YAML or JSON file what neither the command line nor the environment says',
  },
} as const satisfies OptionTable;

export interface Sources {
  readonly commandLine: Settings;
  readonly environment: Settings;
  readonly file: ConfigFile | undefined;
}

/** Returns the settings that count of those in the table; a file may hold options of other subcommands too. */
export function effectiveSettings(table: OptionTable, { commandLine, environment, file }: Sources): Settings {
  return { ...fileSettings(table, file), ...environment, ...commandLine };
}

/** Returns the file's settings, each with its line to blame. */
export function fileSettings(table: OptionTable, file: ConfigFile | undefined): Settings {
  const settings: Record<string, Setting> = {};
  for (const [name, { value, place }] of file?.options ?? []) {
    if (Object.hasOwn(table, name)) settings[name] = { text: value, from: `${place} ${name}` };
  }
  return settings;
}
