// What the machine's jobs are: their files, what they write down, and how a test reads it.
import { parseArguments } from '../../src/cli/arguments.js';
import { systemdFiles } from '../../src/cli/systemd.js';
import { checkedIn } from './template.js';

/** All jobs write here, whoever they run as. */
export const TRACE = '/machine/trace';

/** Ends at SIGTERM, and leaves a daemon that does not. */
const JOB = `#!/bin/sh
told=$(env | grep -cE '^(NOTIFY_SOCKET|WATCHDOG_)')
trap 'echo "end $1" >>${TRACE}; exit 0' TERM
setsid sh -c 'trap "" TERM; while :; do sleep 1; done' "daemon of $1" &
echo "begin $1, epoch $ZK_LEADER_EPOCH, told $told" >>${TRACE}
while :; do sleep 1000 & wait "$!"; done
`;

// Sessions of four seconds: two scenarios wait for the end of one. The watchdog's time must bear a busy machine.
const LIMITS = `[Service]
WatchdogSec=4s
RestartSec=100ms
ReadWritePaths=/machine
`;

/** From the start of a unit to its failure, without a sign of life; one scenario waits for longer. */
export const START_LIMIT_MS = 2000;

const START_LIMIT = `[Service]
TimeoutStartSec=${START_LIMIT_MS}ms
`;

const SETTINGS = [
  ['SESSION_TIMEOUT', '4s'],
  ['TICK_TIME', '500ms'],
  ['HEARTBEAT', '300ms'],
  ['MARGIN', '200ms'],
  ['KILL_BUDGET', '300ms'],
  ['LEASE_GRACE', '400ms'],
  ['STOP_TIMEOUT', '500ms'],
] as const;

const settings = SETTINGS.map(([name, value]) => `ZK_LEADER_RUN_${name}=${value}\n`).join('');

/** Words that systemd would change if they were not quoted for it, twice over: a shell's and its own. */
export const ODD_WORDS = [
  '',
  ' two  words ',
  '%i%%',
  '$HOME ${PATH} $$',
  `"it's"`,
  '\\n\n\t',
  ';',
  '#',
  'grüße',
  '-x=',
];
export const ODD_ID = `web 1 "$HOME" \\ \`id\` %i it's #1;`;

/** What the odd job was given, each with a NUL behind it. */
export const ODD_RECORD = '/var/lib/zk-leader-run/odd/record';

const ODD_SCRIPT = 'printf "%s\\0" "$ZK_LEADER_ID" "$@" >"$STATE_DIRECTORY/record"; exec sleep 1000';

function printed(print: 'unit' | 'environment'): string {
  const own = ['systemd', '--name=odd', `--print=${print}`, '--election=/odd', `--id=${ODD_ID}`];
  const parsed = parseArguments([...own, '--', '/bin/sh', '-c', ODD_SCRIPT, 'odd', ...ODD_WORDS], {});
  if (parsed.kind !== 'systemd') throw new Error('not the subcommand systemd');
  return systemdFiles(parsed.options);
}

function settingsOf(instance: string): string {
  return `JOB_COMMAND="/machine/job ${instance}"\nZK_LEADER_RUN_ELECTION=/jobs\nZK_LEADER_RUN_ID=${instance}\n${settings}`;
}

/** Two instances of the template in one election, and one of the units that are printed. */
export const FILES: Readonly<Record<string, string>> = {
  [TRACE]: '',
  '/machine/job': JOB,
  '/etc/systemd/system/zk-leader-run@.service': checkedIn(),
  '/etc/systemd/system/zk-leader-run@.service.d/limits.conf': LIMITS,
  '/etc/zk-leader-run/one.env': settingsOf('one'),
  '/etc/zk-leader-run/two.env': settingsOf('two'),
  '/etc/systemd/system/zk-leader-run@odd.service': printed('unit'),
  '/etc/systemd/system/zk-leader-run@odd.service.d/start.conf': START_LIMIT,
  '/etc/zk-leader-run/odd.env': `${printed('environment')}${settings}`,
};
