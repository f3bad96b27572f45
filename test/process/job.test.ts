// Proves with real processes that a command is started, signalled and seen to its end, with everything it started.
import assert from 'node:assert/strict';
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { Job } from '../../src/child/job.js';
import { killAtEnd, spareAtEnd } from '../support/janitor.js';
import { temporaryFolder } from '../support/temporary.js';
import { PATIENCE_MS, eventually, withDeadline } from '../support/wait.js';
import { Pipe, RemoteHost, commandPath } from './commands/remote.js';

const options = { timeout: PATIENCE_MS };

const TERM = {
  ZK_LEADER_ELECTION: '/job',
  ZK_LEADER_ZNODE: '/job/_c_1-lock-0000000000',
  ZK_LEADER_EPOCH: '4294967296',
  ZK_LEADER_ID: 'web1:4711',
};

const MEBIBYTE = 1024 * 1024;

test('gives the command a session and a process group of its own', options, async (t) => {
  const run = runShell(t, 'read -r line </proc/$$/stat; set -- $line; echo "$1 $5 $6"');
  await run.finishes();
  assert.deepEqual(run.lines(), [`${run.pid} ${run.pid} ${run.pid}`]);
});

test('reports the exit code, then that nobody is left', options, async (t) => {
  const run = runShell(t, 'exit 7');
  await run.reaches('empty');
  assert.deepEqual(run.reports(), ['started', 'exited code 7', 'empty']);
});

test('reports the signal that ended the command', options, async (t) => {
  const run = runShell(t, 'kill -s SEGV $$');
  await run.reaches('empty');
  assert.deepEqual(run.reports(), ['started', 'exited signal SIGSEGV', 'empty']);
});

test('signals the grandchildren of a shell too (consul#2022, consul#797)', options, async (t) => {
  const run = runShell(t, 'sh "$0" grandchild & sh "$0" child', commandPath('tell-signals.sh'));
  await run.says('child is ready', 'grandchild is ready');
  run.job.signal('SIGHUP');
  await run.says('child got HUP', 'grandchild got HUP');
  await run.reaches('exited signal SIGHUP');
  run.job.signal('SIGTERM');
  await run.says('child got TERM', 'grandchild got TERM');
  await run.reaches('empty');
});

test('reports the end of the tree only when what the command left behind has gone', options, async (t) => {
  const run = runShell(t, 'sh "$0" left-over & exit 5', commandPath('ignore-signals.sh'));
  await run.says('left-over is ready');
  await run.reaches('exited code 5');
  run.job.signal('SIGTERM');
  // Long enough for several looks at the group; each answer shows that the left-over lives.
  for (let round = 1; round <= 100; round += 1) {
    run.write(`${round}\n`);
    await run.says(`left-over heard ${round}`);
    assert.deepEqual(run.reports(), ['started', 'exited code 5']);
  }
  run.closeInput();
  await run.reaches('empty');
});

test('kills what ignores every other signal, and what it has started', options, async (t) => {
  const run = runShell(t, 'trap "" TERM; sh "$0" grandchild & wait', commandPath('ignore-signals.sh'));
  await run.says('grandchild is ready');
  run.job.signal('SIGTERM');
  run.write('are you there?\n');
  await run.says('grandchild heard are you there?');
  assert.deepEqual(run.reports(), ['started']);
  run.job.kill();
  await run.reaches('empty');
  assert.deepEqual(run.reports(), ['started', 'exited signal SIGKILL', 'empty']);
});

test(
  'does not wait for a zombie that nobody reaps',
  { ...options, skip: process.platform !== 'linux' },
  async (t) => {
    // Its parent has left for a session of its own, and does not wait for it.
    const run = runShell(
      t,
      '{ tail -f /dev/null & exec setsid sh "$0" stranger; } & wait',
      commandPath('ignore-signals.sh'),
    );
    await run.says('stranger is ready');
    run.job.signal('SIGTERM');
    await run.reaches('empty');
    assert.ok(process.kill(-(run.pid ?? NaN), 0), 'the zombie is in the group still');
    run.write('are you there?\n');
    await run.says('stranger heard are you there?');
  },
);

test('signals nobody once the command has gone', options, async (t) => {
  const run = runShell(t, 'exit 0');
  await run.reaches('empty');
  run.job.signal('SIGTERM');
  run.job.kill();
  assert.deepEqual(run.reports(), ['started', 'exited code 0', 'empty']);
});

