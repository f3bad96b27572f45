// Owns what a run needs to know, once every text of the operator is checked. Must never read the clock or the
// network: whoever reads these options may rely on them without another check.
import { hostname } from 'node:os';
import type { Timing } from '../election/timing.js';
import { type Command, resolveCommand } from './command.js';
import type { Ensemble } from './connect-string.js';
import { parseDuration } from './duration.js';
import { defaultElectionPath, parseElectionPath } from './election-path.js';
import { parseEnsembleOptions } from './ensemble-options.js';
import { type Hooks, parseHooks, parseOnLost } from './hooks.js';
import { refuseShortWait } from './job-contradictions.js';
import { type JobOptions, parseJobOptions } from './job-options.js';
import { type ListenAddress, parseListenAddress } from './listen-address.js';
import { given, type Settings } from './option.js';
import { optionTable, type OptionName } from './option-table.js';
import { parseTiming } from './timing-options.js';
import { UsageError } from './usage-error.js';
import { parseChoice, parseId, parseStopSignal, parseSwitch, parseZnodePrefix } from './values.js';

export interface RunOptions extends JobOptions {
  readonly ensemble: Ensemble;
  readonly electionPath: string;
  readonly id: string;
  /** What contender znodes begin with; undefined for the protected naming of Curator. */
  readonly znodePrefix: string | undefined;
  readonly timing: Timing;
  readonly stopSignal: NodeJS.Signals;
  /** How long to wait for election; Infinity waits forever, 0 tries once. */
  readonly waitMs: number;
  readonly onLost: 'rejoin' | 'exit';
  readonly stdin: boolean;
  /** What holds the command's processes together; `auto` takes the strongest that this machine has. */
  readonly containment: 'auto' | 'cgroup' | 'subreaper' | 'group';
  /** Whether to fail rather than use something weaker. */
  readonly containmentRequired: boolean;
  /** Where to write our process id; undefined for nowhere. */
  readonly pidFile: string | undefined;
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
  readonly logFormat: 'text' | 'json';
  /** Where machines are answered; undefined for nowhere. */
  readonly http: ListenAddress | undefined;
  readonly command: Command;
  readonly hooks: Hooks;
}

/** What can be told without the command; the election path is undefined where it depends on that. */
type RunSettings = Omit<RunOptions, 'command' | 'electionPath'> & {
  readonly electionPath: string | undefined;
};

/** Where a run takes its defaults from. */
export interface Surroundings {
  /** PATH, or undefined where it is not set. */
  readonly searchPath: string | undefined;
  readonly cwd: string;
  readonly host: string;
  readonly pid: number;
}

/** Reads the surroundings of this process. */
export function ownSurroundings(env: NodeJS.ProcessEnv): Surroundings {
  return { searchPath: env['PATH'], cwd: process.cwd(), host: hostname(), pid: process.pid };
}

/**
 * Checks every setting, then the command; words are the command and its arguments. Throws a UsageError at the
 * first mistake. Does not check the timings against each other beyond two ticks: refuseContradiction does.
 */
export function parseRunOptions(
  settings: Settings<OptionName>,
  words: readonly string[],
  surroundings: Surroundings,
): RunOptions {
  const [argv0, ...args] = words;
  if (argv0 === undefined) {
    throw new UsageError('COMMAND', 'expected a command after --, got nothing; write -- COMMAND [ARG...]');
  }
  const checked = parseRunSettings(settings, surroundings);
  return {
    ...checked,
    // A command that does not exist is told so, rather than that its name makes no election path.
    command: { file: resolveCommand(argv0, surroundings.searchPath, surroundings.cwd), argv0, args },
    electionPath: checked.electionPath ?? defaultElectionPath(baseName(argv0)),
  };
}

/** Checks every setting, as parseRunOptions does before it looks at the command. */
export function parseRunSettings(settings: Settings<OptionName>, surroundings: Surroundings): RunSettings {
  const parse = given(optionTable, settings);
  const { election, http, id, 'pid-file': pidFile, 'znode-prefix': prefix } = settings;
  const onLost = parseOnLost(settings['on-lost'], surroundings);
  const hooks = { ...onLost.hooks, ...parseHooks(settings, surroundings) };
  const ownId =
    id === undefined ? `${surroundings.host}:${String(surroundings.pid)}` : parseId(id.from, id.text);
  const waitMs = parse('wait', parseWait);
  const jobOptions = parseJobOptions(settings, { id: ownId, hooks }, surroundings);
  refuseShortWait(settings.wait, waitMs, jobOptions.job.check);
  return {
    ensemble: parseEnsembleOptions(settings),
    id: ownId,
    waitMs,
    onLost: onLost.policy,
    znodePrefix: prefix && parseZnodePrefix(prefix.from, prefix.text),
    timing: parseTiming(settings),
    stopSignal: parse('stop-signal', parseStopSignal),
    stdin: parse('stdin', parseSwitch),
    containment: parse('containment', (option, text) =>
      parseChoice(option, text, optionTable.containment.choices),
    ),
    containmentRequired: parse('containment-required', parseSwitch),
    pidFile: pidFile?.text,
    logLevel: parse('log-level', (option, text) =>
      parseChoice(option, text, optionTable['log-level'].choices),
    ),
    logFormat: parse('log-format', (option, text) =>
      parseChoice(option, text, optionTable['log-format'].choices),
    ),
    http: http && parseListenAddress(http.from, http.text),
    hooks,
    ...jobOptions,
    electionPath: election && parseElectionPath(election.from, election.text),
  };
}

function parseWait(option: string, text: string): number {
  if (text === 'forever') return Infinity;
  if (text === '0') return 0;
  return parseDuration(option, text, 'a duration such as 500ms, 10s or 2m, or 0, or forever');
}

function baseName(argv0: string): string {
  return argv0.slice(argv0.lastIndexOf('/') + 1);
}
