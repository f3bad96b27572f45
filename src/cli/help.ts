// Owns the text of --help. The options come from the tables of options; only the prose is written here.
import yargs from 'yargs';
import { type SubcommandName, subcommandNames, subcommands } from './subcommands.js';
import { describe, toldOptions, valueOf } from './told-options.js';

const WIDEST = 100;

// Each paragraph is one line, which yargs wraps. It would wrap its own examples in a column of half the width.
export const EPILOGUES: Readonly<Record<SubcommandName, string>> = {
  run: `Examples:
  One job, on one of all servers that say so:
    zk-leader-run -- ./sync-job.sh
  An interpreter needs --election; three ZooKeeper servers and a chroot:
    zk-leader-run -z zk1,zk2,zk3/jobs -e /nightly -- python3 nightly.py
  For a caller that tries again by itself:
    zk-leader-run --wait 10s --on-lost exit -- ./migrate
  Hooks, which find in the environment what the command finds, and ZK_LEADER_EVENT:
    zk-leader-run --on-elected './tell.sh ops' --on-lost './tell.sh ops' -- ./sync-job.sh
  Every night, on one of all servers; a failed run is tried again, and one that hangs is stopped:
    zk-leader-run --cron '30 2 * * *' --timezone Europe/Berlin --on-failure restart \\
      --max-runtime 1h -- ./report.sh
  From the crontab of every server, so that one of them does it:
    zk-leader-run --once-per 1h -- ./rotate.sh
  With TLS, a certificate of ours, credentials, and znodes that nobody else may change:
    zk-leader-run -z zk1:2281 --tls-ca ca.pem --tls-cert web1.pem --tls-key web1.key \\
      --auth-file /etc/zk-leader-run/auth --acl creator -- ./sync-job.sh

Exit codes:
  the command's own, when it ends by itself as leader; 128+n when signal n ended it
  69   leadership lost with --on-lost exit, no ensemble in time, or one that denies us access
  75   not elected within --wait
  124  it ran for longer than --max-runtime, where nothing else is to follow
  125  an error of zk-leader-run itself, such as an unknown option
  126  the command, a hook or the check cannot be executed
  127  the command, a hook, the check, or the interpreter it names, does not exist
  With --once-per, that of --skip-code when the run is done already, or under way elsewhere.

Durations need a unit: 500ms, 10s, 2m, 1h, 1d. What follows -- reaches the command byte for byte, with no shell \
in between; hooks and checks are cut into words as by a shell, and need sh -c '...' for more.

Every option can be set in the environment too, as ZK_LEADER_RUN_ and its name in capitals: \
ZK_LEADER_RUN_SESSION_TIMEOUT=20s is --session-timeout 20s. A file for --config has a line for each option, such \
as session-timeout: 20s, and may have the command, as command: [./sync.sh, --all]. The command line counts first, \
then the environment, then the file; zk-leader-run config tells what counts. Each subcommand has a --help of its \
own.`,
  verify: `Examples:
  In the command that zk-leader-run has started, so as not to begin a long step in vain:
    zk-leader-run verify && ./rebuild-index
  From anywhere else:
    zk-leader-run verify -z zk1,zk2,zk3 -e /jobs/nightly --epoch 1621

Exit codes:
  0    it led: at a moment between the question and the answer, as a quorum has confirmed
  1    it does not lead
  69   it cannot be told: no answer from a quorum within --timeout, or access denied
  125  an error of zk-leader-run itself, such as an unknown option

Nothing is printed for 0; otherwise one line on standard error says why. The answer is about the past the moment \
it arrives: a resource that checks the epoch of each write needs no such question.`,
  status: `Examples:
  All elections that have their default path:
    zk-leader-run status -z zk1,zk2,zk3
  One of them, as it changes:
    zk-leader-run status -z zk1,zk2,zk3 -e /zk-leader-run/sync-job.sh --watch
  The host that leads, for a script:
    zk-leader-run status -e /jobs/nightly --json | jq -r '.elections[].leader.host'

Exit codes:
  0    there is a leader, of each election shown
  1    there is none, or no such election
  69   it cannot be told: no answer from a quorum within --timeout
  125  an error of zk-leader-run itself, such as an unknown option

It only reads, and needs a quorum: what it shows is no older than the question. In a terminal, --watch redraws \
the table, and elsewhere prints a line for each change, until it is interrupted; while the connection is lost, \
it says so.`,
  explain: `Examples:
  The default timings, on that ensemble:
    zk-leader-run explain -z zk1,zk2,zk3
  Before they are put to use:
    zk-leader-run explain -z zk1,zk2,zk3 --session-timeout 6s --heartbeat 500ms --lease-grace 1s
  How long nobody leads after a power cut, at the longest:
    zk-leader-run explain -z zk1 --json | jq '.faults[] | select(.name == "machine-lost").longestMs'

Exit codes:
  0    a run with these timings would start
  1    it would be refused: what is printed says why, and what would fit
  69   no ensemble within --timeout: what is printed holds if it grants what is asked for
  125  an error of zk-leader-run itself, such as an unknown option

It asks for two sessions, one of them the shortest there is, reads /zookeeper/config, and writes nothing. The \
options are those of run, and so are their variables, as ZK_LEADER_RUN_HEARTBEAT=500ms.`,
  history: `Examples:
  What has run, where, and how it ended; what was missed; and when the next run is due:
    zk-leader-run history -z zk1,zk2,zk3 -e /jobs/nightly
  The last ten, as they change:
    zk-leader-run history -e /jobs/nightly --last 10 --watch
  Runs that failed, for a script:
    zk-leader-run history -e /jobs/nightly --json | jq '.entries[] | select(.result == "failed")'
  Forget all of it:
    zk-leader-run history -e /jobs/nightly --remove

Exit codes:
  0    shown, or removed
  1    there are no records
  69   it cannot be told: no answer from a quorum within --timeout, access denied, or records that cannot be \
read, as those of a newer version
  125  an error of zk-leader-run itself, such as an unknown option

Records are kept by a leader with --every, --cron, --once-per, --on-exit or --on-failure; how many, its \
--history says. Moments are shown in this machine's time zone. --remove asks nothing; a leader that is there \
begins new records, and goes on knowing which tick was the last.`,
  'run-now': `Examples:
  Run the nightly job again, since its input was late:
    zk-leader-run run-now -z zk1,zk2,zk3 -e /jobs/nightly --because "late input"
  Run it, wait for its end, and go on only if it has succeeded:
    zk-leader-run run-now -e /jobs/nightly --until-end && ./publish

Exit codes:
  0    it runs, and standard output says where; with --until-end, it has succeeded
  69   no ensemble, or nobody has run it within --timeout; standard error says what was waited for
  125  an error of zk-leader-run itself, such as an unknown option
With --until-end, and a run that has ended otherwise, it is the command's own exit code, or 128+n when signal n \
ended it; 126 or 127 if it could not be started; and 1 if it was ended by --max-runtime, by a later run, or with \
its term, or if its result was not recorded.

Only a leader with --every, --cron, --on-exit or --on-failure does this. It runs the command behind a run that \
is under way. Whoever asks while a request stands is given the same run. Ctrl-C takes a request back, and leaves \
alone a run that has begun.`,
  resign: `Examples:
  Hand over, before the server of the leader is rebooted:
    zk-leader-run resign -z zk1,zk2,zk3 -e /jobs/nightly --because "kernel update"
  Hand over to a contender by name:
    zk-leader-run resign -e /jobs/nightly --to web3

Exit codes:
  0    done: standard output names the new leader
  1    not done, and standard error says why: nobody else is in line, no such contender, ...
  69   no ensemble, or whoever was asked has not let go within --timeout (it may still do so)
  125  an error of zk-leader-run itself, such as an unknown option

The command is told to end as by SIGTERM, with its --stop-timeout; leadership goes on when no process of it is \
left. Whoever resigns stands in line again, behind all others.`,
  pause: `Examples:
  Let nobody be elected while the database is moved, and stop the command where it runs:
    zk-leader-run pause -e /jobs/nightly --resign --because "database move"

Exit codes:
  0    paused, or paused already
  1    not paused: there is no such election
  69   no ensemble, or the leader has not let go within --timeout
  125  an error of zk-leader-run itself, such as an unknown option

A pause holds until unpause, whatever is restarted meanwhile. Contenders stay in line. One that is being elected \
at the very moment of the pause may still start.`,
  unpause: `Example:
    zk-leader-run unpause -e /jobs/nightly

Exit codes:
  0    not paused any more: whoever is first in line leads with its next heartbeat
  69   no ensemble
  125  an error of zk-leader-run itself, such as an unknown option`,
  config: `Examples:
  What would count, if this were run:
    zk-leader-run config --config nightly.yaml --session-timeout 10s -- ./sync.sh
  One of them, in a script:
    zk-leader-run config --json | jq -r '.settings["session-timeout"].value'

Exit codes:
  0    these settings are right
  125  they are not, or an error of zk-leader-run itself: the sentence is the one that run would say
  126  the command cannot be executed
  127  the command, or the interpreter it names, does not exist

Without a command, what does not depend on it is checked. What looks like a password in a value or in the \
command's arguments is masked.`,
  completion: `Examples:
  In ~/.bashrc, for bash 4 or newer:
    source <(zk-leader-run completion bash)
  For zsh, once, into a folder of its fpath:
    zk-leader-run completion zsh > ~/.zfunc/_zk-leader-run

Exit codes:
  0    the script is on standard output
  125  an error of zk-leader-run itself, such as an unknown shell

Without a word it is the shell that SHELL names. What stands behind -- is completed as a command.`,
  systemd: `Examples:
  Look at both files, then put each into its place:
    zk-leader-run systemd --name sync-job -z zk1,zk2,zk3 --user sync -- /opt/sync-job.sh
    zk-leader-run systemd --print unit ... >/etc/systemd/system/zk-leader-run@sync-job.service
    zk-leader-run systemd --print environment ... >/etc/zk-leader-run/sync-job.env
    systemctl daemon-reload && systemctl enable --now zk-leader-run@sync-job

Exit codes:
  0    printed
  125  an error of zk-leader-run itself, such as timings that contradict each other
  126  the command cannot be executed
  127  the command, or the interpreter it names, does not exist

All options of a run may be given: they are checked as it would, and become the environment file. Nothing is \
written anywhere, and nobody is asked.`,
};

