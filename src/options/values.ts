// Owns the grammar of the options that are neither durations nor paths.
import { constants } from 'node:os';
import { quote, UsageError } from './usage-error.js';

const ID_MAX_BYTES = 255;

/** The signals by which programs are commonly asked to end, or to do something before. */
export const COMMON_STOP_SIGNALS = ['TERM', 'INT', 'QUIT', 'HUP', 'USR1', 'USR2'] as const;

/** Returns the choice that the text names, or throws a UsageError that lists them all. */
export function parseChoice<const Choice extends string>(
  option: string,
  text: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new UsageError(option, `expected ${listed(choices)}, got ${quote(text)}`);
}

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

/** Parses 1, true or yes, and 0, false or no, in any case; throws a UsageError for anything else. */
export function parseSwitch(option: string, text: string): boolean {
  const word = text.toLowerCase();
  if (['1', 'true', 'yes'].includes(word)) return true;
  if (['0', 'false', 'no'].includes(word)) return false;
  throw new UsageError(option, `expected 1, true, yes, 0, false or no, got ${quote(text)}`);
}

/** Parses a whole number; throws a UsageError for anything else, and for what is out of these bounds. */
export function parseCount(option: string, text: string, least: number, most: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (count >= least && count <= most) return count;
  throw new UsageError(option, `expected a number from ${least} to ${most}, got ${quote(text)}`);
}

/** Parses the name of a signal that can ask a command to end, as TERM or SIGTERM in any case. */
export function parseStopSignal(option: string, text: string): NodeJS.Signals {
  const word = text.toUpperCase();
  const name = word.startsWith('SIG') ? word : `SIG${word}`;
  if (name === 'SIGKILL') {
    throw new UsageError(
      option,
      `expected a signal that asks the command to end, got ${quote(text)}, which ends it unasked; ` +
        'SIGKILL follows by itself after --stop-timeout, and --stop-timeout 0s sends it soonest',
    );
  }
  if (name === 'SIGSTOP') {
    throw new UsageError(
      option,
      `expected a signal that asks the command to end, got ${quote(text)}, which only freezes it; use TERM or INT`,
    );
  }
  if (!isSignal(name)) {
    throw new UsageError(
      option,
      `expected a signal such as ${listed(COMMON_STOP_SIGNALS)}, got ${quote(text)}`,
    );
  }
  return name;
}

function isSignal(name: string): name is NodeJS.Signals {
  return Object.hasOwn(constants.signals, name);
}

/** Returns the contender's id as given; throws a UsageError unless it is one line of 1 to 255 bytes. */
export function parseId(option: string, text: string): string {
  const problem = idProblem(text);
  if (problem === undefined) return text;
  throw new UsageError(option, `expected a name such as web1:4711, got ${quote(text)}, ${problem}`);
}

function idProblem(text: string): string | undefined {
  if (text === '') return 'which is empty';
  if (/\p{Cc}/u.test(text)) return 'which has a control character in it';
  const bytes = Buffer.byteLength(text);
  return bytes > ID_MAX_BYTES
    ? `which has ${String(bytes)} bytes; the limit is ${String(ID_MAX_BYTES)}`
    : undefined;
}

/** Returns the znode prefix as given; throws a UsageError when sequence numbers behind it could not be read. */
export function parseZnodePrefix(option: string, text: string): string {
  const problem = znodePrefixProblem(text);
  if (problem === undefined) return text;
  throw new UsageError(option, `expected a prefix such as p_, got ${quote(text)}, ${problem}`);
}

function znodePrefixProblem(text: string): string | undefined {
  if (text === '') return 'which is empty';
  if (!/^[\x21-\x7e]+$/.test(text)) return 'which is not all printable ASCII without spaces';
  if (text.includes('/')) return 'which has a / in it';
  // The server appends the sequence number: behind "p2", it and the 2 would read as one number.
  return /\d$/.test(text) ? 'which ends like a number; end it with a letter or _' : undefined;
}
