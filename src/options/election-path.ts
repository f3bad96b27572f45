// Owns which znode paths may be an election, and which commands have one of their own by default.
import { besideElection } from '../zookeeper/control-path.js';
import { quote, UsageError } from './usage-error.js';

/** The parent of all elections that nobody has named. */
export const ROOT = '/zk-leader-run';

// Whatever these run, they run it under their own name, so their default election would be one for all jobs.
const CARRIERS = new Set(
  [
    'ash bash busybox csh dash elvish fish ksh mksh nu osh pwsh rbash sh tcsh toybox xonsh yash zsh',
    'bun bunx deno node nodejs npm npx pnpm pnpx ts-node tsx yarn yarnpkg',
    'awk expect gawk groovy ipython java julia kotlin lua luajit mawk perl php pipx poetry pypy pypy3 python',
    'Rscript ruby runghc scala tclsh uv uvx bundle dotnet go cargo make mono rake wine',
    'capsh chpst chroot chrt command cpulimit daemonize dumb-init env envdir firejail flock',
    'gosu ionice numactl nice nohup nsenter parallel prlimit proot runcon runuser setarch setpriv setsid',
    's6-setuidgid s6-envdir script softlimit start-stop-daemon stdbuf strace su su-exec sudo doas pkexec taskset',
    'time timeout tini unbuffer unshare valgrind watch xargs xvfb-run zk-leader-run',
    'ctr crictl docker kubectl lxc lxc-attach nerdctl podman ssh systemd-inhibit systemd-run',
  ].flatMap((line) => line.split(' ')),
);

// python3.11, lua5.4, perl5.36.0, ruby3.2, php8.2, node20, java-17: the name with a version behind it.
const VERSIONED = /^(bash|java|lua|luajit|node|perl|php|pypy|python|ruby|tclsh|zsh)-?\d[\d.]*[dmt]?$/;

/** Says what is wrong with a znode path, in words that follow "got ...", or returns undefined when it is right. */
export function znodePathProblem(path: string): string | undefined {
  if (!path.startsWith('/')) return 'which does not begin with /';
  if (path === '/') return 'which is the root itself';
  if (path.endsWith('/')) return 'which ends with /';
  const segments = path.slice(1).split('/');
  if (segments.includes('')) return 'which has an empty segment (//)';
  if (segments.includes('.') || segments.includes('..')) return 'which has a segment . or ..';
  if (Array.from(path).some(isRefusedByServers)) return 'which has a character that ZooKeeper refuses';
  if (segments[0] === 'zookeeper') return 'which is in /zookeeper, where ZooKeeper keeps its own';
  return undefined;
}

// The ranges of PathUtils.validatePath, on the server: control characters, surrogates, private use, specials.
function isRefusedByServers(character: string): boolean {
  const code = character.charCodeAt(0);
  return (
    code <= 0x1f ||
    (code >= 0x7f && code <= 0x9f) ||
    (code >= 0xd800 && code <= 0xf8ff) ||
    (code >= 0xfff0 && code <= 0xffff)
  );
}

/** Says the same of an election's path: orders to an election, and its records, have names that no other may bear. */
function electionPathProblem(path: string): string | undefined {
  const taken = path.split('/').find((name) => besideElection(name) !== undefined);
  if (taken === undefined) return znodePathProblem(path);
  return `in which ${quote(taken)} ends in .control or .runs, as what belongs to an election does`;
}

/** Returns the election path as given; throws a UsageError that names the option when no znode can be there. */
export function parseElectionPath(option: string, text: string): string {
  const problem = electionPathProblem(text);
  if (problem === undefined) return text;
  throw new UsageError(
    option,
    `expected a path such as ${ROOT}/nightly-sync, got ${quote(text)}, ${problem}`,
  );
}

/**
 * Returns the election path of a command given by its base name; throws a UsageError for interpreters, shells
 * and wrappers, since two jobs that meet in one election by accident would keep each other from running.
 */
export function defaultElectionPath(commandName: string): string {
  const path = `${ROOT}/${commandName}`;
  if (CARRIERS.has(commandName) || VERSIONED.test(commandName)) {
    throw new UsageError(
      '--election',
      `expected a path such as ${ROOT}/nightly-sync, got none; the default, ${path}, would be shared by every ` +
        `job that ${commandName} runs, and only one of them would run: pass --election`,
    );
  }
  const problem = electionPathProblem(path);
  if (problem === undefined) return path;
  throw new UsageError(
    '--election',
    `expected a path such as ${ROOT}/nightly-sync, got none; the default would be ${quote(path)}, ${problem}: ` +
      'pass --election',
  );
}