/** Returns the text of --help, wrapped for a terminal of that many columns (100 where there is none). */
export function helpText(subcommand: SubcommandName, columns: number | undefined): string {
  const { usage, summary } = subcommands[subcommand];
  const help = yargs([])
    .scriptName('zk-leader-run')
    .detectLocale(false)
    .updateStrings({ 'Commands:': 'Subcommands:' })
    .help(false)
    .version(false)
    .wrap(Math.min(WIDEST, columns ?? WIDEST))
    .usage(`Usage: $0 ${usage}\n`)
    .usage(summary);
  if (subcommand === 'run') {
    for (const name of subcommandNames) help.command(subcommands[name].usage, subcommands[name].summary);
  }
  // Declared without types: those would make yargs print [string] behind every line. It knows no names of values; the
  // option's own may have one behind it, since nothing is parsed here.
  for (const [name, entry] of toldOptions(subcommand)) {
    help.option(entry.isSwitch === true ? name : `${name} ${valueOf(entry)}`, {
      group: `${entry.group}:`,
      describe: describe(entry),
      ...(entry.alias !== undefined && { alias: entry.alias }),
    });
  }
  // A tab has yargs keep what stands behind it in a column: here, what an exit code means.
  help.epilogue(EPILOGUES[subcommand].replaceAll(/^( {2}\S+)( {2,})(?=\S)/gm, '$1\t  '));
  let text = '';
  help.showHelp((shown) => {
    text = shown;
  });
  return `${text}\n`;
}
