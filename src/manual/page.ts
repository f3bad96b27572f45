// Owns the man page. It is made of what --help is made of: the tables of options, and the prose below them.

import { EPILOGUES } from '../cli/help.js';
import { type SubcommandName, subcommandNames, subcommands } from '../cli/subcommands.js';
import { describe, spellings, toldOptions } from '../cli/told-options.js';
import type { OptionEntry } from '../options/option.js';
import { type Block, readProse } from './prose.js';
import { bold, entry, escaped, example, italic, paragraph, section, subsection } from './roff.js';

type Told = readonly [name: string, entry: OptionEntry];

const PROGRAM = 'zk-leader-run';

/** What a heading of the help is called in man pages. */
const TITLES: Readonly<Record<string, string>> = { 'Exit codes': 'Exit status' };

/** Returns the page in the language of man(7). */
export function manualPage(version: string): string {
  const prose = readProse(EPILOGUES.run);
  const parts = [
    '.\\" Made by "npm run man" of the tables and the prose of --help: edit those.',
    `.TH ${PROGRAM.toUpperCase()} 1 "" "${PROGRAM} ${version}" "User Commands"`,
    section('Name'),
    `${escaped(PROGRAM)} \\- run a command on exactly one of your servers`,
    section('Synopsis'),
    subcommandNames.map(synopsis).join('\n.br\n'),
    section('Description'),
    escaped(subcommands.run.summary),
    ...prose.filter(({ heading }) => heading === undefined).flatMap(({ blocks }) => blocks.map(roff)),
    section('Options'),
    ...groups(toldOptions('run')),
    section('Subcommands'),
    ...subcommandNames.filter((name) => name !== 'run').flatMap(subcommand),
    ...prose.flatMap(({ heading, blocks }) =>
      heading === undefined ? [] : [section(TITLES[heading] ?? heading), ...blocks.map(roff)],
    ),
  ];
  // A section begins a paragraph by itself.
  return `${parts.join('\n').replaceAll(/^(\.S[HS] .+)\n\.PP$/gm, '$1')}\n`;
}

function synopsis(name: SubcommandName): string {
  return `${bold(PROGRAM)} ${escaped(subcommands[name].usage)}`;
}

function subcommand(name: SubcommandName): string[] {
  const options = toldOptions(name);
  const ofRun = new Map(toldOptions('run'));
  const isShared = ([option, told]: Told): boolean => ofRun.get(option) === told;
  const shared = options.filter(isShared).map(([option]) => bold(`--${option}`));
  return [
    subsection(subcommands[name].usage),
    escaped(subcommands[name].summary),
    ...options.filter((told) => !isShared(told)).map(option),
    `.PP\nAs above: ${shared.join(', ')}.`,
    ...readProse(EPILOGUES[name]).flatMap(({ heading, blocks }) => [
      ...(heading === undefined ? [] : [`.PP\n${bold(heading)}`]),
      ...blocks.map(roff),
    ]),
  ];
}

/** The options under the headings of the help, in its order. */
function groups(options: readonly Told[]): string[] {
  const names = new Set(options.map(([, { group }]) => group));
  return [...names].flatMap((name) => [
    subsection(name),
    ...options.filter(([, { group }]) => group === name).map(option),
  ]);
}

function option([name, told]: Told): string {
  const value = told.choices?.join('|') ?? told.value ?? 'VALUE';
  const written = spellings(name, told).map(bold).join(', ');
  return entry(told.isSwitch === true ? written : `${written} ${italic(value)}`, describe(told));
}

function roff(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return paragraph(block.text);
    case 'example':
      return example(block.text);
    case 'entry':
      return entry(bold(block.term), block.text);
  }
}
