// Owns what `config` prints: a table for people, or one JSON object. Must never show what looks like a secret.

import type { ConfigOptions, Effective, Origin } from '../options/config-options.js';
import { quote } from '../options/usage-error.js';
import { masked, maskedWords } from './secrets.js';

type Row = readonly [name: string, value: string, from: string];

/** Returns the answer, ending in a line feed. */
export function configText(options: ConfigOptions): string {
  return options.json ? `${JSON.stringify(asObject(options), undefined, 2)}\n` : asTable(options);
}

function asObject({ settings, command }: ConfigOptions): unknown {
  return {
    settings: Object.fromEntries(
      settings.map(({ option, text, origin }) => [
        option,
        { value: text === undefined ? null : masked(text), ...asFields(origin) },
      ]),
    ),
    command: command ? { value: maskedWords(command.words), ...asFields(command.origin) } : null,
  };
}

function asFields(origin: Origin): { from: Origin['kind']; where: string | null } {
  return { from: origin.kind, where: 'where' in origin ? origin.where : null };
}

function asTable({ settings, command }: ConfigOptions): string {
  const rows: Row[] = [
    ['OPTION', 'VALUE', 'FROM'],
    ...settings.map((setting): Row => [setting.option, valueOf(setting), inWords(setting.origin)]),
    command
      ? ['COMMAND', maskedWords(command.words).map(readable).join(' '), inWords(command.origin)]
      : ['COMMAND', '(none)', 'default'],
  ];
  const width = (column: 0 | 1): number => Math.max(...rows.map((row) => row[column].length));
  const [names, values] = [width(0), width(1)];
  return rows
    .map(([name, value, from]) => `${name.padEnd(names)}  ${value.padEnd(values)}  ${from}\n`)
    .join('');
}

function valueOf({ text, inWords }: Effective): string {
  return text === undefined ? `(${inWords})` : readable(masked(text));
}

function inWords(origin: Origin): string {
  return 'where' in origin ? origin.where : origin.kind;
}

function readable(text: string): string {
  return /^[^\s\p{Cc}"]+$/u.test(text) ? text : quote(text);
}
