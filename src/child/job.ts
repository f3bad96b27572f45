// Owns the running command: its start, its signals, its end. The only place that starts or signals a process.
// Must never decide when: it is told, and reports the exit of the main process and, proved, the end of the tree.

import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { spawn as nodeSpawn } from 'node:child_process';
import type { ChildExit } from '../election/model.js';
import { groupIsEmpty, killStragglers, signalGroup } from './process-group.js';

export interface Command {
  /** The file to execute, absolute. */
  readonly file: string;
  /** The name the command sees itself called by. */
  readonly argv0: string;
  readonly args: readonly string[];
}

/** What a term brings the command: in its environment these override whatever was inherited. */
export interface JobEnvironment {
  readonly ZK_LEADER_ELECTION: string;
  readonly ZK_LEADER_ZNODE: string;
  readonly ZK_LEADER_EPOCH: string;
  readonly ZK_LEADER_ID: string;
}

export interface JobListener {
  started(pid: number): void;
  /** Once for each start, before `empty`. */
  exited(exit: ChildExit): void;
  /** No process of the tree is left. */
  empty(): void;
}

export interface JobOptions {
  readonly command: Command;
  /** Whether the command reads our stdin; otherwise it reads end of file. */
  readonly stdin: boolean;
  readonly spawn?: (file: string, args: readonly string[], options: SpawnOptions) => ChildProcess;
}

/** How soon, and then how often, a group is looked at again that outlived its main process. */
const FIRST_LOOK_MS = 2;
const LONGEST_LOOK_MS = 50;

/** One command at a time, in a session and process group of its own. */
export class Job {
  readonly #options: JobOptions;
  readonly #listener: JobListener;
  #group: number | undefined;

  constructor(options: JobOptions, listener: JobListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** Starts the command; `exited` tells, too, when it could not be started. */
  start(environment: JobEnvironment): void {
    if (this.#group !== undefined) throw new Error('internal error: a command is running already');
    const { command, stdin, spawn = nodeSpawn } = this.#options;
    let child: ChildProcess;
    try {
      child = spawn(command.file, command.args, {
        argv0: command.argv0,
        detached: true,
        // Ours, undisturbed: Node makes the descriptions blocking here, and nothing in this process may touch
        // process.stdout or process.stderr afterwards, or the command would see EAGAIN.
        stdio: [stdin ? 'inherit' : 'ignore', 'inherit', 'inherit'],
        env: { ...process.env, ...environment },
      });
    } catch (error) {
      this.#notStarted(error);
      return;
    }
    if (child.pid === undefined) {
      child.once('error', (error) => {
        this.#notStarted(error);
      });
      return;
    }
    this.#group = child.pid;
    child.once('exit', (code, signal) => {
      this.#listener.exited(signal === null ? { kind: 'code', code: code ?? 0 } : { kind: 'signal', signal });
      this.#awaitEmpty(FIRST_LOOK_MS);
    });
    this.#listener.started(child.pid);
  }

  /** Sends a signal to every process of the group; does nothing when none is left. */
  signal(signal: string): void {
    if (this.#group !== undefined) signalGroup(this.#group, signal);
  }

  /** Sends SIGKILL to every process of the tree that can be found; `empty` tells when it has worked. */
  kill(): void {
    if (this.#group === undefined) return;
    killStragglers(this.#group);
    signalGroup(this.#group, 'SIGKILL');
  }

  #awaitEmpty(nextLookMs: number): void {
    if (this.#group === undefined) return;
    if (groupIsEmpty(this.#group)) {
      this.#group = undefined;
      this.#listener.empty();
      return;
    }
    setTimeout(() => {
      this.#awaitEmpty(Math.min(nextLookMs * 2, LONGEST_LOOK_MS));
    }, nextLookMs);
  }

  #notStarted(error: unknown): void {
    this.#listener.exited({ kind: 'not-started', errno: errnoOf(error) });
    this.#listener.empty();
  }
}

function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : String(error);
}
