// Owns the way from argv to checked options. The words behind the first -- are split off before the parser sees
// anything, since it would make numbers of some.

import { parseRunOptions, ownSurroundings, type RunOptions, type Surroundings } from '../options/options.js';
import { parseStatusOptions, type StatusOptions } from '../options/status-options.js';
import { toldSettings, withTold } from '../options/told.js';
import { quote, UsageError } from '../options/usage-error.js';
import { parseVerifyOptions, type VerifyOptions } from '../options/verify-options.js';
import { readSettings } from './environment.js';
import { RUN_USAGE, type SubcommandName } from './subcommands.js';
import { readWords } from './words.js';

/** What the arguments ask for. */
type Arguments =
  | { readonly kind: 'run'; readonly options: RunOptions }
  | { readonly kind: 'verify'; readonly options: VerifyOptions }
  | { readonly kind: 'status'; readonly options: StatusOptions }
  | { readonly kind: 'help'; readonly subcommand: SubcommandName }
  | { readonly kind: 'version' };

/**
 * Parses the words behind the program's name, and the ZK_LEADER_RUN_ variables for what they leave out. Throws
 * a UsageError at the first mistake; help and version are shown in spite of others.
 */
export function parseArguments(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  surroundings: () => Surroundings = () => ownSurroundings(env),
): Arguments {
  const end = argv.indexOf('--');
  const command = end === -1 ? undefined : argv.slice(end + 1);
  const { subcommand, asksForHelp, asksForVersion, settings } = readWords(
    end === -1 ? argv : argv.slice(0, end),
  );
  if (asksForHelp) return { kind: 'help', subcommand };
  if (asksForVersion) return { kind: 'version' };
  const given = settings();
  switch (subcommand) {
    case 'run': {
      const words = requireCommand(command);
      const options = parseRunOptions({ ...readSettings(env, subcommand), ...given }, words, surroundings());
      return { kind: 'run', options };
    }
    case 'verify': {
      refuseCommand(subcommand, command);
      const variables = readSettings(env, subcommand);
      return { kind: 'verify', options: parseVerifyOptions(withTold(given, variables, toldSettings(env))) };
    }
    case 'status': {
      refuseCommand(subcommand, command);
      const variables = readSettings(env, subcommand);
      return { kind: 'status', options: parseStatusOptions(withTold(given, variables, toldSettings(env))) };
    }
  }
}

function requireCommand(command: readonly string[] | undefined): readonly string[] {
  if (command === undefined) {
    throw new UsageError('COMMAND', `expected -- and a command, got no --; write ${RUN_USAGE}`);
  }
  if (command.length === 0) {
    throw new UsageError('COMMAND', `expected a command after --, got nothing; write ${RUN_USAGE}`);
  }
  return command;
}

function refuseCommand(subcommand: SubcommandName, command: readonly string[] | undefined): void {
  if (command === undefined) return;
  throw new UsageError(
    'COMMAND',
    `expected none, since zk-leader-run ${subcommand} runs none, got ${quote(['--', ...command].join(' '))}; ` +
      'leave it out',
  );
}