test('runs one command at a time, and another one for the next term', options, async (t) => {
  const run = runShell(t, 'read -r line <&3');
  assert.throws(() => {
    run.job.start(TERM);
  }, /^Error: internal error: a command is running already$/);
  run.closeInput();
  await run.reaches('empty');
  run.job.start({ ...TERM, ZK_LEADER_EPOCH: '4294967297' });
  assert.deepEqual(run.reports(), ['started', 'exited code 1', 'empty', 'started']);
  run.closeInput();
  await eventually('the end of the second', () => run.reports().length === 6);
});

test('reports a command that cannot be started', options, async (t) => {
  const folder = temporaryFolder();
  const plain = join(folder, 'plain');
  writeFileSync(plain, '#!/bin/sh\n', { mode: 0o644 });
  const orphan = join(folder, 'orphan');
  writeFileSync(orphan, '#!/nowhere/interpreter\n', { mode: 0o755 });
  for (const [file, args, errno] of [
    [join(folder, 'missing'), [], 'ENOENT'],
    [plain, [], 'EACCES'],
    [orphan, [], 'ENOENT'],
    ['/bin/sh', ['x'.repeat(4 * MEBIBYTE)], 'E2BIG'],
  ] as const) {
    const run = new Run(t, { file, argv0: file, args });
    await run.reaches('empty');
    assert.deepEqual(run.reports(), [`exited not-started ${errno}`, 'empty']);
  }
});

test(
  'overrides what was inherited with the environment of the term, and keeps the rest',
  options,
  async (t) => {
    const inherited = { ZK_LEADER_EPOCH: 'of an outer run', OF_OURS: 'kept as it is' };
    Object.assign(process.env, inherited);
    t.after(() => {
      for (const name of Object.keys(inherited)) Reflect.deleteProperty(process.env, name);
    });
    const run = runShell(
      t,
      'for v in ELECTION ZNODE EPOCH ID; do eval echo "\\$ZK_LEADER_$v"; done; echo "$OF_OURS"',
    );
    await run.finishes();
    assert.deepEqual(run.lines(), [...Object.values(TERM), 'kept as it is']);
  },
);

test('passes arguments on as they are', options, async (t) => {
  const args = [
    '',
    ' ',
    '--',
    '-n',
    '1e3',
    '*',
    '~',
    '$HOME',
    '`id`',
    'a"b\'c\\d',
    'one\ntwo',
    'ü€😀',
    '\u0001',
  ];
  const run = new Run(t, {
    file: '/bin/sh',
    argv0: '/bin/sh',
    args: ['-c', 'printf "<%s>" "$@"', 'sh', ...args],
  });
  await run.finishes();
  assert.equal(run.output(), args.map((arg) => `<${arg}>`).join(''));
});

test('calls the command by the name that it was given', options, async (t) => {
  const run = new Run(t, { file: '/bin/sh', argv0: 'my-job', args: ['-c', 'echo "$0"'] });
  await run.finishes();
  assert.deepEqual(run.lines(), ['my-job']);
});

test('lets the command read end of file', options, async (t) => {
  const run = runShell(t, 'if read -r line; then echo "read $line"; else echo "end of file"; fi');
  await run.finishes();
  assert.deepEqual(run.lines(), ['end of file']);
});

test('lets the command read what we are sent when it is told to', options, async (t) => {
  const host = new RemoteHost(t, { stdio: ['pipe', 'pipe', 'pipe'] });
  host.process.stdin?.end('from our stdin\n');
  let text = '';
  host.process.stdout?.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });
  const args = ['-c', 'cat; echo done'];
  await host.tell({ verb: 'start', file: '/bin/sh', args, stdin: true, chatter: false });
  await eventually('what the command writes', () => text.includes('done\n'));
  assert.equal(text, 'from our stdin\ndone\n');
});

test('never lets the command see EAGAIN on the pipe that our log is written to', options, async (t) => {
  const pipe = new Pipe(t);
  const host = new RemoteHost(t, { stdio: ['ignore', pipe.writer, pipe.writer] });
  await writeAlot(host, () => {
    pipe.read();
    return pipe.text;
  });
});

