// Owns the reading of the words before the first --: the subcommand, its options, and every mistake among them. Of
// yargs only its parser is loaded: the rest costs ten times as much to load, and serves the help alone.

import parser from 'yargs-parser';
import type { Setting, Settings } from '../options/option.js';
import { quote, UsageError } from '../options/usage-error.js';
import {
  everyOption,
  optionsOf,
  RUN_USAGE,
  shownOptions,
  type SubcommandName,
  subcommandNames,
  subcommandsWith,
  wordOf,
} from './subcommands.js';
import { nearest } from './suggestion.js';

/** What the words ask for, before any value is looked at. */
export interface Words {
  readonly subcommand: SubcommandName;
  readonly asksForHelp: boolean;
  readonly asksForVersion: boolean;
  /** What stands behind the subcommand's name, where one word may. */
  readonly word: string | undefined;
  /** Throws a UsageError at the first mistake. */
  readonly settings: () => Settings;
}

type Parsed = Readonly<Record<string, unknown>> & { readonly _: readonly (string | number)[] };

/** Reads the words by the options of all subcommands, so that the subcommand may stand among them. */
export function readWords(words: readonly string[]): Words {
  const parsed = parse(words);
  const unused = parsed._.map(String);
  const named = subcommandNames.find((name) => name === unused[0]);
  const subcommand = named ?? 'run';
  const mayHaveWord = named !== undefined && wordOf(named) !== undefined;
  const mistake = named === undefined ? unused[0] : unused[mayHaveWord ? 2 : 1];
  return {
    subcommand,
    asksForHelp: parsed['help'] === true,
    asksForVersion: parsed['version'] === true,
    word: mayHaveWord ? unused[1] : undefined,
    settings: () => {
      if (mistake !== undefined) {
        throw mistake.startsWith('-')
          ? unknownOption(subcommand, words, mistake)
          : strayWord(subcommand, mistake, named === undefined);
      }
      checkOptions(subcommand, words);
      return givenSettings(subcommand, words, parsed);
    },
  };
}

// yargs leaves in `_` what is no option and no value of one: the subcommand, and mistakes.
function parse(words: readonly string[]): Parsed {
  const options = [...everyOption];
  const switches = options.filter(([, entry]) => entry.isSwitch === true).map(([name]) => name);
  const alias: Record<string, string> = { help: 'h', version: 'V' };
  for (const [name, entry] of options) {
    if (entry.alias !== undefined) alias[name] = entry.alias;
  }
  return parser([...words], {
    boolean: ['help', 'version', ...switches],
    string: options.map(([name]) => name).filter((name) => !switches.includes(name)),
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

function checkOptions(subcommand: SubcommandName, words: readonly string[]): void {
  const times = new Map<string, number>();
  for (const word of words) {
    if (!word.startsWith('-') || word === '-') continue;
    const name = optionOf(word);
    if (name === undefined) throw unknownOption(subcommand, words, word);
    if (!Object.hasOwn(optionsOf(subcommand), name)) throw foreignOption(subcommand, name);
    times.set(name, (times.get(name) ?? 0) + 1);
    checkTimes(name, times.get(name) ?? 0);
  }
}

function checkTimes(name: string, times: number): void {
  if (everyOption.get(name)?.mayBeTwice === true) {
    if (times > 2) throw new UsageError(`--${name}`, 'expected at most twice, got it more often; keep two');
  } else if (times > 1) {
    throw new UsageError(`--${name}`, 'expected once, got it twice; keep one of them');
  }
}

// Stricter than yargs, which takes -wait and ---wait for --wait, and --help=no for no --help.
function optionOf(word: string): string | undefined {
  const name = /^--([^=]{2,})(?:=|$)/.exec(word)?.[1];
  if (name !== undefined && everyOption.has(name)) return name;
  const alias = /^-([^-=])(?:=|$)/.exec(word)?.[1];
  return [...everyOption].find(([, entry]) => alias !== undefined && entry.alias === alias)?.[0];
}

function givenSettings(subcommand: SubcommandName, words: readonly string[], parsed: Parsed): Settings {
  const settings: Record<string, Setting> = {};
  for (const name of Object.keys(optionsOf(subcommand))) {
    const [text, also] = valuesOf(words, name, parsed[name]);
    if (text === undefined) continue;
    const from = `--${name}`;
    if (text === '' || also === '') {
      throw new UsageError(from, `expected a value, got none; write ${from}=VALUE`);
    }
    settings[name] = { text, from, ...(also === undefined ? {} : { also }) };
  }
  return settings;
}

// What stands behind "=" is taken as it was typed: yargs strips quotes from it, and makes --stdin=yes a false.
function valuesOf(words: readonly string[], name: string, parsed: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  const attached = words
    .filter((word) => optionOf(word) === name)
    .map((word) => (word.includes('=') ? word.slice(word.indexOf('=') + 1) : undefined));
  return values
    .filter((value) => typeof value === 'string' || typeof value === 'boolean')
    .map((value, place) => attached[place] ?? String(value));
}

function unknownOption(subcommand: SubcommandName, words: readonly string[], word: string): UsageError {
  const before = words[words.indexOf(word) - 1] ?? '';
  const owner = /^-\d/.test(word) && !before.includes('=') ? optionOf(before) : undefined;
  if (owner !== undefined && everyOption.get(owner)?.isSwitch !== true) {
    return new UsageError(
      `--${owner}`,
      `expected a value, got ${quote(word)}, which begins as an option does; write --${owner}=${word} if you mean it`,
    );
  }
  const [typed = word] = word.split('=');
  const known = [...shownOptions(Object.entries(optionsOf(subcommand))), 'help', 'version'];
  const meant = nearest(typed.replace(/^-+/, ''), known);
  const listed =
    subcommand === 'run'
      ? 'options of the command come after --, and zk-leader-run --help lists ours'
      : `zk-leader-run ${subcommand} --help lists them`;
  return new UsageError(
    word,
    `expected an option of ${programOf(subcommand)}, got an unknown one; ` +
      (meant === undefined ? listed : `did you mean --${meant}?`),
  );
}

function foreignOption(subcommand: SubcommandName, name: string): UsageError {
  // Many may have it; the first is the one that it was made for.
  const owner = subcommandsWith(name)[0] ?? '';
  return new UsageError(
    `--${name}`,
    `expected an option of zk-leader-run ${subcommand}, got one of zk-leader-run ${owner}; ` +
      (subcommand === 'run'
        ? `did you mean zk-leader-run ${owner} --${name}?`
        : `zk-leader-run ${subcommand} --help lists them`),
  );
}

function strayWord(subcommand: SubcommandName, word: string, mayBeSubcommand: boolean): UsageError {
  if (subcommand !== 'run') {
    return new UsageError(
      quote(word),
      `expected an option of ${programOf(subcommand)}, got a word; zk-leader-run ${subcommand} --help lists them`,
    );
  }
  const meant = mayBeSubcommand ? nearest(word, subcommandNames) : undefined;
  return new UsageError(
    quote(word),
    'expected an option before --, got a word; ' +
      (meant === undefined ? '' : `did you mean zk-leader-run ${meant}? If not, `) +
      `the command comes after it: ${RUN_USAGE}`,
  );
}

function programOf(subcommand: SubcommandName): string {
  return subcommand === 'run' ? 'zk-leader-run' : `zk-leader-run ${subcommand}`;
}
