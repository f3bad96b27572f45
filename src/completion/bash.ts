// Owns the completion for bash. The script knows all words by itself: nothing is started while somebody types. It needs
// bash 4 for compopt, and makes use of the package bash-completion where that is loaded.

import { subcommandNames, takesCommand, wordOf } from '../cli/subcommands.js';
import { spellings, toldOptions } from '../cli/told-options.js';
import type { OptionEntry } from '../options/option.js';

/** Returns the script, to be sourced. */
export function bashScript(): string {
  return `# Completes zk-leader-run in bash 4 or newer; printed by: zk-leader-run completion bash

# What may follow a subcommand.
_zk_leader_run_words() {
  case $1 in
${subcommandNames.map((name) => `    ${name}) echo '${wordsAfter(name).join(' ')}' ;;`).join('\n')}
  esac
}

# What the value of an option may be, @file for a file; fails where none follows.
_zk_leader_run_values() {
  case $1 in
${valueCases().join('\n')}
    *) return 1 ;;
  esac
}

_zk_leader_run_command() {
  local current=\${COMP_WORDS[COMP_CWORD]}
  if declare -F _comp_command_offset >/dev/null; then
    _comp_command_offset "$1"
  elif declare -F _command_offset >/dev/null; then
    _command_offset "$1"
  elif ((COMP_CWORD == $1)) && [[ $current != */* ]]; then
    COMPREPLY=($(compgen -A command -- "$current"))
  else
    compopt -o default
  fi
}

_zk_leader_run() {
  local current=\${COMP_WORDS[COMP_CWORD]} option=\${COMP_WORDS[COMP_CWORD - 1]}
  local index word values subcommand= given=' '
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case $word in
      --)
        _zk_leader_run_command $((index + 1))
        return
        ;;
      # Bash takes words apart there: this one goes on.
      [=:]*) ((index++)) ;;
      -*)
        given+="$word "
        if _zk_leader_run_values "$word" >/dev/null && [[ \${COMP_WORDS[index + 1]} != = ]]; then ((index++)); fi
        ;;
      *) subcommand=\${subcommand:-$word} ;;
    esac
  done
  if [[ $current == = ]]; then
    current=
  elif [[ $option == = ]]; then
    option=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  if values=$(_zk_leader_run_values "$option"); then
    if [[ $values == @file ]]; then compopt -o default; else COMPREPLY=($(compgen -W "$values" -- "$current")); fi
    return
  fi
  values=
  for word in $(_zk_leader_run_words "\${subcommand:-run}"); do
    [[ $given == *" $word "* ]] || values+="$word "
  done
  if [[ -z $subcommand && $current != -* ]]; then values='-- ${subcommandNames.join(' ')}'; fi
  COMPREPLY=($(compgen -W "$values" -- "$current"))
}

complete -F _zk_leader_run zk-leader-run
`;
}

function wordsAfter(subcommand: (typeof subcommandNames)[number]): string[] {
  return [
    ...(wordOf(subcommand)?.choices ?? []),
    ...toldOptions(subcommand).map(([name]) => `--${name}`),
    ...(takesCommand(subcommand) ? ['--'] : []),
  ];
}

// An option that several subcommands have is the same in all.
function valueCases(): string[] {
  const spelled = new Map<string, string[]>();
  for (const [name, entry] of new Map(subcommandNames.flatMap((subcommand) => toldOptions(subcommand)))) {
    if (entry.isSwitch === true) continue;
    const values = valuesOf(entry);
    spelled.set(values, [...(spelled.get(values) ?? []), ...spellings(name, entry)]);
  }
  return [...spelled].map(([values, options]) => `    ${options.join(' | ')}) echo '${values}' ;;`);
}

function valuesOf({ choices, suggestions = [], value }: OptionEntry): string {
  return value === 'FILE' ? '@file' : (choices ?? suggestions).join(' ');
}
