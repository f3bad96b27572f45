// Owns the text of --help. The options come from the tables of options; only the prose is written here.
import yargs from 'yargs';
import type { OptionEntry } from '../options/option.js';
import { optionsOf, shownOptions, type SubcommandName, subcommandNames, subcommands } from './subcommands.js';

const WIDEST = 100;

// yargs would wrap the examples in a column of half the width.
const EPILOGUES: Readonly<Record<SubcommandName, string>> = {
  run: `Examples:
  One job, on one of all servers that say so:
    zk-leader-run -- ./sync-job.sh
  An interpreter needs --election; three ZooKeeper servers and a chroot:
    zk-leader-run -z zk1,zk2,zk3/jobs -e /nightly -- python3 nightly.py
  For a caller that tries again by itself:
    zk-leader-run --wait 10s --on-lost exit -- ./migrate
  With TLS, a certificate of ours, credentials, and znodes that nobody else may change:
    zk-leader-run -z zk1:2281 --tls-ca ca.pem --tls-cert web1.pem --tls-key web1.key \\
      --auth-file /etc/zk-leader-run/auth --acl creator -- ./sync-job.sh

Exit codes:
  the command's own, when it ends by itself as leader; 128+n when signal n ended it
  69   leadership lost with --on-lost exit, no ensemble in time, or one that denies us access
  75   not elected within --wait
  125  an error of zk-leader-run itself, such as an unknown option
  126  the command cannot be executed
  127  the command, or the interpreter it names, does not exist

Durations need a unit: 500ms, 10s, 2m, 1h. What follows -- reaches the command byte for byte,
with no shell in between. Every option can be set in the environment too, as ZK_LEADER_RUN_ and
its name in capitals: ZK_LEADER_RUN_SESSION_TIMEOUT=20s is --session-timeout 20s. The command
line wins. Each subcommand has a --help of its own.`,
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

Nothing is printed for 0; otherwise one line on standard error says why. The answer is about the
past the moment it arrives: a resource that checks the epoch of each write needs no such question.`,
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
  const options = optionsOf(subcommand);
  // Declared without types: those would make yargs print [string] behind every line.
  for (const name of shownOptions(Object.entries(options))) {
    const entry: OptionEntry | undefined = options[name];
    if (entry === undefined) continue;
    const { alias, group, meaning } = entry;
    const byDefault = entry.defaultInWords ?? entry.default ?? '';
    help.option(name, {
      group: `${group}:`,
      describe: `${meaning} (default: ${byDefault})`,
      ...(alias !== undefined && { alias }),
    });
  }
  help.option('help', { alias: 'h', group: 'Other:', describe: 'Show this text' });
  help.option('version', { alias: 'V', group: 'Other:', describe: 'Show the version' });
  help.epilogue(EPILOGUES[subcommand]);
  let text = '';
  help.showHelp((shown) => {
    text = shown;
  });
  return `${text}\n`;
}
