// Owns the reading of the configuration file: its form, its keys, and every mistake among them. Must never judge a
// value: the parser of its option does. Loaded only when a file is named, as its library is.

import { readFileSync } from 'node:fs';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type ParsedNode } from 'yaml';
import { errnoOf } from '../errno.js';
import type { Setting } from '../options/option.js';
import type { ConfigFile, Placed } from '../options/sources.js';
import { quote, UsageError } from '../options/usage-error.js';
import { everyOption, shownOptions } from './subcommands.js';
import { nearest } from './suggestion.js';

/** The key that is no option: what to run where nothing stands behind --. */
const COMMAND = 'command';

/** The one option that a file cannot hold. */
const CONFIG = 'config';

const EXAMPLE = 'session-timeout: 20s';

/** Reads the file that the setting names; throws a UsageError at the first mistake. */
export function readConfigFile({ from, text: path }: Setting): ConfigFile {
  return parseConfigFile(path, readText(from, path));
}

/** Parses the text of the file at that path; throws a UsageError at the first mistake. */
export function parseConfigFile(path: string, text: string): ConfigFile {
  const lines = new LineCounter();
  const placeOf = (offset: number): string => `${path}:${String(lines.linePos(offset).line)}`;
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const [mistake] = [...document.errors, ...document.warnings];
  if (mistake !== undefined) {
    throw new UsageError(placeOf(mistake.pos[0]), problemOf(mistake, /^\s*\{/.test(text)));
  }
  const { contents } = document;
  const options = new Map<string, Placed<string>>();
  // Every line is a comment, or there is none.
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    return { options, command: undefined };
  }
  if (!isMap(contents)) {
    throw new UsageError(
      placeOf(contents.range[0]),
      `expected options, such as ${EXAMPLE}, got ${kindOf(contents)}`,
    );
  }
  let command: Placed<readonly string[]> | undefined;
  const seen = new Map<string, string>();
  for (const { key, value } of contents.items) {
    const place = placeOf(key.range[0]);
    const name = nameOf(place, key);
    const from = `${place} ${name}`;
    const before = seen.get(name);
    if (before !== undefined) {
      throw new UsageError(from, `expected once, got it twice, the first at ${before}; keep one of them`);
    }
    seen.set(name, place);
    if (name === COMMAND) command = { value: wordsOf(from, value), place };
    else options.set(name, { value: optionTextOf(from, value), place });
  }
  return { options, command };
}

function readText(option: string, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const code = errnoOf(error);
    throw new UsageError(
      option,
      `expected a YAML or JSON file, got ${quote(path)}, ${PROBLEMS[code] ?? `which cannot be read (${code})`}`,
    );
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'which does not exist',
  EISDIR: 'which is a directory; name a file in it',
  EACCES: 'which this user may not read; correct its permissions',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'which is not text in UTF-8',
};

function problemOf({ code, message }: { code: string; message: string }, isJson: boolean): string {
  if (code === 'MULTIPLE_DOCS') return 'expected one document, got a second one; keep one of them';
  const form = isJson ? 'JSON' : `YAML, such as ${EXAMPLE}`;
  const words = message
    .replace(/^\w/, (letter) => letter.toLowerCase())
    .replaceAll('flow map', 'object')
    .replaceAll('flow sequence', 'list');
  return `expected ${form}, got a mistake in it: ${words}`;
}

function nameOf(place: string, key: ParsedNode): string {
  if (!isScalar(key) || typeof key.value !== 'string') {
    throw new UsageError(place, `expected the name of an option, got ${kindOf(key)}; write ${EXAMPLE}`);
  }
  const name = key.value;
  if (name === CONFIG) {
    throw new UsageError(
      `${place} ${name}`,
      'expected an option that a file can hold, got one that names it',
    );
  }
  if (name === COMMAND || everyOption.has(name)) return name;
  const known = [...shownOptions(everyOption), COMMAND].filter((option) => option !== CONFIG);
  const meant = nearest(name.replace(/^-+/, ''), known);
  throw new UsageError(
    `${place} ${name}`,
    'expected the name of an option, got an unknown one; ' +
      (meant === undefined ? 'leave it out, or see zk-leader-run --help' : `did you mean ${meant}?`),
  );
}

function optionTextOf(from: string, value: ParsedNode | null): string {
  const text = textOf(value);
  if (text === undefined) {
    throw new UsageError(from, `expected one text, number, true or false, got ${kindOf(value)}`);
  }
  if (text === '') throw new UsageError(from, 'expected a value, got an empty one; leave it out, or set it');
  return checkText(from, text);
}

function wordsOf(from: string, value: ParsedNode | null): readonly string[] {
  const way = 'write command: [./job.sh, --all]';
  if (value === null || !isSeq(value)) {
    throw new UsageError(from, `expected a list of words, got ${kindOf(value)}; ${way}`);
  }
  const words = value.items.map((item) => {
    const word = textOf(item);
    if (word === undefined)
      throw new UsageError(from, `expected words, got ${kindOf(item)} among them; ${way}`);
    return checkText(from, word);
  });
  if (words.length === 0) throw new UsageError(from, `expected a command, got an empty list; ${way}`);
  return words;
}

// What the environment could have held: 1e3 is no 1000 here either.
function textOf(node: ParsedNode | null): string | undefined {
  if (node === null || !isScalar(node) || node.value === null) return undefined;
  return typeof node.value === 'string' ? node.value : node.source;
}

// No argument of a program can hold these, so no parser behind us expects them.
function checkText(from: string, text: string): string {
  if (!/[\0\p{Cs}]/u.test(text)) return text;
  throw new UsageError(from, `expected text, got ${quote(text)}, which has a NUL or half a character in it`);
}

function kindOf(node: ParsedNode | null): string {
  if (isMap(node)) return 'a group of keys';
  if (isSeq(node)) return 'a list';
  if (isAlias(node)) return 'an alias';
  const text = textOf(node);
  return text === undefined ? 'nothing' : quote(text);
}
