// One real ZooKeeper server as a process of its own, which a test may kill, pause and start again over
// the same data. Everything it writes is in its folder.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type * as ZooKeeperHome from '../setup/zookeeper-home.mjs';
import { killAtEnd, spareAtEnd } from './janitor.js';
import { PATIENCE_MS, eventually, withDeadline } from './wait.js';

export type Role = 'leader' | 'follower' | 'standalone';

// A server that is paused accepts and says nothing; one that serves answers within milliseconds.
const ANSWER_MS = PATIENCE_MS / 15;

// A server that is coming up may accept and never answer that connection, though the next one.
const FIRST_ANSWER_MS = PATIENCE_MS / 120;

const JVM_FLAGS = [
  '-Xmx128m',
  // Quick to start rather than quick in the long run.
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xshare:auto',
  // Or every server killed leaves a file in the system's temporary folder.
  '-XX:-UsePerfData',
  '-Dzookeeper.jmx.log4j.disable=true',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
  '-Dorg.slf4j.simpleLogger.showShortLogName=true',
];

// tsc leaves the script where it is, three folders above this file's place in dist/.
const home = (await import(
  new URL('../../../test/setup/zookeeper-home.mjs', import.meta.url).href
)) as typeof ZooKeeperHome;

export interface ServerOptions {
  id: number;
  port: number;
  folder: string;
  /** Lines of zoo.cfg beside those that every server has. */
  settings: Record<string, string>;
}

export class ZooKeeperServer {
  readonly id: number;
  readonly port: number;
  readonly folder: string;
  #process: ChildProcess | undefined;

  /** Writes the configuration; launch() starts the server. */
  constructor({ id, port, folder, settings }: ServerOptions) {
    this.id = id;
    this.port = port;
    this.folder = folder;
    const dataDir = join(folder, 'data');
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'myid'), `${String(id)}\n`);
    const lines = Object.entries({
      dataDir,
      clientPort: String(port),
      clientPortAddress: '127.0.0.1',
      'admin.enableServer': 'false',
      '4lw.commands.whitelist': '*',
      // Every test connects from the same address.
      maxClientCnxns: '0',
      // 64 KiB per log file, not 64 MiB.
      preAllocSize: '64',
      ...settings,
    });
    writeFileSync(this.#config, lines.map(([name, value]) => `${name}=${value}\n`).join(''));
  }

  /** The server as a connect string. */
  get address(): string {
    return `127.0.0.1:${String(this.port)}`;
  }

  get running(): boolean {
    return this.#process !== undefined;
  }

  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error(`ZooKeeper server ${String(this.id)} is not running`);
    return pid;
  }

  /** Starts the process and does not wait until it serves. */
  launch(): void {
    if (this.#process !== undefined) throw new Error(`ZooKeeper server ${String(this.id)} runs already`);
    const found = home.findZooKeeper();
    if ('missing' in found) throw new Error(`${found.missing}\n${home.WAYS_TO_GET_ONE}`);
    const log = openSync(this.#log, 'a');
    const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';
    const child = spawn(
      found.java,
      [...JVM_FLAGS, `-Djava.io.tmpdir=${this.folder}`, '-cp', found.classPath, main, this.#config],
      // In a process group of its own it does not get the Ctrl-C meant for the tests.
      { cwd: this.folder, stdio: ['ignore', log, log], detached: true },
    );
    closeSync(log);
    this.#process = child;
    child.once('error', () => {
      this.#process = undefined;
    });
    child.once('exit', () => {
      this.#process = undefined;
      if (child.pid !== undefined) spareAtEnd(child.pid);
    });
    // A test that fails before it stops its servers must end all the same.
    child.unref();
    if (child.pid !== undefined) killAtEnd(child.pid);
  }

  /** Resolves once the server serves clients; an ensemble without a quorum does not. */
  async serving(): Promise<void> {
    try {
      await eventually(`ZooKeeper server ${String(this.id)} to serve`, async () => {
        // It ends at once on a wrong configuration, and then there is nothing to wait for.
        return !this.running || (await this.role({ withinMs: FIRST_ANSWER_MS })) !== undefined;
      });
      if (!this.running) throw new Error(`ZooKeeper server ${String(this.id)} ended`);
    } catch (cause) {
      throw new Error(`ZooKeeper server ${String(this.id)} does not serve:\n${this.logTail()}`, { cause });
    }
  }

  /** Ends the server with SIGKILL; resolves once its process is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends the server with SIGTERM; resolves once its process is gone. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Kills the server if it runs, starts it over the same data, and resolves once it serves. */
  async restart(): Promise<void> {
    await this.kill();
    this.launch();
    await this.serving();
  }

  /** Stops the process with SIGSTOP: connections stay open and nothing answers once this resolves. */
  async pause(): Promise<void> {
    const pid = this.pid;
    process.kill(pid, 'SIGSTOP');
    // A busy thread goes on for some milliseconds more.
    await eventually(`ZooKeeper server ${String(this.id)} to be paused`, () => isStopped(pid));
  }

  resume(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  /** What the server says it is; undefined unless it serves. A leader cut off says so for a while yet. */
  async role({ withinMs = ANSWER_MS }: { withinMs?: number } = {}): Promise<Role | undefined> {
    const answer = await this.ask('srvr', { withinMs });
    const mode = /^Mode: (\w+)$/m.exec(answer ?? '')?.[1];
    return mode === 'leader' || mode === 'follower' || mode === 'standalone' ? mode : undefined;
  }

  /** Sends one of ZooKeeper's four letter words; undefined if no answer comes. */
  async ask(word: string, { withinMs = ANSWER_MS }: { withinMs?: number } = {}): Promise<string | undefined> {
    const socket = connect(this.port, '127.0.0.1');
    try {
      let answer = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
      socket.write(word);
      await withDeadline(`an answer to ${word}`, once(socket, 'end'), { withinMs });
      return answer;
    } catch {
      return undefined;
    } finally {
      socket.destroy();
    }
  }

  /** The last lines the server has logged. */
  logTail(lines = 40): string {
    try {
      return readFileSync(this.#log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
    } catch {
      return '(no log)';
    }
  }

  get #config(): string {
    return join(this.folder, 'zoo.cfg');
  }

  get #log(): string {
    return join(this.folder, 'server.log');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    child.ref();
    const exited = once(child, 'exit');
    child.kill(signal);
    // A paused process takes the signal only when it goes on.
    child.kill('SIGCONT');
    await withDeadline(`ZooKeeper server ${String(this.id)} to end on ${signal}`, exited);
  }
}

async function isStopped(pid: number): Promise<boolean> {
  if (process.platform !== 'linux') {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=', '-p', String(pid)]);
    return stdout.startsWith('T');
  }
  const tasks = `/proc/${String(pid)}/task`;
  return readdirSync(tasks).every((task) =>
    /^State:\s+T/m.test(readFileSync(join(tasks, task, 'status'), 'utf8')),
  );
}
