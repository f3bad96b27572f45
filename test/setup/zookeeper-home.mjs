// Finds a real ZooKeeper and a Java to run it with, and can install the distribution's package.
// Plain JavaScript without dependencies: it also runs on a fresh clone, before npm ci.
import { spawn, spawnSync } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const DEBIAN_JARS = '/usr/share/java';
const HOMEBREW_HOMES = ['/opt/homebrew/opt/zookeeper/libexec', '/usr/local/opt/zookeeper/libexec'];
const HOMEBREW_JAVAS = ['/opt/homebrew/opt/openjdk/bin/java', '/usr/local/opt/openjdk/bin/java'];
const POLICY = '/usr/sbin/policy-rc.d';

export const WAYS_TO_GET_ONE = `The tests and the demo run against a real ZooKeeper; one of these provides it:
  Debian, Ubuntu:  apt install --no-install-recommends zookeeper   (not zookeeperd, which starts a service)
  macOS:           brew install zookeeper   (found by itself, or ZOOKEEPER_HOME=$(brew --prefix zookeeper)/libexec)
  any system:      unpack apache-zookeeper-3.x.y-bin.tar.gz from https://zookeeper.apache.org/releases.html,
                   install Java 11 or newer, and set ZOOKEEPER_HOME to the unpacked folder
  Docker:          zk-leader-run itself is happy with a server in Docker, but the tests kill, pause and cut
                   servers of their own, and need the jars out of the official image:
                     docker create --name zk zookeeper:3.9.3
                     docker cp zk:/apache-zookeeper-3.9.3-bin . && docker rm zk
                     export ZOOKEEPER_HOME=$PWD/apache-zookeeper-3.9.3-bin
`;

/** Says how to run ZooKeeper here, or what is missing. A ZOOKEEPER_HOME that is wrong is never passed over. */
export function findZooKeeper(env = process.env) {
  const jars = findClassPath(env);
  if ('missing' in jars) return jars;
  const java = findJava(env);
  return java === undefined
    ? { missing: 'no java found in JAVA_HOME or PATH' }
    : { java, classPath: jars.classPath };
}

function findClassPath(env) {
  const home = env['ZOOKEEPER_HOME'];
  if (home !== undefined && home !== '') {
    const classPath = unpackedClassPath(home);
    return classPath === undefined
      ? { missing: `ZOOKEEPER_HOME is ${home}, which holds no lib/zookeeper-*.jar` }
      : { classPath };
  }
  const packaged = join(DEBIAN_JARS, 'zookeeper.jar');
  if (existsSync(packaged)) {
    // The jar's manifest names every other jar it needs, but for the logger, which is left to the administrator, and
    // what Netty needs for TLS.
    const others = ['slf4j-simple.jar', 'netty-codec.jar'].map((jar) => join(DEBIAN_JARS, jar));
    return { classPath: [packaged, ...others.filter((jar) => existsSync(jar))].join(delimiter) };
  }
  const found = HOMEBREW_HOMES.map(unpackedClassPath).find((classPath) => classPath !== undefined);
  return found === undefined ? { missing: 'no ZooKeeper found' } : { classPath: found };
}

function unpackedClassPath(home) {
  // Releases before 3.5 keep the server's own jar beside lib, not in it.
  const holdsServer = [join(home, 'lib'), home].some((folder) =>
    listFolder(folder).some((name) => /^zookeeper(-\d.*)?\.jar$/.test(name)),
  );
  if (!holdsServer) return undefined;
  return [join(home, 'conf'), join(home, 'lib', '*'), join(home, '*')].join(delimiter);
}

function listFolder(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function findJava(env) {
  const home = env['JAVA_HOME'];
  const candidates = [
    ...(home ? [join(home, 'bin', 'java')] : []),
    ...(env['PATH'] ?? '')
      .split(delimiter)
      .filter((folder) => folder !== '')
      .map((folder) => join(folder, 'java')),
    ...HOMEBREW_JAVAS,
  ];
  return candidates.find((java) => isExecutable(java) && isRealJava(java));
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isRealJava(java) {
  // macOS ships /usr/bin/java even without Java: it only opens a dialogue. Elsewhere the file is proof enough.
  if (process.platform !== 'darwin' || !java.startsWith('/usr/bin/')) return true;
  return spawnSync(java, ['-version'], { stdio: 'ignore' }).status === 0;
}

/** Says whether apt-get can install ZooKeeper here without asking anybody. */
export function canInstallWithApt() {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/** Installs the distribution's package and starts no service. Resolves to undefined, or to what went wrong. */
export async function installWithApt() {
  process.stderr.write('installing ZooKeeper with apt-get ...\n');
  const folder = mkdtempSync(join(tmpdir(), 'zk-leader-run-apt-'));
  const log = join(folder, 'apt.log');
  const allowServices = denyServices();
  try {
    const failed =
      (await aptGet(log, ['update'])) ??
      (await aptGet(log, ['install', '-y', '--no-install-recommends', 'zookeeper']));
    return failed === undefined ? undefined : `${readFileSync(log, 'utf8')}${failed}`;
  } finally {
    allowServices();
    rmSync(folder, { recursive: true, force: true });
  }
}

// The package has no service, but what it depends on is the distribution's business. RUNLEVEL=1 would not
// do: systemd's helper ignores it, while both helpers ask this file.
function denyServices() {
  try {
    writeFileSync(
      POLICY,
      '#!/bin/sh\n# Left by an interrupted zk-leader-run test setup; delete it.\nexit 101\n',
      {
        flag: 'wx',
        mode: 0o755,
      },
    );
  } catch {
    return () => undefined;
  }
  const remove = () => rmSync(POLICY, { force: true });
  const removeAndDie = (signal) => {
    remove();
    process.kill(process.pid, signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.once(signal, removeAndDie);
  return () => {
    for (const signal of signals) process.removeListener(signal, removeAndDie);
    remove();
  };
}

function aptGet(log, args) {
  const output = openSync(log, 'a');
  const child = spawn('apt-get', args, {
    stdio: ['ignore', output, output],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  closeSync(output);
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(`apt-get: ${error.message}`));
    child.on('exit', (code, signal) =>
      resolve(code === 0 ? undefined : `apt-get ${args[0]} ended with ${signal ?? `code ${code}`}`),
    );
  });
}
