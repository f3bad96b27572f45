// Owns the completion for zsh. The script knows all words by itself: nothing is started while somebody types.

import {
  type SubcommandName,
  subcommandNames,
  subcommands,
  takesCommand,
  wordOf,
} from '../cli/subcommands.js';
import { describe, spellings, toldOptions } from '../cli/told-options.js';
import type { OptionEntry } from '../options/option.js';

/** Returns the script, to be sourced, or to be kept as _zk-leader-run in a folder of fpath. */
export function zshScript(): string {
  return `#compdef zk-leader-run
# Completes zk-leader-run in zsh; printed by: zk-leader-run completion zsh

_zk-leader-run() {
  local subcommand
  local -a specs valued subcommands
  integer index end=\${words[(ie)--]}
  if (( end < CURRENT )); then
    shift end words
    (( CURRENT -= end ))
    _normal
    return
  fi
  valued=(${valued().join(' ')})
  for (( index = 2; index < CURRENT; index++ )); do
    if (( \${valued[(Ie)$words[index]]} )); then
      (( index++ ))
    elif [[ $words[index] != -* ]]; then
      subcommand=$words[index]
      break
    fi
  done
  case \${subcommand:-run} in
${subcommandNames.map(branch).join('\n')}
  esac
  if [[ -z $subcommand ]]; then
    subcommands=(
${subcommandNames.map((name) => `      ${quoted(`${name}:${subcommands[name].summary}`)}`).join('\n')}
    )
    specs+=('1:subcommand:{ _describe subcommand subcommands }')
  else
    specs+=('1: :')
  fi
  _arguments -S $specs
}

if [[ $funcstack[1] == _zk-leader-run ]]; then
  _zk-leader-run "$@"
else
  compdef _zk-leader-run zk-leader-run
fi
`;
}

function branch(subcommand: SubcommandName): string {
  const options = toldOptions(subcommand).flatMap(([name, entry]) => optionSpecs(name, entry));
  const word = wordOf(subcommand);
  const specs = [
    ...options,
    ...(word === undefined ? [] : [`2:${word.name}:(${word.choices.join(' ')})`]),
    ...(takesCommand(subcommand) ? ['*: :(--)'] : []),
  ];
  return `    (${subcommand})\n      specs=(\n${specs.map((spec) => `        ${quoted(spec)}`).join('\n')}\n      )\n      ;;`;
}

function optionSpecs(name: string, entry: OptionEntry): string[] {
  const names = spellings(name, entry);
  const exclusive = names.length > 1 ? `(${names.join(' ')})` : '';
  const meaning = `[${describe(entry).replace(/[\\[\]:]/g, '\\$&')}]`;
  return names.map((spelling) => {
    if (entry.isSwitch === true) return `${exclusive}${spelling}${meaning}`;
    // Behind = as well, for a long name.
    const assigned = spelling.startsWith('--') ? '=' : '';
    return `${exclusive}${spelling}${assigned}${meaning}:${entry.value ?? 'value'}:${actionFor(entry)}`;
  });
}

function actionFor({ choices, suggestions, value }: OptionEntry): string {
  if (value === 'FILE') return '_files';
  const words = choices ?? suggestions;
  return words === undefined ? ' ' : `(${words.join(' ')})`;
}

/** The options behind which a word is no subcommand. */
function valued(): string[] {
  const options = new Map(subcommandNames.flatMap((name) => toldOptions(name)));
  return [...options]
    .filter(([, { isSwitch }]) => isSwitch !== true)
    .flatMap(([name, entry]) => spellings(name, entry));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
