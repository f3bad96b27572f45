// Owns the text of --help. The options come from the one table of options; only the prose is written here.
import yargs from 'yargs';
import { optionTable, shownNames, type OptionEntry } from '../options/option-table.js';

const WIDEST = 100;

// yargs would wrap the examples in a column of half the width.
const EPILOGUE = `Examples:
  One job, on one of all servers that say so:
    zk-leader-run -- ./sync-job.sh
  An interpreter needs --election; three ZooKeeper servers and a chroot:
    zk-leader-run -z zk1,zk2,zk3/jobs -e /nightly -- python3 nightly.py
  For a caller that tries again by itself:
    zk-leader-run --wait 10s --on-lost exit -- ./migrate

Exit codes:
  the command's own, when it ends by itself as leader; 128+n when signal n ended it
  69   leadership lost with --on-lost exit, or no ensemble in time
  75   not elected within --wait
  125  an error of zk-leader-run itself, such as an unknown option
  126  the command cannot be executed
  127  the command, or the interpreter it names, does not exist

Durations need a unit: 500ms, 10s, 2m, 1h. What follows -- reaches the command byte for byte,
with no shell in between. Every option can be set in the environment too, as ZK_LEADER_RUN_ and
its name in capitals: ZK_LEADER_RUN_SESSION_TIMEOUT=20s is --session-timeout 20s. The command
line wins.`;

/** Returns the text of --help, wrapped for a terminal of that many columns (100 where there is none). */
export function helpText(columns: number | undefined): string {
  const help = yargs([])
    .scriptName('zk-leader-run')
    .detectLocale(false)
    .help(false)
    .version(false)
    .wrap(Math.min(WIDEST, columns ?? WIDEST))
    .usage('Usage: $0 [run] [options] -- COMMAND [ARG...]\n')
    .usage('Runs COMMAND on exactly one server: the leader of an election on Apache ZooKeeper.');
  // Declared without types: those would make yargs print [string] behind every line.
  for (const name of shownNames) {
    const entry: OptionEntry = optionTable[name];
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
  help.epilogue(EPILOGUE);
  let text = '';
  help.showHelp((shown) => {
    text = shown;
  });
  return `${text}\n`;
}
