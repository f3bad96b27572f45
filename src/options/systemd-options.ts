// Owns the options of `systemd`: its own, and all those of the run that it makes a unit of.

import type { OptionTable, Settings } from './option.js';
import { type OptionName, optionTable } from './option-table.js';
import { parseRunOptions, type RunOptions, type Surroundings } from './options.js';
import { quote, UsageError } from './usage-error.js';
import { parseChoice } from './values.js';

const ownTable = {
  name: {
    group: 'Unit',
    default: undefined,
    defaultInWords: 'none, it is required',
    meaning: 'Name of the job: the unit is zk-leader-run@NAME.service',
  },
  user: {
    group: 'Unit',
    default: undefined,
    defaultInWords: 'one that systemd makes up',
    meaning: 'User whom the command runs as',
  },
  print: {
    group: 'Unit',
    default: 'both',
    choices: ['both', 'unit', 'environment'],
    meaning: 'What to print: the unit, its environment file, or both',
  },
} as const satisfies OptionTable;

export const systemdTable = { ...ownTable, ...optionTable } as const satisfies OptionTable;

export interface SystemdOptions {
  readonly name: string;
  readonly user: string | undefined;
  readonly print: 'both' | 'unit' | 'environment';
  readonly run: RunOptions;
  /** What was given of the run's options, as it was written. */
  readonly given: Settings<OptionName>;
}

/** Checks every setting, and the command as `run` does; throws a UsageError at the first mistake. */
export function parseSystemdOptions(
  { name, user, print, ...given }: Settings<keyof typeof systemdTable>,
  words: readonly string[],
  surroundings: Surroundings,
): SystemdOptions {
  if (name === undefined) {
    throw new UsageError('--name', 'expected the name of the job, got none; write --name sync-job');
  }
  const { 'on-lost': onLost } = given;
  if (onLost?.also !== undefined) {
    throw new UsageError(
      onLost.from,
      `expected one policy or one hook, since a unit's environment file holds no more, got ` +
        `${quote(onLost.text)} and ${quote(onLost.also)}; keep one of them`,
    );
  }
  const { 'once-per': oncePer } = given;
  if (oncePer !== undefined) {
    throw new UsageError(
      oncePer.from,
      `expected none, since the unit is started again whenever it ends, got ${quote(oncePer.text)}; write --every or ` +
        '--cron, or have a timer of systemd call zk-leader-run itself',
    );
  }
  return {
    name: parseName(name.from, name.text),
    user: user && parseUser(user.from, user.text),
    print: parseChoice(
      print?.from ?? '--print',
      print?.text ?? ownTable.print.default,
      ownTable.print.choices,
    ),
    run: parseRunOptions(given, words, surroundings),
    given,
  };
}

// The letters that systemd leaves alone in a unit's name. Folders are named after it too.
function parseName(option: string, text: string): string {
  if (/^[\w:][\w:.-]{0,199}$/.test(text)) return text;
  throw new UsageError(
    option,
    `expected letters, digits, and - _ . : behind the first, at most 200, got ${quote(text)}; ` +
      'they become part of a file name',
  );
}

// What systemd takes for a user's name, or a number.
function parseUser(option: string, text: string): string {
  if (/^(?:[A-Za-z_][\w.-]{0,30}|\d{1,10})$/.test(text)) return text;
  throw new UsageError(option, `expected the name of a user such as sync, or a number, got ${quote(text)}`);
}
