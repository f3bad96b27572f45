// Proves with real processes that a watchdog starts, signals and ends a command as it is told, and ends it by itself,
// with everything it started, when nobody can tell it any more.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Charge } from '../../src/watchdog/protocol.js';
import { temporaryFolder } from '../support/temporary.js';
import { PATIENCE_MS, eventually, withDeadline } from '../support/wait.js';
import { Pipe, RemoteHost, type RemoteHostOptions, commandPath, isRunning } from './commands/remote.js';

/** Longer than any wait, which says what was missing. */
const options = { timeout: 3 * PATIENCE_MS };

const MEBIBYTE = 1024 * 1024;

test('gives the command a session and a process group of its own, and no terminal', options, async (t) => {
  const run = await runShell(t, 'read -r line </proc/$$/stat; set -- $line; echo "$1 $5 $6 $7"');
  await run.finishes();
  const pid = run.commandPid;
  assert.deepEqual(run.lines(), [`${pid} ${pid} ${pid} 0`]);
});

test('lends the command its three standard streams, and nothing else', options, async (t) => {
  const started = await run(t, { file: '/bin/ls', argv0: 'ls', args: ['/proc/self/fd'] });
  await started.finishes();
  // What we have inherited without knowing it goes on to everybody; the rest is what ls opens itself.
  const { stdout } = spawnSync('/bin/ls', ['/proc/self/fd'], { encoding: 'utf8' });
  assert.deepEqual(started.lines(), stdout.trim().split('\n'));
});

test('lives in a session of its own, with no terminal on its standard streams', options, async (t) => {
  const run = await launched(t, shell('exit 0'));
  const { watchdogPid } = run;
  const [, , , , group, session] = statOf(watchdogPid);
  assert.deepEqual([group, session], [String(watchdogPid), String(watchdogPid)]);
  for (const fd of [0, 1, 2]) assert.equal(readlinkSync(`/proc/${watchdogPid}/fd/${fd}`), '/dev/null');
});

test('reports the exit code, then that nobody is left', options, async (t) => {
  const run = await runShell(t, 'exit 7');
  await run.reaches('empty');
  assert.deepEqual(run.reports(), ['started', 'exited code 7', 'empty']);
});

test('reports the signal that ended the command', options, async (t) => {
  const run = await runShell(t, 'kill -s SEGV $$');
  await run.reaches('empty');
  assert.deepEqual(run.reports(), ['started', 'exited signal SIGSEGV', 'empty']);
});

test('signals the grandchildren of a shell too (consul#2022, consul#797)', options, async (t) => {
  const run = await runShell(
    t,
    'exec 3<&0; sh "$0" grandchild & sh "$0" child',
    commandPath('tell-signals.sh'),
  );
  await run.says('child is ready', 'grandchild is ready');
  await run.signal('SIGHUP', 'group');
  await run.says('child got HUP', 'grandchild got HUP');
  await run.reaches('exited signal SIGHUP');
  await run.signal('SIGTERM');
  await run.says('child got TERM', 'grandchild got TERM');
  await run.reaches('empty');
});

test('reports the end of the tree only when what the command left behind has gone', options, async (t) => {
  // A background command's input is /dev/null, whatever descriptor 0 is.
  const run = await runShell(
    t,
    'exec 3<&0; sh "$0" left-over <&3 & exit 5',
    commandPath('ignore-signals.sh'),
  );
  await run.says('left-over is ready');
  await run.reaches('exited code 5');
  await run.signal('SIGTERM');
  // Long enough for several looks at the tree; each answer shows that the left-over lives.
  for (let round = 1; round <= 20; round += 1) {
    run.write(`${round}\n`);
    await run.says(`left-over heard ${round}`);
    assert.deepEqual(run.reports(), ['started', 'exited code 5']);
  }
  run.closeInput();
  await run.reaches('empty');
});

test('kills what ignores every other signal, and what it has started', options, async (t) => {
  const run = await runShell(
    t,
    'trap "" TERM; exec 3<&0; sh "$0" grandchild <&3 & wait',
    commandPath('ignore-signals.sh'),
  );
  await run.says('grandchild is ready');
  await run.signal('SIGTERM');
  run.write('are you there?\n');
  await run.says('grandchild heard are you there?');
  assert.deepEqual(run.reports(), ['started']);
  await run.kill();
  await run.reaches('empty');
  assert.deepEqual(run.reports(), ['started', 'exited signal SIGKILL', 'empty']);
});

test('signals nobody once the command has gone', options, async (t) => {
  const run = await runShell(t, 'exit 0');
  await run.reaches('empty');
  await run.signal('SIGTERM');
  await run.kill();
  assert.deepEqual(run.reports(), ['started', 'exited code 0', 'empty']);
});

