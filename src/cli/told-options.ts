// Owns what is told of options, wherever that is: in the help, in the man page and to a shell that completes them.

import type { OptionEntry } from '../options/option.js';
import { optionsOf, type SubcommandName } from './subcommands.js';

/** What every subcommand obeys in spite of all mistakes. */
const universal: Readonly<Record<string, OptionEntry>> = {
  help: { group: 'Other', alias: 'h', default: undefined, isSwitch: true, meaning: 'Show this text' },
  version: { group: 'Other', alias: 'V', default: undefined, isSwitch: true, meaning: 'Show the version' },
};

/** Returns the options of the subcommand that are not hidden, in the order of the help. */
export function toldOptions(subcommand: SubcommandName): readonly (readonly [string, OptionEntry])[] {
  return Object.entries({ ...optionsOf(subcommand), ...universal }).filter(
    ([, { hidden }]) => hidden !== true,
  );
}

/** Returns the meaning of an option, and its default if there is one. */
export function describe({ meaning, default: text, defaultInWords = text }: OptionEntry): string {
  return defaultInWords === undefined ? meaning : `${meaning} (default: ${defaultInWords})`;
}

/** Returns what stands for the value of an option that takes one; its meaning names the choices, where it has any. */
export function valueOf({ choices, value }: OptionEntry): string {
  return choices === undefined ? (value ?? 'VALUE') : 'CHOICE';
}

/** Returns how the option is written: `--stdin`, or `--wait` where a value follows, and `-z` where it has an alias. */
export function spellings(name: string, { alias }: OptionEntry): string[] {
  return alias === undefined ? [`--${name}`] : [`-${alias}`, `--${name}`];
}
