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
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && isAlive(name) && this.#bearsTheWord(name))
      .map(Number);
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

  #bearsTheWord(pid: string): boolean {
    return readProc(pid, 'cmdline').split('\0').includes(this.word);
  }
}

export class RemoteHost {
  readonly process: ChildProcess;
  /** How the main processes have ended, in order: `code 0 by node`. */
  readonly exits: string[] = [];
  readonly #answers = new Map<number, (answer: Answer) => void>();
  #orders = 0;

  constructor(
    t: TestContext,
    { execArgv = [], env = {} }: { execArgv?: string[]; env?: NodeJS.ProcessEnv } = {},
  ) {
    this.process = fork(fileURLToPath(new URL('host.js', import.meta.url)), {
      execArgv,
      env: { ...process.env, ...env },
    });
    const { pid } = this;
    killAtEnd(pid);
    this.process.once('exit', () => {
      spareAtEnd(pid);
    });
    this.process.on('message', (answer: Answer) => {
      if (answer.type === 'exited') this.exits.push(`${answer.exit} by ${answer.by}`);
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

/** The children of a process that are zombies. */
export function zombiesOf(parent: number): number[] {
  return readProc(parent, `task/${parent}/children`)
    .split(' ')
    .filter((pid) => pid !== '' && stateOf(pid) === 'Z')
    .map(Number);
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

/** A host that holds its trees at this level, if the machine can give it. */
export async function holdingHost(t: TestContext, level: Level): Promise<RemoteHost> {
  const host = new RemoteHost(t);
  const chosen = await host.choose(level);
  if (chosen.level !== level) t.skip(chosen.passedOver.map(({ because }) => because).join('; '));
  return host;
}

/** The name of a process, as `ps -o comm` has it. */
export function nameOf(pid: number): string {
  return readProc(pid, 'comm').trim();
}