test('runs another command for the next term', options, async (t) => {
  const run = await runShell(t, 'read -r line; echo "term $ZK_LEADER_EPOCH"');
  run.write('\n');
  await run.reaches('empty');
  await run.start(4294967297);
  run.write('\n');
  await eventually('the end of the second', () => run.reports().length === 6);
  await run.finishes();
  assert.deepEqual(run.lines(), ['term 1', 'term 4294967297']);
  const term = ['started', 'exited code 0', 'empty'];
  assert.deepEqual(run.reports(), [...term, ...term]);
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
    const started = await run(t, { file, argv0: file, args: [...args] });
    await started.reaches('empty');
    assert.deepEqual(started.reports(), [`exited not-started ${errno}`, 'empty']);
    await started.host.leave();
  }
});

test(
  'overrides what was inherited with the environment of the term, and keeps the rest',
  options,
  async (t) => {
    const started = await launched(
      t,
      { file: '/usr/bin/env', argv0: 'env', args: [] },
      {
        env: {
          ZK_LEADER_EPOCH: 'of an outer run',
          OF_OURS: 'kept as it is',
          'an odd.name': 'no shell would keep it',
        },
      },
    );
    await started.start(7);
    await started.finishes();
    const environment = started.lines();
    for (const line of [
      'ZK_LEADER_EPOCH=7',
      'ZK_LEADER_ID=h',
      'OF_OURS=kept as it is',
      'an odd.name=no shell would keep it',
    ]) {
      assert.ok(environment.includes(line), `${line} is missing in ${environment.join('\n')}`);
    }
  },
);

test("keeps NODE_OPTIONS for the command, and away from the watchdog's own Node", options, async (t) => {
  const started = await launched(t, shell('echo "$NODE_OPTIONS"'), {
    env: { NODE_OPTIONS: '--max-http-header-size=9000' },
  });
  const environment = readFileSync(`/proc/${started.watchdogPid}/environ`, 'utf8');
  assert.doesNotMatch(environment, /NODE_OPTIONS/);
  await started.start(1);
  await started.finishes();
  assert.deepEqual(started.lines(), ['--max-http-header-size=9000']);
});

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
  const started = await run(t, {
    file: '/bin/sh',
    argv0: '/bin/sh',
    args: ['-c', 'printf "<%s>" "$@"', 'sh', ...args],
  });
  await started.finishes();
  assert.equal(started.output(), args.map((arg) => `<${arg}>`).join(''));
});

test('calls the command by the name that it was given', options, async (t) => {
  const started = await run(t, { file: '/bin/sh', argv0: 'my-job', args: ['-c', 'echo "$0"'] });
  await started.finishes();
  assert.deepEqual(started.lines(), ['my-job']);
});

test('lets the command read end of file', options, async (t) => {
  const started = await launched(
    t,
    shell('if read -r line; then echo "read $line"; else echo "end of file"; fi'),
    { stdin: false },
  );
  started.write('not for the command\n');
  await started.start(1);
  await started.finishes();
  assert.deepEqual(started.lines(), ['end of file']);
});

test('lets the command read what we are sent when it is told to', options, async (t) => {
  const started = await run(t, shell('cat; echo done'));
  started.write('from our stdin\n');
  started.closeInput();
  await started.finishes();
  assert.deepEqual(started.lines(), ['from our stdin', 'done']);
});

test('kills the command when the supervisor is killed, and goes', options, async (t) => {
  const run = await runShell(
    t,
    'trap "" TERM; exec 3<&0; sh "$0" grandchild <&3 & wait',
    commandPath('ignore-signals.sh'),
  );
  await run.says('grandchild is ready');
  const { commandPid, watchdogPid } = run;
  run.host.process.kill('SIGKILL');
  await eventually(
    'the end of the command and its watchdog',
    () => !isRunning(commandPid) && !isRunning(watchdogPid),
  );
});

test(
  'kills the command by the deadline while the supervisor is stopped, and stays dead to what it says later',
  options,
  async (t) => {
    const run = await launched(t, shell('trap "" TERM; echo ready; while :; do sleep 60; done'));
    await run.start(1, 1000);
    await run.says('ready');
    run.host.process.kill('SIGSTOP');
    const { commandPid } = run;
    await eventually('the end of the command', () => !isRunning(commandPid));
    // What lies in the pipe when it is continued comes after the deadline.
    const late = run.host.tell({ verb: 'set-deadline', withinMs: PATIENCE_MS });
    run.host.process.kill('SIGCONT');
    await late;
    await run.reaches('empty');
    assert.deepEqual(run.reports(), ['started', 'expired', 'exited signal SIGKILL', 'empty']);
  },
);

