// Boots a machine with a real systemd of its own: a container over a read-only view of this one. Nothing of the host is
// bound into it, since a boot empties temporary folders: all it writes is in memory, in a mount namespace of its own,
// and gone with its first process.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { endCgroup, findCgroup } from '../../src/containment/cgroup.js';
import { DeadManSwitch } from '../../src/containment/dead-man-switch.js';
import type * as ZooKeeperHome from '../setup/zookeeper-home.mjs';
import { temporaryFolder } from '../support/temporary.js';
import { PATIENCE_MS, eventually } from '../support/wait.js';

const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));

// The layer's own units are all that the machine has: what this host would start is its own affair.
const UNITS = '/machine/units';

/** $1 the cgroup, $2 a folder with the layer, and with room for a mount, $3 the program of Node. */
const BOOT = `
set -eu
echo 0 >"$1/cgroup.procs"
mount -t tmpfs -o mode=755 tmpfs "$2/memory"
mkdir "$2/memory/upper" "$2/memory/work" "$2/memory/root"
cp -a "$2/layer/." "$2/memory/upper"
# Wherever it comes from: a unit does not see the folders of users.
cp "$3" "$2/memory/upper/usr/local/bin/node"
mount -t overlay -o "lowerdir=/,upperdir=$2/memory/upper,workdir=$2/memory/work" overlay "$2/memory/root"
cd /
exec systemd-nspawn --quiet --directory="$2/memory/root" --machine=machine --register=no --keep-unit --private-network \\
  --console=pipe --setenv=SYSTEMD_UNIT_PATH=${UNITS} --boot systemd.unit=machine.target systemd.show_status=0
`;

const TARGET = '[Unit]\nDefaultDependencies=no\n';

const TARGETS: Readonly<Record<string, string>> = {
  'sysinit.target': TARGET,
  'basic.target': `${TARGET}Requires=sysinit.target\nAfter=sysinit.target\n`,
  'shutdown.target': TARGET,
  'machine.target': `${TARGET}Requires=basic.target systemd-journald.service\nAfter=basic.target systemd-journald.service\n`,
};

const FROM_HOST = ['systemd-journald.service', 'systemd-journald.socket', 'systemd-journald-dev-log.socket'];

