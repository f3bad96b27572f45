// Remote-controls a host, and the trees that it holds; finds their processes without any help of the product.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Level } from '../../../../src/containment/containment.js';
import { killAtEnd, spareAtEnd } from '../../../support/janitor.js';
import { eventually, withDeadline } from '../../../support/wait.js';
import type { Answer, Chosen, Order } from './host.js';

/** A file beside this one's source. */
export function commandPath(name: string): string {
  return fileURLToPath(new URL(`../../../../../test/process/containment/commands/${name}`, import.meta.url));
}

/** Processes that a test has started, known by a word that stands in the arguments of each of them. */
export class Subjects {
  /** A number of seconds, so that `sleep` takes it: nothing outlives its test for long, whatever happens. */
  readonly word = `45.${process.pid}${Math.random().toString().slice(2, 12)}`;

  constructor(t: TestContext) {
    t.after(() =>
      eventually('the end of all that the test has started', () => {
        for (const pid of this.alive()) kill(pid);
        return this.alive().length === 0;
      }),
    );
  }

  get marker(): string {
    return `ZK_LEADER_TEST=${this.word}`;
  }

  /** `sh -c SCRIPT WORD`: to the script the word is $0. */
  shell(script: string): string[] {
    return ['/bin/sh', '-c', script, this.word];
  }

  /** A storm of forks; see storm.pl. */
  storm(...args: readonly string[]): string[] {
    return ['/usr/bin/perl', commandPath('storm.pl'), this.word, ...args];
  }

  /** Their numbers; zombies do not count. */
  alive(): number[] {
    return findByArgument(this.word);
  }

  /** Settles when there are so many of them, and returns their numbers. */
  async number(count: number): Promise<number[]> {
    let found: number[] = [];
    await eventually(`${count} processes`, () => {
      found = this.alive();
      if (found.length > count) throw new Error(`${found.length} processes`);
      return found.length === count;
    });
    return found;
  }

  /** Settles when so many have come to their last program, `sleep`: whoever is on the way there may be another soon. */
  async asleep(count: number): Promise<number[]> {
    let found: number[] = [];
    await eventually(`${count} processes that sleep`, () => {
      found = this.alive();
      return found.length === count && found.every((pid) => nameOf(pid) === 'sleep');
    });
    return found;
  }
}

export interface HostOptions {
  readonly execArgv?: string[];
  readonly env?: NodeJS.ProcessEnv;
}

export class RemoteHost {
  readonly process: ChildProcess;
  /** How the main processes have ended, in order: `code 0`. */
  readonly exits: string[] = [];
  readonly #answers = new Map<number, (answer: Answer) => void>();
  #orders = 0;

  constructor(t: TestContext, { execArgv = [], env = {} }: HostOptions = {}) {
    this.process = fork(fileURLToPath(new URL('host.js', import.meta.url)), {
      execArgv,
      env: { ...process.env, ...env },
    });
    const { pid } = this;
    killAtEnd(pid);
    this.process.once('exit', (code, signal) => {
      spareAtEnd(pid);
      const message = `the host has ended: ${code ?? signal}`;
      for (const [order, answer] of this.#answers) answer({ type: 'failed', order, message });
    });
    this.process.on('message', (answer: Answer) => {
      if (answer.type === 'exited') this.exits.push(answer.exit);
      else this.#answers.get(answer.order)?.(answer);
    });
    t.after(() => this.leave());
  }

  get pid(): number {
    const { pid } = this.process;
    if (pid === undefined) throw new Error('the host did not start');
    return pid;
  }

  /** Settles with what the host answers, or rejects with what it has thrown. */
  async tell(order: Order): Promise<unknown> {
    const number = (this.#orders += 1);
    const answered = new Promise<Answer>((resolve) => this.#answers.set(number, resolve));
    this.process.send({ number, order });
    const answer = await withDeadline(`the host's answer to ${order.verb}`, answered);
    if (answer.type === 'failed') throw new Error(answer.message);
    return answer.type === 'answer' ? answer.value : undefined;
  }

  async choose(wanted: 'auto' | Level, required = false): Promise<Chosen> {
    return (await this.tell({ verb: 'choose', wanted, required })) as Chosen;
  }

  async start(subjects: Subjects, command: readonly string[]): Promise<number> {
    return (await this.tell({ verb: 'start', command, marker: subjects.marker })) as number;
  }

  /** Starts another process in the tree that it holds. */
  async join(subjects: Subjects, command: readonly string[]): Promise<number> {
    return (await this.tell({ verb: 'join', command, marker: subjects.marker })) as number;
  }

  /** Kills the tree until nothing is left of it; settles with the milliseconds that it took. */
  async end(): Promise<number> {
    return (await this.tell({ verb: 'end' })) as number;
  }

  /** Kills the host itself, and nothing else. */
  async killed(): Promise<void> {
    const exited = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await withDeadline("the host's end", exited);
  }

  /** Settles when the main process has been reported. */
  async exited(): Promise<string> {
    return eventually('the exit of the main process', () => this.exits.at(-1));
  }

  /** Releases what the host holds, and ends it. */
  async leave(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = once(this.process, 'exit');
    this.process.disconnect();
    await withDeadline("the host's end", exited);
  }
}

/** The state of a process as `ps` writes it, such as S, T or Z; empty when it is not there. */
export function stateOf(pid: number | string): string {
  return /\) (.)/s.exec(readProc(pid, 'stat').replace(/.*(?=\))/s, ''))?.[1] ?? '';
}

/** What stands in a file of /proc; nothing for a process that is not there. */
export function readProc(pid: number | string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

/** The children that the main thread of a process has, zombies too. */
export function childrenOf(parent: number): number[] {
  return readProc(parent, `task/${parent}/children`)
    .split(' ')
    .filter((pid) => pid !== '')
    .map(Number);
}

export function zombiesOf(parent: number): number[] {
  return childrenOf(parent).filter((pid) => stateOf(pid) === 'Z');
}

export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  // 0 would be our own group.
  if (pid <= 1) throw new Error(`not a process to kill: ${pid}`);
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

function isAlive(pid: string): boolean {
  return !['', 'Z', 'X'].includes(stateOf(pid));
}

/** A host that holds its trees at this level; skips the test, and returns undefined, where it cannot be had. */
export async function holdingHost(
  t: TestContext,
  level: Level,
  options: HostOptions = {},
): Promise<HoldingHost | undefined> {
  const host = new RemoteHost(t, options);
  const chosen = await host.choose(level);
  if (chosen.level === level) return Object.assign(host, { cgroup: chosen.cgroup ?? '' });
  t.skip(chosen.passedOver.map(({ because }) => because).join('; '));
  return undefined;
}

export type HoldingHost = RemoteHost & { readonly cgroup: string };

/** The name of a process, as `ps -o comm` has it. */
export function nameOf(pid: number): string {
  return readProc(pid, 'comm').trim();
}

/** The processes whose arguments have this word among them. */
export function findByArgument(word: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isAlive(name))
    .filter((pid) => readProc(pid, 'cmdline').split('\0').includes(word))
    .map(Number);
}
