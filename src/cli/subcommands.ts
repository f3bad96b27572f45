// Owns the list of subcommands: what each is for, how it is called, and which options it has.

import { SHELLS } from '../options/completion-options.js';
import { configTable } from '../options/config-options.js';
import type { OptionEntry, OptionTable } from '../options/option.js';
import { explainTable } from '../options/explain-options.js';
import { historyTable } from '../options/history-options.js';
import { optionTable } from '../options/option-table.js';
import { runNowTable } from '../options/run-now-options.js';
import { pauseTable, resignTable, unpauseTable } from '../options/steering-options.js';
import { sourcesTable } from '../options/sources.js';
import { systemdTable } from '../options/systemd-options.js';
import { statusTable } from '../options/status-options.js';
import { verifyTable } from '../options/verify-options.js';

interface Subcommand {
  /** What stands behind the program's name. */
  readonly usage: string;
  readonly summary: string;
  readonly options: OptionTable;
  /** The one word that may stand behind its own name. */
  readonly word?: { readonly name: string; readonly choices: readonly [string, ...string[]] };
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
  history: {
    usage: 'history [options]',
    summary:
      'Shows the runs of a command: their ticks, results and durations, what was missed, what comes next.',
    options: historyTable,
  },
  'run-now': {
    usage: 'run-now [options]',
    summary: 'Asks the leader to run the command once, now, whatever its schedule.',
    options: runNowTable,
  },
  resign: {
    usage: 'resign [options]',
    summary:
      'Asks the leader, or another contender, to go to the end of the line, and waits for the next leader.',
    options: resignTable,
  },
  pause: {
    usage: 'pause [options]',
    summary: 'Lets nobody be elected until unpause; whoever leads goes on.',
    options: pauseTable,
  },
  unpause: {
    usage: 'unpause [options]',
    summary: 'Ends a pause: whoever is first in line leads.',
    options: unpauseTable,
  },
  explain: {
    usage: 'explain [options]',
    summary:
      'Tells what timings come to: deadlines, the longest failover for each fault, and what to change.',
    options: explainTable,
  },
  systemd: {
    usage: 'systemd --name JOB [options] -- COMMAND [ARG...]',
    summary: 'Prints a systemd unit that runs COMMAND so, and its environment file.',
    options: systemdTable,
  },
  config: {
    usage: 'config [options of run] [--json] [-- COMMAND [ARG...]]',
    summary: 'Prints the settings that a run would have, and where each comes from; runs nothing.',
    options: configTable,
  },
  completion: {
    usage: 'completion [bash|zsh]',
    summary: 'Prints a script by which a shell completes subcommands, options and their values.',
    options: {},
    word: { name: 'SHELL', choices: SHELLS },
  },
} as const satisfies Record<string, Subcommand>;

/** How `run` is called, in the words of an error message, and where more is told. */
export const RUN_USAGE = 'zk-leader-run [options] -- COMMAND [ARG...]; zk-leader-run --help tells more';

/** How `systemd` is called, likewise. */
export const SYSTEMD_USAGE = 'zk-leader-run systemd --name JOB [options] -- COMMAND [ARG...]';

export type SubcommandName = keyof typeof subcommands;

/** Every subcommand, in the order of the help; the first is what is meant where none is named. */
export const subcommandNames = Object.keys(subcommands) as readonly SubcommandName[];

/** Every option of every subcommand: one that two of them have is written alike, whatever it means to each. */
export const everyOption: ReadonlyMap<string, OptionEntry> = new Map(
  subcommandNames.flatMap((name) => Object.entries(optionsOf(name))),
);

export function optionsOf(name: SubcommandName): OptionTable {
  const { options } = subcommands[name];
  return Object.keys(options).length === 0 ? options : { ...options, ...sourcesTable };
}

/** What may stand behind the subcommand's name, if anything. */
export function wordOf(name: SubcommandName): Subcommand['word'] {
  const { word }: Subcommand = subcommands[name];
  return word;
}

/** Whether a command may stand behind --, as its usage says. */
export function takesCommand(name: SubcommandName): boolean {
  return subcommands[name].usage.includes('-- COMMAND');
}

/** The options that the help tells, and that a misspelt one is compared with. */
export function shownOptions(options: Iterable<readonly [string, OptionEntry]>): string[] {
  return [...options].filter(([, entry]) => entry.hidden !== true).map(([name]) => name);
}

/** The subcommands that have the option. */
export function subcommandsWith(option: string): SubcommandName[] {
  return subcommandNames.filter((name) => Object.hasOwn(optionsOf(name), option));
}