test('never lets the command see EAGAIN on the socket that our log is written to', options, async (t) => {
  const host = new RemoteHost(t, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const sources = [host.process.stdout, host.process.stderr];
  for (const source of sources) {
    source?.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      source.pause();
    });
  }
  await writeAlot(host, () => {
    for (const source of sources) source?.resume();
    return text;
  });
});

/** `read` takes one helping at most, so that the writers wait for room, all the time. */
async function writeAlot(host: RemoteHost, read: () => string): Promise<void> {
  await host.log('first');
  await eventually('the first line', () => read().includes('first'));
  await host.tell({
    verb: 'start',
    file: '/bin/sh',
    args: [commandPath('write-a-lot.sh')],
    stdin: false,
    chatter: true,
  });
  await eventually("the command's end", () => {
    read();
    return host.reports.includes('empty');
  });
  assert.deepEqual(host.reports, ['exited code 0', 'empty']);
  await eventually('all it wrote', () => (read().match(/#/g)?.length ?? 0) >= MEBIBYTE);
  assert.equal(read().match(/#/g)?.length, MEBIBYTE);
  assert.match(read(), /info: chatter/);
}

/** Runs `sh -c SCRIPT NAME`; descriptor 3 is ours to write to. */
function runShell(t: TestContext, script: string, name = 'sh'): Run {
  return new Run(t, { file: '/bin/sh', argv0: '/bin/sh', args: ['-c', script, name] });
}

/** A job, started, and everything that it reports and its command prints. */
class Run {
  readonly job: Job;
  pid: number | undefined;
  readonly #reports: string[] = [];
  readonly #changes = new EventEmitter();
  #output = Buffer.alloc(0);
  #outputEnded = false;
  #errors = '';
  #input: Duplex | undefined;

  constructor(t: TestContext, command: { file: string; argv0: string; args: readonly string[] }) {
    this.job = new Job(
      { command, stdin: false, spawn: (file, args, given) => this.#spawn(file, args, given) },
      {
        started: (pid) => {
          this.pid = pid;
          killAtEnd(-pid);
          this.#report('started');
        },
        exited: (exit) => {
          this.#report(`exited ${Object.values(exit).join(' ')}`);
        },
        empty: () => {
          if (this.pid !== undefined) spareAtEnd(-this.pid);
          this.#report('empty');
        },
      },
    );
    t.after(() => {
      this.job.kill();
      this.closeInput();
    });
    this.job.start(TERM);
  }

  /** Puts pipes in the places of the stdout and stderr that the command would share with the test. */
  #spawn(file: string, args: readonly string[], given: SpawnOptions): ChildProcess {
    assert.deepEqual(given.stdio, ['ignore', 'inherit', 'inherit']);
    const child = spawn(file, args, { ...given, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    child.stdout?.on('data', (bytes: Buffer) => {
      this.#output = Buffer.concat([this.#output, bytes]);
      this.#changes.emit('change');
    });
    child.stderr?.on('data', (bytes: Buffer) => {
      this.#errors += bytes.toString();
    });
    child.stdout?.on('end', () => {
      this.#outputEnded = true;
      this.#changes.emit('change');
    });
    const input = child.stdio[3];
    if (input instanceof Duplex) {
      this.#input = input;
      // The command may have gone before it read everything.
      input.on('error', () => undefined);
      input.resume();
    }
    return child;
  }

  #report(report: string): void {
    this.#reports.push(report);
    this.#changes.emit('change');
  }

  reports(): readonly string[] {
    return this.#reports;
  }

  output(): string {
    return this.#output.toString();
  }

  lines(): readonly string[] {
    return this.output().split('\n').slice(0, -1);
  }

  write(text: string): void {
    this.#input?.write(text);
  }

  closeInput(): void {
    this.#input?.destroy();
  }

  reaches(report: string): Promise<void> {
    return this.#until(report, () => this.#reports.includes(report));
  }

  /** Settles when nobody is left, and everything that was printed has come. */
  finishes(): Promise<void> {
    return this.#until('the end', () => this.#reports.includes('empty') && this.#outputEnded);
  }

  says(...lines: readonly string[]): Promise<void> {
    return this.#until(lines.join(', '), () => lines.every((line) => this.lines().includes(line)));
  }

  async #until(what: string, holds: () => boolean): Promise<void> {
    while (!holds()) {
      const soFar = [...this.#reports, this.output(), this.#errors].join('\n');
      await withDeadline(`${what}; so far:\n${soFar}`, once(this.#changes, 'change'));
    }
  }
}
