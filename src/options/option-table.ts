// Owns the list of options: their names, defaults and meanings. The command line, the environment, the help
// and every error message are made from it, so that none can know an option that another does not.

type OptionGroup = 'Election' | 'Lease and stopping' | 'Command' | 'Logging';

export interface OptionEntry {
  readonly group: OptionGroup;
  readonly alias?: string;
  /** The text that is parsed when nothing is given; undefined where the default depends on the run. */
  readonly default: string | undefined;
  /** The default in words, where it is not a text. */
  readonly defaultInWords?: string;
  /** Kept out of the help, and of the guesses at what was meant. */
  readonly hidden?: true;
  /** Takes no value on the command line. */
  readonly isSwitch?: true;
  readonly meaning: string;
}

export const optionTable = {
  zookeeper: {
    group: 'Election',
    alias: 'z',
    default: '127.0.0.1:2181',
    meaning: 'Connect string: host[:port],...[/chroot], IPv6 addresses in brackets',
  },
  election: {
    group: 'Election',
    alias: 'e',
    default: undefined,
    defaultInWords: '/zk-leader-run/NAME of the command',
    meaning: 'Election path; required where the command is an interpreter or a shell',
  },
  id: {
    group: 'Election',
    default: undefined,
    defaultInWords: 'HOST:PID',
    meaning: 'Name of this contender in its znode and in logs',
  },
  wait: {
    group: 'Election',
    default: 'forever',
    meaning: 'Give up when not elected in this time; 0 tries once',
  },
  'on-lost': {
    group: 'Election',
    default: 'rejoin',
    meaning: 'After lost leadership: rejoin the election, or exit',
  },
  'znode-prefix': {
    group: 'Election',
    default: undefined,
    hidden: true,
    meaning: 'Prefix of the contender znodes, for elections of another naming',
  },
  'session-timeout': {
    group: 'Lease and stopping',
    default: '15s',
    meaning: 'Asked of the ensemble; the granted one counts',
  },
  heartbeat: {
    group: 'Lease and stopping',
    default: '1s',
    meaning: 'Interval of the writes that extend the lease',
  },
  'tick-time': { group: 'Lease and stopping', default: '2s', meaning: 'The tickTime of the ensemble' },
  'lease-grace': {
    group: 'Lease and stopping',
    default: '3s',
    meaning: 'SIGTERM to SIGKILL when the lease runs out',
  },
  'kill-budget': {
    group: 'Lease and stopping',
    default: '1s',
    meaning: 'SIGKILL to the last process gone, at most',
  },
  margin: {
    group: 'Lease and stopping',
    default: '500ms',
    meaning: 'Kept in hand at the end of the lease',
  },
  'stop-timeout': {
    group: 'Lease and stopping',
    default: '30s',
    meaning: 'Stop signal to SIGKILL when asked to stop',
  },
  'stop-signal': {
    group: 'Lease and stopping',
    default: 'SIGTERM',
    meaning: 'Signal that asks the command to end',
  },
  stdin: {
    group: 'Command',
    default: 'false',
    defaultInWords: 'it reads end of file',
    isSwitch: true,
    meaning: 'Let the command read our standard input',
  },
  'log-level': { group: 'Logging', default: 'info', meaning: 'error, warn, info or debug' },
  'log-format': {
    group: 'Logging',
    default: 'text',
    meaning: 'text, or json for one object a line; on standard error',
  },
} as const satisfies Record<string, OptionEntry>;

export type OptionName = keyof typeof optionTable;

/** Every option, in the order of the help. */
export const optionNames = Object.keys(optionTable) as readonly OptionName[];

/** The options that the help tells, and that a misspelt one is compared with. */
export const shownNames = optionNames.filter((name) => !('hidden' in optionTable[name]));

/** What was given for one option, and the name to blame: `--wait`, or the variable it came from. */
export interface Setting {
  readonly text: string;
  readonly from: string;
}

export type Settings = Readonly<Partial<Record<OptionName, Setting>>>;

/** Returns the environment variable of an option: ZK_LEADER_RUN_SESSION_TIMEOUT for session-timeout. */
export function variableName(option: OptionName): string {
  return VARIABLE_PREFIX + option.toUpperCase().replaceAll('-', '_');
}

/** Begins the name of every variable that sets an option, and of none that the command is given. */
export const VARIABLE_PREFIX = 'ZK_LEADER_RUN_';
