// Owns the way from argv to checked options. The words behind the first -- are split off before the parser sees
// anything, since it would make numbers of some.

import type { Settings } from '../options/option.js';
import { parseRunOptions, ownSurroundings, type RunOptions, type Surroundings } from '../options/options.js';
import {
  type ElectionOptions,
  parsePauseOptions,
  parseResignOptions,
  parseUnpauseOptions,
  type PauseOptions,
  type ResignOptions,
} from '../options/steering-options.js';
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
  | { readonly kind: 'resign'; readonly options: ResignOptions }
  | { readonly kind: 'pause'; readonly options: PauseOptions }
  | { readonly kind: 'unpause'; readonly options: ElectionOptions }
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
  const ofElection = (): Settings => {
    refuseCommand(subcommand, command);
    return withTold(given, readSettings(env, subcommand), toldSettings(env));
  };
  switch (subcommand) {
    case 'run': {
      const words = requireCommand(command);
      const options = parseRunOptions({ ...readSettings(env, subcommand), ...given }, words, surroundings());
      return { kind: 'run', options };
    }
    case 'verify':
      return { kind: 'verify', options: parseVerifyOptions(ofElection()) };
    case 'resign':
      return { kind: 'resign', options: parseResignOptions(ofElection()) };
    case 'pause':
      return { kind: 'pause', options: parsePauseOptions(ofElection()) };
    case 'unpause':
      return { kind: 'unpause', options: parseUnpauseOptions(ofElection()) };
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
