// Holds one tree, as a watchdog does, and does what a test tells it over IPC.
import { type ChildProcess, spawn } from 'node:child_process';
import { chooseContainment } from '../../../../src/containment/choose.js';
import type { Audience, Containment, Level } from '../../../../src/containment/containment.js';
import { GroupWithoutProc } from '../../../../src/containment/group-without-proc.js';
import { readStat } from '../../../../src/containment/proc.js';
import type { ChildExit } from '../../../../src/election/endings.js';
import { PATIENCE_MS } from '../../../support/wait.js';

export type Order =
  /** Answers with the level or the refusal, and with what was passed over. */
  | { readonly verb: 'choose'; readonly wanted: 'auto' | Level; readonly required: boolean }
  | { readonly verb: 'do-without-proc'; readonly canWalk: boolean }
  /** Answers with the pid of the command's main process. */
  | { readonly verb: 'start'; readonly command: readonly string[]; readonly marker: string }
  /** The same for a process that joins the tree. */
  | { readonly verb: 'join'; readonly command: readonly string[]; readonly marker: string }
  /** The same; then blocks the loop until the main process is a zombie, and does this before Node can hear of it. */
  | {
      readonly verb: 'start-and-meet-zombie';
      readonly command: readonly string[];
      readonly marker: string;
      readonly joins?: boolean;
      readonly then: 'kill' | 'is-empty' | 'tidy';
    }
  /** Kills, and blocks the loop until the process has been stopped: nothing that comes later can have done it. */
  | { readonly verb: 'kill-and-see-stopped'; readonly pid: number }
  | { readonly verb: 'signal'; readonly signal: string; readonly to: Audience }
  | { readonly verb: 'stand-by' | 'kill' | 'is-empty' | 'tidy' | 'release' | 'exit' }
  /** Kills until nothing is left, as a watchdog does; answers then. */
  | { readonly verb: 'end' }
  /** Gives up being root. */
  | { readonly verb: 'become'; readonly uid: number }
  /** Gives up being root between entering and leaving. */
  | { readonly verb: 'be-stuck-inside'; readonly command: readonly string[] };

export type Answer =
  | { readonly type: 'answer'; readonly order: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly order: number; readonly message: string }
  | { readonly type: 'exited'; readonly exit: string };

export interface Chosen {
  readonly level?: Level;
  readonly cgroup?: string;
  readonly refused?: string;
  readonly passedOver: readonly { readonly level: Level; readonly because: string }[];
  readonly tookMs: number;
}

let containment: Containment | undefined;
/** The main process, and what has joined its tree. */
const running = new Set<number>();

process.on('message', ({ number, order }: { number: number; order: Order }) => {
  obey(order).then(
    (value) => {
      tell({ type: 'answer', order: number, value });
    },
    (error: unknown) => {
      tell({ type: 'failed', order: number, message: String(error) });
    },
  );
});

// The test has gone, or has had enough of us. What we hold is ended by the dead-man's switch, or by the test.
process.on('disconnect', () => process.exit(1));

async function obey(order: Order): Promise<unknown> {
  switch (order.verb) {
    case 'choose':
      return choose(order.wanted, order.required);
    case 'do-without-proc':
      containment = new GroupWithoutProc(order.canWalk);
      return undefined;
    case 'start':
      return start(order.command, order.marker);
    case 'join':
      return join(order.command, order.marker);
    case 'start-and-meet-zombie':
      awaitState((order.joins === true ? join : start)(order.command, order.marker), 'Z');
      return perform(order.then);
    case 'kill-and-see-stopped':
      held().kill();
      awaitState(order.pid, 'T');
      return undefined;
    case 'signal':
      held().signal(order.signal, order.to);
      return undefined;
    case 'end':
      return end();
    case 'become':
      become(order.uid);
      return undefined;
    case 'be-stuck-inside':
      held().enter(() => {
        run(order.command);
        process.seteuid?.(65_534);
      });
      return undefined;
    case 'exit':
      process.exit(0);
    // eslint-disable-next-line no-fallthrough -- process.exit does not return.
    default:
      return perform(order.verb);
  }
}

function choose(wanted: 'auto' | Level, required: boolean): Chosen {
  const begun = performance.now();
  const choice = chooseContainment(wanted, required);
  const tookMs = performance.now() - begun;
  if ('refused' in choice) return { refused: choice.refused, passedOver: [], tookMs };
  containment = choice.containment;
  const { level, cgroup } = containment;
  return { level, ...(cgroup === undefined ? {} : { cgroup }), passedOver: choice.passedOver, tookMs };
}

function start(command: readonly string[], marker: string): number {
  return give(command, marker, (pid) => {
    held().hold({ pid, marker });
  });
}

function join(command: readonly string[], marker: string): number {
  return give(command, marker, (pid) => {
    held().join(pid);
  });
}

function give(command: readonly string[], marker: string, take: (pid: number) => void): number {
  const [name = '', value = ''] = marker.split('=');
  const child = held().enter(() => run(command, { [name]: value }));
  const { pid } = child;
  if (pid === undefined) throw new Error('the command did not start');
  running.add(pid);
  take(pid);
  child.once('exit', (code, signal) => {
    ended(pid, signal === null ? { kind: 'code', code: code ?? 0 } : { kind: 'signal', signal });
  });
  return pid;
}

function run([file = '', ...args]: readonly string[], marker: Record<string, string> = {}): ChildProcess {
  return spawn(file, args, { detached: true, stdio: 'ignore', env: { ...process.env, ...marker } });
}

function awaitState(pid: number, state: string): void {
  const until = performance.now() + PATIENCE_MS / 2;
  while (readStat(pid)?.state !== state) {
    if (performance.now() > until) throw new Error(`${pid} is not ${state}, but ${readStat(pid)?.state}`);
  }
}

function ended(pid: number, exit: ChildExit): void {
  running.delete(pid);
  held().ended(pid);
  tell({ type: 'exited', exit: Object.values(exit).join(' ') });
}

function perform(verb: 'stand-by' | 'kill' | 'is-empty' | 'tidy' | 'release'): unknown {
  switch (verb) {
    case 'stand-by':
      held().standBy();
      return undefined;
    case 'kill':
      held().kill();
      return undefined;
    case 'is-empty':
      return held().isEmpty();
    case 'tidy':
      held().tidy();
      return undefined;
    case 'release':
      held().release();
      return undefined;
  }
}

async function end(): Promise<number> {
  const begun = performance.now();
  for (;;) {
    held().kill();
    if (running.size === 0 && held().isEmpty()) return performance.now() - begun;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function become(uid: number): void {
  process.setgroups?.([]);
  process.setgid?.(uid);
  process.setuid?.(uid);
}

function held(): Containment {
  if (containment === undefined) throw new Error('no containment has been chosen');
  return containment;
}

function tell(answer: Answer): void {
  process.send?.(answer);
}
