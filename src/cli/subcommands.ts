// Owns the list of subcommands: what each is for, how it is called, and which options it has.

import type { OptionEntry, OptionTable } from '../options/option.js';
import { optionTable } from '../options/option-table.js';
import { statusTable } from '../options/status-options.js';
import { verifyTable } from '../options/verify-options.js';

interface Subcommand {
  /** What stands behind the program's name. */
  readonly usage: string;
  readonly summary: string;
  readonly options: OptionTable;
}

export const subcommands = {
  run: {
    usage: '[run] [options] -- COMMAND [ARG...]',
    summary: 'Runs COMMAND on exactly one server: the leader of an election on Apache ZooKeeper.',
    options: optionTable,
  },
  verify: {
    usage: 'verify [options]',
    summary: 'Asks the ensemble whether a term still leads: the one that it is run in, or any other.',
    options: verifyTable,
  },
  status: {
    usage: 'status [options]',
    summary: 'Shows who leads and who stands in line: in one election, or in all under a path.',
    options: statusTable,
  },
} as const satisfies Record<string, Subcommand>;

/** How `run` is called, in the words of an error message. */
export const RUN_USAGE = 'zk-leader-run [options] -- COMMAND [ARG...]';

export type SubcommandName = keyof typeof subcommands;

/** Every subcommand, in the order of the help; the first is what is meant where none is named. */
export const subcommandNames = Object.keys(subcommands) as readonly SubcommandName[];

/** Every option of every subcommand: one that two of them have is the same in both, but for its default. */
export const everyOption: ReadonlyMap<string, OptionEntry> = new Map(
  subcommandNames.flatMap((name) => Object.entries(optionsOf(name))),
);

export function optionsOf(name: SubcommandName): OptionTable {
  return subcommands[name].options;
}

/** The options that the help tells, and that a misspelt one is compared with. */
export function shownOptions(options: Iterable<readonly [string, OptionEntry]>): string[] {
  return [...options].filter(([, entry]) => entry.hidden !== true).map(([name]) => name);
}

/** The subcommands that have the option. */
export function subcommandsWith(option: string): SubcommandName[] {
  return subcommandNames.filter((name) => Object.hasOwn(optionsOf(name), option));
}
