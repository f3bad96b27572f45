// Owns the way from argv to checked options. The words behind the first -- are split off before the parser sees
// anything, since it would make numbers of some.

import { parseShell, type Shell } from '../options/completion-options.js';
import { type ConfigOptions, parseConfigOptions } from '../options/config-options.js';
import type { ElectionOptions } from '../options/election-options.js';
import type { Setting, Settings } from '../options/option.js';
import { type ExplainOptions, parseExplainOptions } from '../options/explain-options.js';
import { type HistoryOptions, parseHistoryOptions } from '../options/history-options.js';
import { parseRunOptions, ownSurroundings, type RunOptions, type Surroundings } from '../options/options.js';
import { parseRunNowOptions, type RunNowOptions } from '../options/run-now-options.js';
import { type ConfigFile, fileSettings } from '../options/sources.js';
import {
  parsePauseOptions,
  parseResignOptions,
  parseUnpauseOptions,
  type PauseOptions,
  type ResignOptions,
} from '../options/steering-options.js';
import { parseSystemdOptions, type SystemdOptions } from '../options/systemd-options.js';
import { parseStatusOptions, type StatusOptions } from '../options/status-options.js';
import { toldSettings, withTold } from '../options/told.js';
import { quote, UsageError } from '../options/usage-error.js';
import { parseVerifyOptions, type VerifyOptions } from '../options/verify-options.js';
import { readSettings } from './environment.js';
import { optionsOf, RUN_USAGE, type SubcommandName, SYSTEMD_USAGE } from './subcommands.js';
import { readWords } from './words.js';

/** What the arguments ask for. */
type Arguments =
  | { readonly kind: 'run'; readonly options: RunOptions }
  | { readonly kind: 'verify'; readonly options: VerifyOptions }
  | { readonly kind: 'history'; readonly options: HistoryOptions }
  | { readonly kind: 'run-now'; readonly options: RunNowOptions }
  | { readonly kind: 'resign'; readonly options: ResignOptions }
  | { readonly kind: 'pause'; readonly options: PauseOptions }
  | { readonly kind: 'unpause'; readonly options: ElectionOptions }
  | { readonly kind: 'config'; readonly options: ConfigOptions }
  | { readonly kind: 'completion'; readonly shell: Shell }
  | { readonly kind: 'explain'; readonly options: ExplainOptions }
  | { readonly kind: 'systemd'; readonly options: SystemdOptions }
  | { readonly kind: 'status'; readonly options: StatusOptions }
  | { readonly kind: 'help'; readonly subcommand: SubcommandName }
  | { readonly kind: 'version' };

/** Returns what names the configuration file, if it is needed; throws a UsageError at the first mistake. */
export function namedConfigFile(argv: readonly string[], env: NodeJS.ProcessEnv): Setting | undefined {
  const end = argv.indexOf('--');
  const { subcommand, asksForHelp, asksForVersion, settings } = readWords(
    end === -1 ? argv : argv.slice(0, end),
  );
  if (asksForHelp || asksForVersion) return undefined;
  return settings()['config'] ?? readSettings(env, subcommand)['config'];
}

/**
 * Parses the words behind the program's name, the ZK_LEADER_RUN_ variables for what they leave out, and the
 * configuration file for the rest. Throws a UsageError at the first mistake; help and version are shown in spite of
 * others.
 */
export function parseArguments(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  surroundings: () => Surroundings = () => ownSurroundings(env),
  file?: ConfigFile,
): Arguments {
  const end = argv.indexOf('--');
  const command = end === -1 ? undefined : argv.slice(end + 1);
  const { subcommand, asksForHelp, asksForVersion, word, settings } = readWords(
    end === -1 ? argv : argv.slice(0, end),
  );
  if (asksForHelp) return { kind: 'help', subcommand };
  if (asksForVersion) return { kind: 'version' };
  const given = settings();
  const standing = { ...fileSettings(optionsOf(subcommand), file), ...readSettings(env, subcommand) };
  const ofElection = (): Settings => {
    refuseCommand(subcommand, command);
    return withTold(given, standing, toldSettings(env));
  };
  switch (subcommand) {
    case 'run': {
      const words = requireCommand(command ?? file?.command?.value, RUN_USAGE);
      const options = parseRunOptions({ ...standing, ...given }, words, surroundings());
      return { kind: 'run', options };
    }
    case 'verify':
      return { kind: 'verify', options: parseVerifyOptions(ofElection()) };
    case 'status':
      return { kind: 'status', options: parseStatusOptions(ofElection()) };
    case 'history':
      return { kind: 'history', options: parseHistoryOptions(ofElection()) };
    case 'run-now':
      return { kind: 'run-now', options: parseRunNowOptions(ofElection()) };
    case 'resign':
      return { kind: 'resign', options: parseResignOptions(ofElection()) };
    case 'pause':
      return { kind: 'pause', options: parsePauseOptions(ofElection()) };
    case 'unpause':
      return { kind: 'unpause', options: parseUnpauseOptions(ofElection()) };
    case 'explain':
      refuseCommand(subcommand, command);
      return { kind: 'explain', options: parseExplainOptions({ ...standing, ...given }) };
    case 'config': {
      const sources = { commandLine: given, environment: readSettings(env, subcommand), file };
      const words = command && requireCommand(command, RUN_USAGE);
      return { kind: 'config', options: parseConfigOptions(sources, words, surroundings()) };
    }
    case 'completion':
      refuseCommand(subcommand, command);
      return { kind: 'completion', shell: parseShell(word, env['SHELL']) };
    case 'systemd': {
      const words = requireCommand(command ?? file?.command?.value, SYSTEMD_USAGE);
      return {
        kind: 'systemd',
        options: parseSystemdOptions({ ...standing, ...given }, words, surroundings()),
      };
    }
  }
}

function requireCommand(command: readonly string[] | undefined, usage: string): readonly string[] {
  if (command === undefined) {
    throw new UsageError('COMMAND', `expected -- and a command, got no --; write ${usage}`);
  }
  if (command.length === 0) {
    throw new UsageError('COMMAND', `expected a command after --, got nothing; write ${usage}`);
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
