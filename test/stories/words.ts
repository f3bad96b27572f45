// Owns how a story writes names, moments and the other single words of its notation.
// Must never know of events or settings.
import type { ChildExit } from '../../src/election/endings.js';
import type { Instruction } from '../../src/election/term.js';
import { parseDuration } from '../../src/options/duration.js';

/** `us#3` stands for `_c_us-lock-0000000003`; any other text for itself. */
export function nameFrom(text: string): string {
  const [, owner, sequence] = /^(\w+)#(-?\d+)$/.exec(text) ?? [];
  if (owner === undefined || sequence === undefined) return text;
  return `_c_${owner}-lock-${sequence.startsWith('-') ? sequence : sequence.padStart(10, '0')}`;
}

export function formatName(name: string): string {
  const [, owner, sequence] = /^_c_(\w+)-lock-(-?\d+)$/.exec(name) ?? [];
  return owner === undefined ? name : `${owner}#${Number(sequence)}`;
}

export function momentFrom(text: string): number {
  return parseDuration('a moment', text);
}

/** Milliseconds below a second, else seconds; rounded to a millisecond, as no story depends on less. */
export function formatMoment(ms: number): string {
  const whole = Math.round(ms);
  return Math.abs(whole) < 1000 ? `${whole}ms` : `${whole / 1000}s`;
}

/** `12:00:10.5`, on the first day that a wall clock can show. */
export function wallFrom(text: string): number {
  const ms = Date.parse(`1970-01-01T${text}Z`);
  if (Number.isNaN(ms)) throw new Error(`expected a moment such as 12:00:10, got "${text}"`);
  return ms;
}

export function formatWall(ms: number): string {
  return new Date(ms)
    .toISOString()
    .slice(11, -1)
    .replace(/\.?0+$/, '');
}

export function instructionFrom(by: string): Instruction {
  return { by, host: 'somewhere', since: '2001-01-01T00:00:00Z' };
}

export function exitFrom(fields: Fields): ChildExit {
  const code = fields.optional('code');
  if (code !== undefined) return { kind: 'code', code: Number(code) };
  const signal = fields.optional('signal');
  if (signal !== undefined) return { kind: 'signal', signal };
  return { kind: 'not-started', errno: fields.required('not-started') };
}

export function formatExit(exit: ChildExit): string {
  switch (exit.kind) {
    case 'code':
      return `code=${exit.code}`;
    case 'signal':
      return `signal=${exit.signal}`;
    case 'not-started':
      return `not-started=${exit.errno}`;
  }
}

export interface Fields {
  optional(name: string): string | undefined;
  required(name: string): string;
  /** Throws when a field was given that nobody asked for. */
  finish(): void;
}

/** Reads `name=value` words. A misspelt one is an error, or a story would tell something else than it says. */
export function fieldsFrom(words: readonly string[]): Fields {
  const given = new Map<string, string>();
  for (const word of words) {
    const [, name, value] = /^([a-z-]+)=(\S+)$/.exec(word) ?? [];
    if (name === undefined || value === undefined) throw new Error(`expected name=value, got "${word}"`);
    given.set(name, value);
  }
  const optional = (name: string): string | undefined => {
    const value = given.get(name);
    given.delete(name);
    return value;
  };
  return {
    optional,
    required: (name) => {
      const value = optional(name);
      if (value === undefined) throw new Error(`expected ${name}=...`);
      return value;
    },
    finish: () => {
      const [unknown] = given.keys();
      if (unknown !== undefined) throw new Error(`nothing is called "${unknown}" here`);
    },
  };
}

export function listFrom(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(',');
}
