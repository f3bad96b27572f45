// Owns how a hook is written: one text, cut into words as a shell would cut it, and run without a shell.
// Must never guess at what only a shell understands: operators, variables and patterns are refused.

import { parse } from 'shell-quote';
import type { HookName } from '../election/term.js';
import { type Command, resolveCommand } from './command.js';
import type { Setting, Settings } from './option.js';
import { quote, UsageError } from './usage-error.js';

/** The operator's commands beside the command, by what they are told. */
export type Hooks = Readonly<Partial<Record<HookName, Command>>>;

/** What `--on-lost` says: what follows a lost term, and the hook that runs when one ends. */
interface OnLost {
  readonly policy: 'rejoin' | 'exit';
  readonly hooks: Hooks;
}

interface Surroundings {
  readonly searchPath: string | undefined;
  readonly cwd: string;
}

const POLICIES = ['rejoin', 'exit'] as const;
const OR_ELSE = 'rejoin, exit or ';

/** Reads the hooks that have an option of their own; throws a UsageError for one that could not be run. */
export function parseHooks(
  settings: Settings<'on-elected' | 'on-standby'>,
  surroundings: Surroundings,
): Hooks {
  const { 'on-elected': elected, 'on-standby': standby } = settings;
  return {
    ...(elected && { elected: parseHook(elected.from, elected.text, surroundings) }),
    ...(standby && { standby: parseHook(standby.from, standby.text, surroundings) }),
  };
}

/** Reads a policy, a hook, or one of each; throws a UsageError for two of a kind, and for what is neither. */
export function parseOnLost(setting: Setting | undefined, surroundings: Surroundings): OnLost {
  const { from, text, also } = setting ?? { from: '--on-lost', text: 'rejoin' };
  const texts = also === undefined ? [text] : [text, also];
  const policies = POLICIES.filter((policy) => texts.includes(policy));
  const hooks = texts.filter((each) => !isPolicy(each));
  const [hook] = hooks;
  if (texts.length - hooks.length > 1 || hooks.length > 1) {
    throw new UsageError(
      from,
      `expected one policy (rejoin or exit) and one hook, got ${texts.map(quote).join(' and ')}; ` +
        (hook === undefined ? 'keep one of them' : "join the two in a script, or in sh -c '...'"),
    );
  }
  return {
    policy: policies[0] ?? 'rejoin',
    hooks: hook === undefined ? {} : { lost: parseHook(from, hook, surroundings, OR_ELSE) },
  };
}

function isPolicy(text: string): boolean {
  return POLICIES.some((policy) => policy === text);
}

/** Reads a command of the operator's; throws a UsageError for one that could not be run. */
export function parseHook(
  option: string,
  text: string,
  { searchPath, cwd }: Surroundings,
  orElse = '',
): Command {
  const [argv0, ...args] = splitWords(option, text, orElse);
  if (argv0 === undefined) {
    throw new UsageError(option, `expected ${orElse}a command, got ${quote(text)}, which has no word in it`);
  }
  return { file: resolveCommand(argv0, searchPath, cwd, { option, orElse }), argv0, args };
}

/** Writes a command so that parseHook reads it back, in whatever folder and with whatever PATH. */
export function hookText({ file, args }: Command): string {
  return [file, ...args].map(quoteForShell).join(' ');
}

function quoteForShell(word: string): string {
  return /^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Cuts a text into words; throws a UsageError where a shell would do more with it than that. */
function splitWords(option: string, text: string, orElse: string): string[] {
  const refuse = (problem: string, way = "write sh -c '...', or quote it"): never => {
    throw new UsageError(option, `expected ${orElse}a command, got ${quote(text)}, ${problem}; ${way}`);
  };
  const bare = withoutQuotes(text.trim());
  if (/['"]/.test(bare)) return refuse('where a quote is not closed', 'close it, or write \\ ahead of it');
  if (bare.includes('\\')) return refuse('which ends its line with \\', 'leave that out');
  const special = /[$`\n[]|(?<=^|\s)~/.exec(bare)?.[0];
  if (special !== undefined) return refuse(needsShell(special));
  return parse(text.trim()).map((word) => {
    if (typeof word === 'string') return word;
    if ('comment' in word) return refuse(needsShell('#'));
    return refuse(needsShell(word.op === 'glob' ? word.pattern : word.op));
  });
}

// shell-quote takes some of what is special to a shell for ordinary letters, and closes open quotes itself. Double
// quotes leave a variable and a substitution what they are.
function withoutQuotes(text: string): string {
  return text.replace(/'[^']*'|"(?:\\[^]|[^"\\])*"|\\[^\n]/g, (part) =>
    part.startsWith('"') ? (/[$`]|\\\n/.exec(part.replace(/\\[^`\n]/g, ''))?.[0] ?? '_') : '_',
  );
}

function needsShell(special: string): string {
  return `where ${quote(special)} means something to a shell alone, and none is in between`;
}