test('lets a command live for as long as the deadline is moved, and no longer', options, async (t) => {
  const run = await launched(t, shell('echo ready; exec sleep 60'));
  const withinMs = 2000;
  const firstDeadline = performance.now() + withinMs;
  await run.start(1, withinMs);
  await run.says('ready');
  while (performance.now() < firstDeadline + 500) {
    await run.host.tell({ verb: 'set-deadline', withinMs });
    await pause(150);
    assert.deepEqual(run.reports(), ['started']);
  }
  await run.reaches('empty');
  assert.deepEqual(run.reports(), ['started', 'expired', 'exited signal SIGKILL', 'empty']);
});

test('refuses to start a command whose deadline has passed', options, async (t) => {
  const run = await launched(t, shell('echo started'));
  await run.start(1, -1);
  await run.finishes();
  assert.deepEqual(run.reports(), ['expired', 'exited not-started ETIME', 'empty']);
  assert.equal(run.output(), '');
});

for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
  test(
    `is missed when ${signal} has hit it, and its command killed by the supervisor`,
    options,
    async (t) => {
      const run = await runShell(
        t,
        'trap "" TERM; exec 3<&0; sh "$0" grandchild <&3 & wait',
        commandPath('ignore-signals.sh'),
      );
      await run.says('grandchild is ready');
      const { commandPid, watchdogPid } = run;
      process.kill(watchdogPid, signal);
      // The next deadline is not confirmed.
      await run.host.tell({ verb: 'set-deadline', withinMs: PATIENCE_MS });
      await run.host.says(/^lost /);
      assert.deepEqual(run.reports().slice(0, -1), ['started']);
      await run.kill();
      await run.reaches('empty');
      assert.ok(!isRunning(commandPid) && !isRunning(watchdogPid));
      await run.host.tell({
        verb: 'launch',
        charge: { command: shell(''), stdin: false, containment: 'auto', containmentRequired: false },
      });
      await eventually(
        'another watchdog',
        () => run.host.reports.filter((report) => report.startsWith('ready ')).length === 2,
      );
      assert.notEqual(run.watchdogPid, watchdogPid);
    },
  );
}

test('is deaf to the signals of a terminal and of an impatient operator', options, async (t) => {
  const run = await runShell(t, 'echo ready; cat');
  await run.says('ready');
  for (const signal of [
    'SIGHUP',
    'SIGINT',
    'SIGTERM',
    'SIGQUIT',
    'SIGTSTP',
    'SIGTTIN',
    'SIGTTOU',
    'SIGUSR1',
    'SIGUSR2',
  ]) {
    process.kill(run.watchdogPid, signal);
  }
  run.write('still here\n');
  await run.says('still here');
  await run.signal('SIGTERM');
  await run.reaches('empty');
});

test('takes nonsense in its pipe for the end of the supervisor', options, async (t) => {
  const run = await runShell(t, 'echo ready; exec sleep 60');
  await run.says('ready');
  const { commandPid } = run;
  await run.host.tell({ verb: 'nonsense' });
  await run.host.says(/^lost /);
  await eventually('the end of the command', () => !isRunning(commandPid));
});

test('dies of a mistake of its own, and does not take it for one of the supervisor', options, async (t) => {
  const run = await runShell(t, 'echo ready; exec sleep 60');
  await run.says('ready');
  const { commandPid } = run;
  // Named as signals are, which is all that the protocol asks.
  await run.signal('SIGNONSENSE');
  await run.host.says('lost it was ended by exit code 1');
  await run.kill();
  await run.reaches('empty');
  assert.ok(!isRunning(commandPid));
});

test('does not take a mistake of the supervisor for a word of its own', options, async (t) => {
  const host = new RemoteHost(t, { stdio: ['ignore', 'pipe', 'pipe'] });
  const command = shell('exec sleep 60');
  const charge: Charge = { command, stdin: false, containment: 'auto', containmentRequired: false };
  await host.tell({ verb: 'launch', charge, failsAt: 'started' });
  await host.says(/^ready /);
  const ended = once(host.process, 'exit');
  await host.tell({ verb: 'start', epoch: 1, withinMs: PATIENCE_MS, chatter: false });
  assert.deepEqual(await withDeadline('the end of the host', ended), [1, null]);
  assert.deepEqual(host.reports.slice(1), ['started']);
  const pid = host.pids.get('command') ?? NaN;
  await eventually('the end of the command', () => !isRunning(pid));
});

