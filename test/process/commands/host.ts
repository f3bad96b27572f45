// A program with our log and our end of the watchdog's pipe, as the supervisor is one, that does what a test tells it
// over IPC. Its answers prove that its loop runs: nothing that it is told to do may block it.
import { monotonicClock } from '../../../src/clock.js';
import type { LogOptions } from '../../../src/log/line.js';
import { createLog } from '../../../src/log/log.js';
import { hookVariables } from '../../../src/cli/hook-environment.js';
import { replaceStandardStreams } from '../../../src/standard-streams.js';
import type { TermHook, Znode } from '../../../src/election/term.js';
import { FitnessCheck } from '../../../src/supervisor/check.js';
import { type Term, WatchdogClient, type WatchdogOptions } from '../../../src/watchdog/client.js';
import type { Charge, SessionKey } from '../../../src/watchdog/protocol.js';

export type Hooks = WatchdogOptions['hooks'];

export type Order =
  | { readonly verb: 'log'; readonly because: string }
  /** Logs so many lines in one turn of the loop. */
  | { readonly verb: 'flood'; readonly lines: number }
  | { readonly verb: 'flush'; readonly limitMs: number }
  | { readonly verb: 'launch'; readonly charge: Charge; readonly hooks?: Hooks }
  | { readonly verb: 'session'; readonly key: SessionKey }
  /** Starts the command, with so much time, and logs a line every millisecond while it runs if told to chatter. */
  | { readonly verb: 'start'; readonly epoch: number; readonly withinMs: number; readonly chatter: boolean }
  | { readonly verb: 'set-deadline'; readonly withinMs: number }
  | { readonly verb: 'signal'; readonly signal: string; readonly to: 'group' | 'tree' }
  | { readonly verb: 'run-hook'; readonly hook: TermHook }
  | { readonly verb: 'skip-hook'; readonly hook: TermHook }
  /** Asks a check that may take a day. */
  | { readonly verb: 'check'; readonly command: Charge['command'] }
  | { readonly verb: 'kill' }
  | { readonly verb: 'leave' }
  /** Sends the watchdog something that is no order. */
  | { readonly verb: 'nonsense' }
  | { readonly verb: 'exit' };

/** `done` answers an order; the others tell what has become of the watchdog and its command. */
export type Report =
  | { readonly type: 'done'; readonly order: number }
  | { readonly type: 'said'; readonly what: string; readonly pid?: number };

replaceStandardStreams();
const clock = monotonicClock();
const log = createLog(JSON.parse(process.argv[2] ?? '') as LogOptions);
let watchdog: WatchdogClient | undefined;
let chatter: NodeJS.Timeout | undefined;

process.on('message', ({ number, order }: { number: number; order: Order }) => {
  void obey(order).then(() => {
    report({ type: 'done', order: number });
  });
});

// The test has gone, or has had enough of us.
process.on('disconnect', () => {
  watchdog?.desert();
  process.exit(1);
});

/** Of all events the one that may say anything. */
function write(because: string): void {
  log.write('warn', 'node-warning', { because });
}

async function obey(order: Order): Promise<void> {
  switch (order.verb) {
    case 'log':
      write(order.because);
      return;
    case 'flood':
      for (let line = 1; line <= order.lines; line += 1) write(`flood line=${line}`);
      return;
    case 'flush':
      await log.flush(order.limitMs);
      return;
    case 'launch':
      launch(order.charge, order.hooks);
      return;
    case 'session':
      watchdog?.setSession(order.key);
      return;
    case 'start':
      start(order);
      return;
    case 'set-deadline':
      watchdog?.setDeadline(clock() + order.withinMs);
      return;
    case 'signal':
      watchdog?.signal(order.signal, order.to);
      return;
    case 'run-hook':
      watchdog?.runHook(order.hook, undefined);
      return;
    case 'skip-hook':
      watchdog?.skipHook(order.hook);
      return;
    case 'check':
      check(order.command);
      return;
    case 'kill':
      watchdog?.kill();
      return;
    case 'leave':
      await watchdog?.leave();
      return;
    case 'nonsense':
      watchdog?.signal('no signal', 'tree');
      return;
    case 'exit':
      process.exit(0);
  }
}

const SILENCE_LIMIT_MS = 2000;

function launch(charge: Charge, hooks: Hooks = {}): void {
  const say = (what: string, pid?: number): void => {
    report({ type: 'said', what, ...(pid === undefined ? {} : { pid }) });
  };
  watchdog ??= new WatchdogClient(
    { charge, hooks, termOf, variablesOf: hookVariables, clock, silenceLimitMs: SILENCE_LIMIT_MS },
    {
      ready: (pid, { level }) => {
        say(`ready ${level}`, pid);
      },
      refused: (message) => {
        say(`refused ${message}`);
      },
      sweeping: (what) => {
        say(`sweeping ${what}`);
      },
      unrecorded: (because) => {
        say(`unrecorded ${because}`);
      },
      lost: (reason) => {
        say(`lost ${reason}`);
      },
      started: (pid) => {
        say('started', pid);
      },
      expired: () => {
        say('expired');
      },
      exited: (exit) => {
        say(`exited ${Object.values(exit).join(' ')}`);
      },
      hookStarted: (hook) => {
        say(`${hook} hook started`);
      },
      hookEnded: (hook, exit) => {
        say(`${hook} hook ended ${Object.values(exit).join(' ')}`);
      },
      empty: () => {
        clearInterval(chatter);
        say('empty');
      },
    },
  );
  watchdog.launch();
}

function start({ epoch, withinMs, chatter: chatters }: Extract<Order, { verb: 'start' }>): void {
  if (chatters) {
    chatter = setInterval(() => {
      write('chatter');
    }, 1);
  }
  const znode = { name: `${process.pid}-${epoch}`, epoch: BigInt(epoch) };
  watchdog?.start(znode, { id: `${epoch}-1`, reason: 'start', attempt: 1 }, clock() + withinMs);
}

function termOf({ name, epoch }: Znode): Term {
  return {
    epoch,
    environment: {
      ZK_LEADER_ELECTION: '/e',
      ZK_LEADER_ZNODE: `/e/${name}`,
      ZK_LEADER_EPOCH: String(epoch),
      ZK_LEADER_ID: 'h',
    },
    marker: 'ZK_LEADER_ZNODE',
  };
}

const A_DAY_MS = 86_400_000;

function check(command: Charge['command']): void {
  new FitnessCheck({
    command,
    environment: process.env,
    timeoutMs: A_DAY_MS,
    onStart: (leader) => watchdog?.setSideProcess('check', leader),
    onEnd: () => watchdog?.setSideProcess('check', undefined),
    onResult: () => undefined,
  }).run();
}

function report(message: Report): void {
  process.send?.(message);
}