// tsc leaves the script where it is, three folders above this file's place in dist/.
const home = (await import(
  new URL('../../../test/setup/zookeeper-home.mjs', import.meta.url).href
)) as typeof ZooKeeperHome;

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class Machine {
  readonly #initPid: number;
  readonly #close: () => Promise<void>;

  private constructor(initPid: number, close: () => Promise<void>) {
    this.#initPid = initPid;
    this.#close = close;
  }

  /** Says why there can be none here, or returns undefined. */
  static async missing(): Promise<string | undefined> {
    if (process.platform !== 'linux') return 'there is no systemd but on Linux';
    if (process.geteuid?.() !== 0) return 'only root can boot a container';
    for (const tool of ['systemd-nspawn', 'nsenter', 'unshare']) {
      if ((await run('/bin/sh', ['-c', `command -v ${tool}`])).code !== 0) return `${tool} is not installed`;
    }
    const found = home.findZooKeeper();
    if ('missing' in found) return found.missing;
    const elsewhere = [found.java, ...found.classPath.split(':')].find((path) => !isOnRoot(path));
    if (elsewhere !== undefined) return `${elsewhere} is not on the file system that a container can see`;
    return undefined;
  }

  /** Boots it with these files in its layer, by their absolute paths; or says why that does not work here. */
  static async boot(files: Readonly<Record<string, string>>): Promise<Machine | string> {
    const cgroup = makeCgroup();
    if (cgroup === undefined) return 'there is no cgroup v2 to be divided here';
    const dead = new DeadManSwitch(cgroup);
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'memory'));
    writeLayer(join(folder, 'layer'), files);
    const container = spawn(
      'unshare',
      [
        '--mount',
        '--propagation',
        'private',
        '/bin/sh',
        '-c',
        BOOT,
        'boot',
        cgroup,
        folder,
        process.execPath,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' } },
    );
    let said = '';
    for (const stream of [container.stdout, container.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    }
    const close = async (): Promise<void> => {
      await eventually('the end of the machine', () => endCgroup(cgroup));
      dead.release();
    };
    try {
      const booted = await eventually('the machine to boot', async () => {
        if (container.exitCode !== null) return `no container can be booted here: ${said.trim()}`;
        const initPid = childOf(container.pid ?? 0);
        if (initPid === undefined) return undefined;
        const machine = new Machine(initPid, close);
        return (await machine.run('systemctl', 'is-active', 'machine.target')).code === 0
          ? machine
          : undefined;
      });
      if (typeof booted === 'string') await close();
      return booted;
    } catch (cause) {
      await close();
      throw new Error(`the machine does not boot: ${said}`, { cause });
    }
  }

  /** Runs a program of it as root, and waits for its end. */
  async run(...command: readonly string[]): Promise<Output> {
    const inside = ['-m', '-p', '-n', '-u', '-i', '--wd=/', '--'];
    return run('nsenter', ['-t', String(this.#initPid), ...inside, ...command]);
  }

  /** Runs it, and fails unless it succeeds. */
  async mustRun(...command: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...command);
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
    return stdout;
  }

  /** A file of it, or what this test sees of it; empty when there is none. */
  read(path: string): string {
    try {
      return readFileSync(`/proc/${this.#initPid}/root${path}`, 'utf8');
    } catch {
      return '';
    }
  }

  /** Ends all its processes at once. */
  async powerOff(): Promise<void> {
    await this.#close();
  }
}

function makeCgroup(): string | undefined {
  const own = findCgroup(
    readFileSync('/proc/self/mountinfo', 'utf8'),
    readFileSync('/proc/self/cgroup', 'utf8'),
  );
  if (own === undefined) return undefined;
  const folder = join(own, `zk-leader-run-machine-${process.pid}`);
  try {
    mkdirSync(folder);
    statSync(join(folder, 'cgroup.kill'));
    return folder;
  } catch {
    return undefined;
  }
}

function writeLayer(layer: string, files: Readonly<Record<string, string>>): void {
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(layer, path)), { recursive: true });
    writeFileSync(join(layer, path), text);
  };
  const link = (path: string, to: string): void => {
    mkdirSync(dirname(join(layer, path)), { recursive: true });
    symlinkSync(to, join(layer, path));
  };
  const installed = '/usr/local/lib/zk-leader-run';
  for (const part of ['bin', 'dist/bundle', 'package.json']) {
    cpSync(join(PACKAGE, part), join(layer, installed, part), { recursive: true });
  }
  link('/usr/local/bin/zk-leader-run', `${installed}/bin/zk-leader-run.js`);
  put('/etc/machine-id', `${randomBytes(16).toString('hex')}\n`);
  for (const [name, text] of Object.entries(TARGETS)) put(join(UNITS, name), text);
  for (const name of FROM_HOST) link(join(UNITS, name), `/lib/systemd/system/${name}`);
  put(join(UNITS, 'zookeeper.service'), zookeeperUnit());
  put('/machine/zoo.cfg', ZOO_CFG);
  for (const [path, text] of Object.entries(files)) put(path.replace('/etc/systemd/system', UNITS), text);
}

const ZOO_CFG = `tickTime=500
dataDir=/run/zookeeper
clientPort=2181
clientPortAddress=127.0.0.1
admin.enableServer=false
preAllocSize=64
`;

function zookeeperUnit(): string {
  const found = home.findZooKeeper();
  if ('missing' in found) throw new Error(found.missing);
  const { java, classPath } = found;
  const flags =
    '-Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Dzookeeper.jmx.log4j.disable=true';
  return `[Service]
RuntimeDirectory=zookeeper
ExecStart=${java} ${flags} -cp ${classPath} org.apache.zookeeper.server.quorum.QuorumPeerMain /machine/zoo.cfg
`;
}

function isOnRoot(path: string): boolean {
  try {
    return statSync(path.replace(/\/\*$/, '')).dev === statSync('/').dev && !path.startsWith('/tmp/');
  } catch {
    return false;
  }
}

function childOf(pid: number): number | undefined {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
  return child === undefined || child === '' ? undefined : Number(child);
}

async function run(file: string, args: readonly string[]): Promise<Output> {
  try {
    return {
      code: 0,
      ...(await promisify(execFile)(file, args, { timeout: PATIENCE_MS, maxBuffer: 2 ** 24 })),
    };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    return { code: typeof code === 'number' ? code : -1, stdout, stderr };
  }
}