test('makes the folder of the records again when somebody has removed it', options, async (t) => {
  const folder = temporaryFolder();
  const started = await launched(t, shell('echo ready; exec cat'), { env: { XDG_RUNTIME_DIR: folder } });
  const records = join(folder, 'zk-leader-run');
  rmSync(records, { recursive: true });
  await started.start(1);
  await started.says('ready');
  assert.equal(readdirSync(records).length, 1);
  started.closeInput();
  await started.reaches('empty');
  assert.deepEqual(started.reports(), ['started', 'exited code 0', 'empty']);
  assert.deepEqual(readdirSync(records), []);
});

test('runs the command unrecorded when nothing can be written down, and says so once', options, async (t) => {
  const folder = temporaryFolder();
  const started = await launched(t, shell('read -r line; :'), { env: { XDG_RUNTIME_DIR: folder } });
  const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '';
  // As little can be written there as on a disk that is full.
  const inTheWay = join(folder, 'zk-leader-run', `${namespace}-${started.watchdogPid}.json.new`);
  mkdirSync(inTheWay);
  for (const epoch of [1, 2]) {
    await started.start(epoch);
    started.write('\n');
    await eventually('the end of it', () => started.reports().at(-1) === 'empty');
  }
  const [unrecorded = '', ...others] = started.reports();
  assert.match(unrecorded, /^unrecorded EISDIR: /);
  const term = ['started', 'exited code 0', 'empty'];
  assert.deepEqual(others, [...term, ...term]);
  // It is told anew when it has come anew.
  rmSync(inTheWay, { recursive: true });
  await started.start(3);
  mkdirSync(inTheWay);
  started.write('\n');
  await eventually('the end of it', () => started.reports().at(-1) === 'empty');
  await started.start(4);
  started.write('\n');
  await eventually('the end of it', () => started.reports().at(-1) === 'empty');
  assert.equal(started.reports().filter((report) => report === unrecorded).length, 2);
});

test('leaves no record, cgroup or process when it is let go', options, async (t) => {
  const folder = temporaryFolder();
  const started = await launched(t, shell('echo ready; exec cat'), { env: { XDG_RUNTIME_DIR: folder } });
  await started.start(1);
  await started.says('ready');
  const records = join(folder, 'zk-leader-run');
  const [name = ''] = readdirSync(records);
  const { remains } = JSON.parse(readFileSync(join(records, name), 'utf8')) as {
    remains: { pid: number; cgroup?: string };
  };
  assert.equal(remains.pid, started.commandPid);
  started.closeInput();
  await started.reaches('empty');
  assert.deepEqual(readdirSync(records), []);
  await started.host.tell({ verb: 'leave' });
  assert.ok(!isRunning(started.watchdogPid));
  if (remains.cgroup !== undefined) assert.ok(!existsSync(remains.cgroup));
});

test('sweeps what an earlier run has left behind, before it is ready', options, async (t) => {
  const env = { XDG_RUNTIME_DIR: temporaryFolder() };
  const charge: Charge = {
    command: shell('trap "" TERM; echo ready; exec sleep 60'),
    stdin: false,
    containment: 'subreaper',
    containmentRequired: false,
  };
  const first = new RemoteHost(t, { stdio: ['ignore', 'pipe', 'pipe'], env });
  await first.tell({ verb: 'launch', charge });
  await first.says(/^ready /);
  await first.tell({ verb: 'start', epoch: 1, withinMs: PATIENCE_MS, chatter: false });
  await first.says('started');
  const leftOver = first.pids.get('command') ?? NaN;
  // Both in the same moment: a level without a dead-man switch leaves the command alone.
  const watchdogPid = first.pids.get('watchdog') ?? NaN;
  process.kill(watchdogPid, 'SIGSTOP');
  first.process.kill('SIGKILL');
  process.kill(watchdogPid, 'SIGKILL');
  await eventually('the end of both', () => !isRunning(watchdogPid));
  assert.ok(isRunning(leftOver));

  const second = new RemoteHost(t, { stdio: ['ignore', 'pipe', 'pipe'], env });
  await second.tell({ verb: 'launch', charge });
  await second.says(/^ready /);
  assert.match(second.reports[0] ?? '', /^sweeping pid \d+/);
  assert.ok(!isRunning(leftOver));
});

