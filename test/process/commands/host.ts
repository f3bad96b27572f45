// A program with our log and our job, as the supervisor is one, that does what a test tells it over IPC. Its answers
// prove that its loop runs: nothing that it is told to do may block it.
import { Job } from '../../../src/child/job.js';
import type { LogFields, LogLevel, LogOptions } from '../../../src/log/line.js';
import { createLog } from '../../../src/log/log.js';
import { replaceStandardStreams } from '../../../src/standard-streams.js';

export type Order =
  | { readonly verb: 'log'; readonly level: LogLevel; readonly message: string; readonly fields: LogFields }
  /** Logs so many lines in one turn of the loop. */
  | { readonly verb: 'flood'; readonly lines: number }
  /** Starts the command, and logs a line every millisecond for as long as it runs if it is told to chatter. */
  | {
      readonly verb: 'start';
      readonly file: string;
      readonly args: readonly string[];
      readonly stdin: boolean;
      readonly chatter: boolean;
    }
  | { readonly verb: 'flush'; readonly limitMs: number }
  | { readonly verb: 'exit' };

/** `done` answers an order; the others tell what the job reports. */
export type Report =
  | { readonly type: 'done'; readonly order: number }
  | { readonly type: 'exited'; readonly exit: string }
  | { readonly type: 'empty' };

replaceStandardStreams();
const log = createLog(JSON.parse(process.argv[2] ?? '') as LogOptions);
let running: Job | undefined;

process.on('message', ({ number, order }: { number: number; order: Order }) => {
  void obey(order).then(() => {
    report({ type: 'done', order: number });
  });
});

// The test has gone, or has had enough of us.
process.on('disconnect', () => {
  running?.kill();
  process.exit(1);
});

async function obey(order: Order): Promise<void> {
  switch (order.verb) {
    case 'log':
      log.write(order.level, order.message, order.fields);
      return;
    case 'flood':
      for (let line = 1; line <= order.lines; line += 1) log.write('info', 'flood', { line });
      return;
    case 'start':
      start(order);
      return;
    case 'flush':
      await log.flush(order.limitMs);
      return;
    case 'exit':
      process.exit(0);
  }
}

function start({ file, args, stdin, chatter }: Extract<Order, { verb: 'start' }>): void {
  const talk = chatter
    ? setInterval(() => {
        log.write('info', 'chatter');
      }, 1)
    : undefined;
  running = new Job(
    { command: { file, argv0: file, args }, stdin },
    {
      started: () => undefined,
      exited: (exit) => {
        report({ type: 'exited', exit: Object.values(exit).join(' ') });
      },
      empty: () => {
        clearInterval(talk);
        report({ type: 'empty' });
      },
    },
  );
  running.start({
    ZK_LEADER_ELECTION: '/e',
    ZK_LEADER_ZNODE: '/e/z',
    ZK_LEADER_EPOCH: '1',
    ZK_LEADER_ID: 'h',
  });
}

function report(message: Report): void {
  process.send?.(message);
}
