// Owns the options of `run`: their names, defaults and meanings. The command line, the environment, the help
// and every error message are made from it, so that none can know an option that another does not.

import { aclTable, ensembleTable, securityTable } from './ensemble-options.js';
import { jobTable } from './job-table.js';
import type { OptionTable } from './option.js';
import { COMMON_STOP_SIGNALS } from './values.js';

export const optionTable = {
  zookeeper: ensembleTable.zookeeper,
  election: {
    group: 'Election',
    alias: 'e',
    default: undefined,
    defaultInWords: '/zk-leader-run/NAME of the command',
    value: 'PATH',
    meaning: 'Election path; required where the command is an interpreter or a shell',
  },
  id: {
    group: 'Election',
    default: undefined,
    defaultInWords: 'HOST:PID',
    value: 'NAME',
    meaning: 'Name of this contender in its znode and in logs',
  },
  wait: {
    group: 'Election',
    default: 'forever',
    value: 'DURATION',
    suggestions: ['forever', '0'],
    meaning: 'Give up when not elected in this time; 0 tries once',
  },
  'on-lost': {
    group: 'Election',
    default: 'rejoin',
    mayBeTwice: true,
    suggestions: ['rejoin', 'exit'],
    value: 'rejoin|exit|COMMAND',
    meaning: 'After lost leadership: rejoin the election, or exit; besides, a hook for the end of a term',
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
    value: 'DURATION',
    meaning: 'Asked of the ensemble; the granted one counts',
  },
  heartbeat: {
    group: 'Lease and stopping',
    default: '1s',
    value: 'DURATION',
    meaning: 'Interval of the writes that extend the lease',
  },
  'tick-time': {
    group: 'Lease and stopping',
    default: '2s',
    value: 'DURATION',
    meaning: 'The tickTime of the ensemble',
  },
  'lease-grace': {
    group: 'Lease and stopping',
    default: '3s',
    value: 'DURATION',
    meaning: 'SIGTERM to SIGKILL when the lease runs out',
  },
  'kill-budget': {
    group: 'Lease and stopping',
    default: '1s',
    value: 'DURATION',
    meaning: 'SIGKILL to the last process gone, at most',
  },
  margin: {
    group: 'Lease and stopping',
    default: '500ms',
    value: 'DURATION',
    meaning: 'Kept in hand at the end of the lease',
  },
  'stop-timeout': {
    group: 'Lease and stopping',
    default: '30s',
    value: 'DURATION',
    meaning: 'Stop signal to SIGKILL when asked to stop',
  },
  'stop-signal': {
    group: 'Lease and stopping',
    default: 'SIGTERM',
    value: 'SIGNAL',
    suggestions: COMMON_STOP_SIGNALS,
    meaning: 'Signal that asks the command to end',
  },
  stdin: {
    group: 'Command',
    default: 'false',
    defaultInWords: 'it reads end of file',
    isSwitch: true,
    meaning: 'Let the command read our standard input',
  },
  containment: {
    group: 'Command',
    default: 'auto',
    choices: ['auto', 'cgroup', 'subreaper', 'group'],
    meaning:
      'What holds its processes together: cgroup, subreaper, group, or auto for the strongest there is',
  },
  'containment-required': {
    group: 'Command',
    default: 'false',
    defaultInWords: 'a weaker one is taken',
    isSwitch: true,
    meaning: 'Fail rather than hold them by something weaker',
  },
  ...jobTable,
  'on-elected': {
    group: 'Hooks',
    default: undefined,
    defaultInWords: 'none',
    value: 'COMMAND',
    meaning: 'Hook, a command of its own: runs beside COMMAND when a term begins',
  },
  'on-standby': {
    group: 'Hooks',
    default: undefined,
    defaultInWords: 'none',
    value: 'COMMAND',
    meaning: 'Hook: runs when we come into line behind others (the third one is of --on-lost)',
  },
  'log-level': {
    group: 'Logging',
    default: 'info',
    choices: ['error', 'warn', 'info', 'debug'],
    meaning: 'error, warn, info or debug',
  },
  'log-format': {
    group: 'Logging',
    default: 'text',
    choices: ['text', 'json'],
    meaning: 'text, or json for one object a line; on standard error',
  },
  ...securityTable,
  ...aclTable,
  http: {
    group: 'Monitoring',
    default: undefined,
    defaultInWords: 'off',
    value: 'ADDRESS',
    meaning:
      'Answer /leader, /livez, /readyz, /status and /metrics on [HOST:]PORT; for this machine alone without a host',
  },
  'pid-file': {
    group: 'Monitoring',
    default: undefined,
    defaultInWords: 'none',
    value: 'FILE',
    meaning: 'Write our process id there, for resign --pid-file; removed at the end',
  },
} as const satisfies OptionTable;

export type OptionName = keyof typeof optionTable;
