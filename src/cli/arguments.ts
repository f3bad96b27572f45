// Owns the way from argv to checked options. The words behind the first -- are split off before the parser sees
// anything, since it would make numbers of some. Of yargs only its parser is loaded: the rest costs ten times as
// much to load, and serves the help alone.

import parser from 'yargs-parser';
import { parseRunOptions, ownSurroundings, type RunOptions, type Surroundings } from '../options/options.js';
import {
  optionNames,
  optionTable,
  shownNames,
  type OptionEntry,
  type OptionName,
  type Setting,
} from '../options/option-table.js';
import { quote, UsageError } from '../options/usage-error.js';
import { readSettings } from './environment.js';
import { nearest } from './suggestion.js';

const WAY_OUT = 'zk-leader-run [options] -- COMMAND [ARG...]';

/** What the arguments ask for. */
type Arguments =
  | { readonly kind: 'run'; readonly options: RunOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' };

/**
 * Parses the words behind the program's name, and the ZK_LEADER_RUN_ variables for what they leave out. Throws
 * a UsageError at the first mistake; help and version are shown in spite of others.
 */
export function parseArguments(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  surroundings: () => Surroundings = () => ownSurroundings(env),
): Arguments {
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  const parsed = parseWords(words);
  if (parsed['help'] === true) return { kind: 'help' };
  if (parsed['version'] === true) return { kind: 'version' };
  checkWords(words, parsed._.map(String));
  if (end === -1) throw new UsageError('COMMAND', `expected -- and a command, got no --; write ${WAY_OUT}`);
  const command = argv.slice(end + 1);
  if (command.length === 0) {
    throw new UsageError('COMMAND', `expected a command after --, got nothing; write ${WAY_OUT}`);
  }
  const settings = new Map([...readSettings(env), ...givenSettings(words, parsed)]);
  return { kind: 'run', options: parseRunOptions(Object.fromEntries(settings), command, surroundings()) };
}

type Parsed = Readonly<Record<string, unknown>> & { readonly _: readonly (string | number)[] };

function parseWords(words: readonly string[]): Parsed {
  const switches = optionNames.filter((name) => 'isSwitch' in optionTable[name]);
  const alias: Record<string, string> = { help: 'h', version: 'V' };
  for (const name of optionNames) {
    const entry: OptionEntry = optionTable[name];
    if (entry.alias !== undefined) alias[name] = entry.alias;
  }
  return parser([...words], {
    boolean: ['help', 'version', ...switches],
    string: optionNames.filter((name) => !switches.includes(name)),
    alias,
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'short-option-groups': false,
      'unknown-options-as-args': true,
    },
  });
}

// yargs leaves in `unused` what is no option and no value of one: the subcommand, and mistakes.
function checkWords(words: readonly string[], unused: readonly string[]): void {
  const mistake = unused[0] === 'run' ? unused[1] : unused[0];
  if (mistake !== undefined) throw mistake.startsWith('-') ? unknownOption(mistake) : strayWord(mistake);
  const seen = new Set<string>();
  for (const word of words) {
    if (!word.startsWith('-') || word === '-') continue;
    const name = optionOf(word);
    if (name === undefined) throw unknownOption(word);
    if (seen.has(name)) throw new UsageError(`--${name}`, 'expected once, got it twice; keep one of them');
    seen.add(name);
  }
}

// Stricter than yargs, which takes -wait and ---wait for --wait, and --help=no for no --help.
function optionOf(word: string): OptionName | undefined {
  const name = /^--([^=]{2,})(?:=|$)/.exec(word)?.[1];
  const alias = /^-([^-=])(?:=|$)/.exec(word)?.[1];
  return optionNames.find((option) => {
    const entry: OptionEntry = optionTable[option];
    return option === name || (alias !== undefined && entry.alias === alias);
  });
}

function givenSettings(words: readonly string[], parsed: Parsed): Map<OptionName, Setting> {
  const settings = new Map<OptionName, Setting>();
  for (const name of optionNames) {
    const value = parsed[name];
    if (typeof value !== 'string' && typeof value !== 'boolean') continue;
    const from = `--${name}`;
    const text = attachedValue(words, name) ?? String(value);
    if (text === '') throw new UsageError(from, `expected a value, got none; write ${from}=VALUE`);
    settings.set(name, { text, from });
  }
  return settings;
}

// What stands behind "=" as it was typed: yargs strips quotes from it, and makes --stdin=yes a false.
function attachedValue(words: readonly string[], name: OptionName): string | undefined {
  const word = words.find((candidate) => candidate.includes('=') && optionOf(candidate) === name);
  return word?.slice(word.indexOf('=') + 1);
}

function unknownOption(word: string): UsageError {
  const [typed = word] = word.split('=');
  const meant = nearest(typed.replace(/^-+/, ''), [...shownNames, 'help', 'version'] as const);
  return new UsageError(
    word,
    'expected an option of zk-leader-run, got an unknown one; ' +
      (meant === undefined
        ? 'options of the command come after --, and zk-leader-run --help lists ours'
        : `did you mean --${meant}?`),
  );
}

function strayWord(word: string): UsageError {
  return new UsageError(
    quote(word),
    `expected an option before --, got a word; the command comes after it: ${WAY_OUT}`,
  );
}