test('leaves the command of another supervisor alone when it sweeps', options, async (t) => {
  const env = { XDG_RUNTIME_DIR: temporaryFolder() };
  const first = await launched(t, shell('echo ready; exec cat'), { env });
  await first.start(1);
  await first.says('ready');
  const second = await launched(t, shell('exit 0'), { env });
  assert.deepEqual(second.reports(), []);
  first.write('still here\n');
  await first.says('still here');
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
  const command = { file: '/bin/sh', argv0: '/bin/sh', args: [commandPath('write-a-lot.sh')] };
  const charge: Charge = { command, stdin: false, containment: 'auto', containmentRequired: false };
  await host.tell({ verb: 'launch', charge });
  await host.says(/^ready /);
  await host.tell({ verb: 'start', epoch: 1, withinMs: PATIENCE_MS, chatter: true });
  await eventually("the command's end", () => {
    read();
    return host.reports.includes('empty');
  });
  assert.deepEqual(host.reports.slice(-3), ['started', 'exited code 0', 'empty']);
  await eventually('all it wrote', () => (read().match(/#/g)?.length ?? 0) >= MEBIBYTE);
  assert.equal(read().match(/#/g)?.length, MEBIBYTE);
  assert.match(read(), /because=chatter/);
}

/** Launches a watchdog with this command, which is not started yet. */
async function launched(
  t: TestContext,
  command: Charge['command'],
  { stdin = true, ...more }: Partial<RemoteHostOptions> & { readonly stdin?: boolean } = {},
): Promise<Run> {
  const host = new RemoteHost(t, { stdio: ['pipe', 'pipe', 'pipe'], ...more });
  const run = new Run(host);
  const charge: Charge = { command, stdin, containment: 'auto', containmentRequired: false };
  await host.tell({ verb: 'launch', charge });
  await host.says(/^ready /);
  return run;
}

/** The fields of /proc/PID/stat behind the name: state, parent, group, session, ... with the number first. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return [String(pid), 'name', ...stat.slice(stat.lastIndexOf(')') + 2).split(' ')];
}

/** Runs a command. */
async function run(t: TestContext, command: Charge['command']): Promise<Run> {
  const started = await launched(t, command);
  await started.start(1);
  return started;
}

/** Runs `sh -c SCRIPT NAME`; its standard input is ours to write to. */
function runShell(t: TestContext, script: string, name = 'sh'): Promise<Run> {
  return run(t, shell(script, name));
}

function shell(script: string, name = 'sh'): Charge['command'] {
  return { file: '/bin/sh', argv0: '/bin/sh', args: ['-c', script, name] };
}

/** A host, its watchdog, and everything that the command prints. */
class Run {
  readonly host: RemoteHost;
  #output = Buffer.alloc(0);
  #outputEnded = false;

  constructor(host: RemoteHost) {
    this.host = host;
    host.process.stdout?.on('data', (bytes: Buffer) => {
      this.#output = Buffer.concat([this.#output, bytes]);
    });
    host.process.stdout?.on('end', () => {
      this.#outputEnded = true;
    });
    // The command may have gone before it read everything.
    host.process.stdin?.on('error', () => undefined);
  }

  /** Everything but the readiness of the watchdog. */
  reports(): readonly string[] {
    return this.host.reports.filter((report) => !report.startsWith('ready '));
  }

  output(): string {
    return this.#output.toString();
  }

  lines(): readonly string[] {
    return this.output().split('\n').slice(0, -1);
  }

  get commandPid(): number {
    return this.host.pids.get('command') ?? NaN;
  }

  get watchdogPid(): number {
    return this.host.pids.get('watchdog') ?? NaN;
  }

  /** Settles when the command has been started, or could not be. */
  async start(epoch: number, withinMs = PATIENCE_MS): Promise<void> {
    const before = this.reports().length;
    await this.host.tell({ verb: 'start', epoch, withinMs, chatter: false });
    await eventually('the start of the command', () =>
      this.reports()
        .slice(before)
        .some((report) => report === 'started' || report.startsWith('exited ')),
    );
  }

  signal(signal: string, to: 'group' | 'tree' = 'tree'): Promise<void> {
    return this.host.tell({ verb: 'signal', signal, to });
  }

  kill(): Promise<void> {
    return this.host.tell({ verb: 'kill' });
  }

  write(text: string): void {
    this.host.process.stdin?.write(text);
  }

  closeInput(): void {
    this.host.process.stdin?.end();
  }

  reaches(report: string): Promise<void> {
    return this.host.says(report);
  }

  /** Settles when nobody is left, and everything that was printed has come. */
  async finishes(): Promise<void> {
    await this.reaches('empty');
    await this.host.leave();
    await eventually('the end of its output', () => this.#outputEnded);
  }

  async says(...lines: readonly string[]): Promise<void> {
    await eventually(`${lines.join(', ')}; so far: ${this.output()}`, () =>
      lines.every((line) => this.lines().includes(line)),
    );
  }
}
