// Owns the unit: the template that is installed with the package, and those that `zk-leader-run systemd` prints.

import { resignLimitMs, type Timing } from '../election/timing.js';

export interface Unit {
  /** What stands between `zk-leader-run@` and `.service`; undefined for the template of all jobs. */
  readonly instance: string | undefined;
  /** The command, word by word, as systemd reads it. */
  readonly command: readonly string[];
  /** Whom it runs as; undefined for a user that systemd makes up. */
  readonly user: string | undefined;
  readonly timing: Timing;
}

/** From the last answer of the ensemble to the end of the program: the watchdog's leave, the log, Node. */
const LEAVE_MS = 3000;

/** A machine that is busy lets a healthy loop stand still for some seconds. */
const SHORTEST_WATCHDOG_MS = 10_000;

/** The unit's name, and where it goes. */
export function unitPath(instance = ''): string {
  return `/etc/systemd/system/zk-leader-run@${instance}.service`;
}

/** Where the settings of a job go. */
export function environmentPath(instance: string): string {
  return `/etc/zk-leader-run/${instance}.env`;
}

/** Writes the unit. */
export function unitFile({ instance, command, user, timing }: Unit): string {
  const { stopTimeoutMs, killBudgetMs, sessionTimeoutMs } = timing;
  const stopMs = stopTimeoutMs + killBudgetMs + resignLimitMs(sessionTimeoutMs) + LEAVE_MS;
  // A loop that stood still for a session has lost its command by then: nothing is saved by waiting for it longer.
  const watchdogMs = Math.max(SHORTEST_WATCHDOG_MS, 2 * sessionTimeoutMs);
  return `# ${unitPath(instance)}
${HEADS[instance === undefined ? 'template' : 'instance']}

[Unit]
Description=%i, on one server at a time (zk-leader-run)
Wants=network-online.target
# Behind multi-user.target, which would otherwise wait for it: a machine boots without its ensemble, too.
After=network-online.target multi-user.target
# It never gives up: whatever keeps it from standing in line may pass without anybody touching this unit.
StartLimitIntervalSec=0

[Service]
EnvironmentFile=${environmentPath('%i')}
ExecStart=/usr/bin/env zk-leader-run run -- ${command.join(' ')}
Restart=always
RestartSec=5s

# Started once it stands in line. Its messages come from systemd-notify, hence from another process.
Type=notify
NotifyAccess=all
# Each sign of life extends both: it may wait for its ensemble, and for a command that is still ending.
TimeoutStartSec=90s
# --stop-timeout ${inSeconds(stopTimeoutMs)}, --kill-budget ${inSeconds(killBudgetMs)}, and the way out of the line.
TimeoutStopSec=${inSeconds(stopMs)}
# A sign of life comes every third of this. SIGKILL, since the command would run on while a core is written.
WatchdogSec=${inSeconds(watchdogMs)}
WatchdogSignal=SIGKILL

# SIGTERM goes to zk-leader-run alone, which ends the command. Should it die, all that is left gets SIGKILL in the same
# moment, its watchdog too: nothing runs on, and the next server starts once the session has run out.
KillMode=mixed
# The command gets a cgroup of its own, from which no process escapes.
Delegate=yes
# A process that ran out of memory has ended, and zk-leader-run does what follows from it.
OOMPolicy=continue

# The job's own folders, and whom it runs as. What else it writes to needs a ReadWritePaths=.
${user === undefined ? '# Systemd makes a user up, one for all jobs, unless a job has a User= of its own.\nDynamicUser=yes' : `User=${user}`}
StateDirectory=zk-leader-run/%i
WorkingDirectory=%S/zk-leader-run/%i
RuntimeDirectory=zk-leader-run/%i
Environment=XDG_RUNTIME_DIR=%t/zk-leader-run/%i
SyslogIdentifier=%i

${HARDENING}

[Install]
WantedBy=multi-user.target
`;
}

const HEADS = {
  template: `# A job that runs on one server at a time. One instance for each job, which has its settings and its command in
# ${environmentPath('INSTANCE')}: systemctl enable --now zk-leader-run@INSTANCE`,
  instance: `# Made by zk-leader-run systemd; it takes the place of the template, if there is one, for this job alone. Behind a
# change of the options, make it anew.`,
};

// Not here: MemoryDenyWriteExecute=, with which Node cannot run, and ProtectControlGroups=, which would undo Delegate=.
// ProcSubset=pid hides /proc/uptime: the clock would count whole seconds, and a lease lose one of them.
const HARDENING = `# As strict as most jobs bear; systemd/README.md says what to loosen for which.
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
PrivateMounts=yes
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
UMask=0027`;

/** Whole seconds, rounded up. */
function inSeconds(ms: number): string {
  return `${Math.ceil(ms / 1000)}s`;
}
