// Owns which shells there is a completion for, and which of them is meant.

import { quote, UsageError } from './usage-error.js';
import { parseChoice } from './values.js';

export const SHELLS = ['bash', 'zsh'] as const;

export type Shell = (typeof SHELLS)[number];

/** Returns the shell that the word names, or else the one that the variable SHELL does; throws a UsageError for others. */
export function parseShell(word: string | undefined, variable: string | undefined): Shell {
  if (word !== undefined) return parseChoice('completion', word, SHELLS);
  const own = SHELLS.find((shell) => variable?.endsWith(`/${shell}`));
  if (own !== undefined) return own;
  throw new UsageError(
    'completion',
    `expected bash or zsh, got none, and SHELL is ${variable === undefined ? 'not set' : quote(variable)}; ` +
      'write zk-leader-run completion bash',
  );
}
