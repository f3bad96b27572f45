// Proves with real processes that every check has one result, whatever it does, and that nothing is left of it:
// neither behind its end, nor when its time is up, nor when we leave or die.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FitnessCheck } from '../../src/supervisor/check.js';
import type { Charge } from '../../src/watchdog/protocol.js';
import { killAtEnd, spareAtEnd } from '../support/janitor.js';
import { temporaryFolder } from '../support/temporary.js';
import { PATIENCE_MS, eventually, withDeadline } from '../support/wait.js';
import { RemoteHost, isRunning } from './commands/remote.js';

const options = { timeout: PATIENCE_MS };

interface Trial {
  readonly check: FitnessCheck;
  /** What $1 is to the script. */
  readonly path: string;
  /** How it was started and ended, and its results, in their order. */
  readonly happened: readonly string[];
  /** Of those that were started. */
  readonly pids: readonly number[];
  readonly setTimeLimit: (ms: number) => void;
  /** The lines that the script has written to $1. */
  readonly written: () => readonly string[];
  /** Runs it once; its result. */
  readonly result: () => Promise<string>;
}

/** A check `sh -c SCRIPT sh PATH ...`, which ends with the test. */
function trial(t: TestContext, script: string, { file = '/bin/sh', more = '' } = {}): Trial {
  const path = join(temporaryFolder(), 'written');
  const happened: string[] = [];
  const pids: number[] = [];
  let timeoutMs = PATIENCE_MS;
  const check = new FitnessCheck({
    command: { file, argv0: 'sh', args: ['-c', script, 'sh', path, more] },
    environment: { ...process.env, ZK_LEADER_EVENT: 'check' },
    get timeoutMs() {
      return timeoutMs;
    },
    onStart: ({ pid }) => {
      happened.push('started');
      pids.push(pid);
    },
    onEnd: () => happened.push('ended'),
    onResult: (passed, why) => happened.push(`${passed ? 'passed' : 'failed'}: ${why}`),
  });
  t.after(() => withDeadline('the end of the check', check.leave()));
  const results = () => happened.filter((each) => /^(?:passed|failed): /.test(each));
  return {
    check,
    path,
    happened,
    pids,
    setTimeLimit: (ms) => {
      timeoutMs = ms;
    },
    written: () => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []),
    result: async () => {
      const before = results().length;
      check.run();
      assert.equal(results().length, before, 'a result before run has returned');
      return eventually(`a result, after ${happened.join(', ')}`, () => results()[before]);
    },
  };
}

const ended = (pids: readonly (number | string)[]): Promise<unknown> =>
  eventually(`the end of ${pids.join(', ')}`, () => pids.every((pid) => !isRunning(Number(pid))));

test('passes by the exit code 0 alone', options, async (t) => {
  const { result, happened } = trial(t, 'exit 0');
  assert.equal(await result(), 'passed: the check exited with 0');
  assert.deepEqual(happened, ['started', 'ended', 'passed: the check exited with 0']);
});

test('fails by any other end', options, async (t) => {
  const { result, path } = trial(t, '[ -e "$1" ] && kill -s SEGV $$; exit 3');
  assert.equal(await result(), 'failed: the check exited with 3');
  writeFileSync(path, '');
  assert.equal(await result(), 'failed: the check was ended by SIGSEGV');
});

test('finds its event, no input, and a session of its own', options, async (t) => {
  const show =
    'read -r line; read -r pid name state parent group session rest </proc/$$/stat; ' +
    'echo "<$line> $ZK_LEADER_EVENT $((pid == group && pid == session))" >"$1"';
  const { result, written } = trial(t, show);
  await result();
  assert.deepEqual(written(), ['<> check 1']);
});

test('is killed with its group when its time is up, and has failed', options, async (t) => {
  const deaf = 'trap "" TERM; echo $$ >>"$1"; exec sleep 60';
  const { result, pids, written, setTimeLimit } = trial(t, `sh -c '${deaf}' sh "$1" & ${deaf}`);
  // However slow the machine is, both shells come to write in one of the runs.
  for (let limitMs = 125; written().length < 2; limitMs *= 2) {
    setTimeLimit(limitMs);
    assert.match(await result(), /^failed: the check took longer than [\d.]+m?s$/);
  }
  await ended([...pids, ...written()]);
});

test('takes what it has left in its group with it', options, async (t) => {
  const { result, written } = trial(t, 'sleep 60 & echo $! >"$1"');
  assert.equal(await result(), 'passed: the check exited with 0');
  await ended(written());
});

test('fails when it cannot be started, however Node tells that', options, async (t) => {
  const missing = trial(t, '', { file: '/no/such/program' });
  assert.equal(await missing.result(), 'failed: the check could not be started: ENOENT');
  const tooLong = trial(t, '', { more: 'x'.repeat(4 * 1024 * 1024) });
  assert.equal(await tooLong.result(), 'failed: the check could not be started: E2BIG');
  assert.equal(await tooLong.result(), 'failed: the check could not be started: E2BIG');
});

test('has passed if it has, though it was us who let its time go by', options, async (t) => {
  const { check, happened, pids, setTimeLimit } = trial(t, 'exit 0');
  const limitMs = 20;
  setTimeLimit(limitMs);
  await new Promise<void>((resolve) => {
    // Behind this the timers come first, and then what has ended.
    setImmediate(() => {
      check.run();
      const upAt = performance.now() + limitMs;
      while (performance.now() <= upAt || pids.some(isRunning));
      resolve();
    });
  });
  await eventually('the result', () => happened.length === 3);
  assert.deepEqual(happened, ['started', 'ended', 'passed: the check exited with 0']);
});

/** Waits until $1.go is there, or the test has gone. */
const UNTIL_TOLD = 'echo $$ >>"$1"; while [ -d "${1%/*}" ] && [ ! -e "$1.go" ]; do sleep 0.02; done';

/** What waits for a disk that has gone: no signal ends it. */
function trialThatCannotBeKilled(t: TestContext): Trial & { readonly letGo: () => void } {
  t.mock.method(process, 'kill', () => true);
  const made = trial(t, UNTIL_TOLD);
  const letGo = () => {
    writeFileSync(`${made.path}.go`, '');
  };
  t.after(letGo);
  return { ...made, letGo };
}

test('fails again and again while one cannot be killed, and never runs beside that', options, async (t) => {
  const { result, happened, written, letGo, setTimeLimit } = trialThatCannotBeKilled(t);
  setTimeLimit(50);
  const results = [await result(), await result(), await result()];
  assert.deepEqual(results, [
    'failed: the check took longer than 50ms',
    'failed: the last check was killed, and has not ended',
    'failed: the last check was killed, and has not ended',
  ]);
  assert.deepEqual(happened, ['started', ...results]);
  setTimeLimit(PATIENCE_MS);
  const last = result();
  letGo();
  assert.equal(await last, 'passed: the check exited with 0');
  assert.deepEqual(happened.slice(4), ['ended', 'started', 'ended', 'passed: the check exited with 0']);
  assert.equal(written().length, 2);
});

test('is not waited for by whoever leaves when it cannot be killed', options, async (t) => {
  const { check, happened, pids, letGo } = trialThatCannotBeKilled(t);
  check.run();
  await withDeadline('the end of the wait', check.leave());
  assert.deepEqual([happened, pids.filter(isRunning)], [['started'], pids]);
  letGo();
  await eventually('its end', () => happened.length > 1);
  assert.deepEqual(happened, ['started', 'ended']);
});

test('is killed by whoever leaves, and has no result', options, async (t) => {
  const { check, happened, pids } = trial(t, UNTIL_TOLD);
  await check.leave();
  check.run();
  await withDeadline('the end of the check', check.leave());
  assert.deepEqual(happened, ['started', 'ended']);
  await ended(pids);
});

test('is asked once at a time', options, (t) => {
  const { check } = trial(t, UNTIL_TOLD);
  check.run();
  assert.throws(() => {
    check.run();
  }, /^Error: internal error: /);
});

/** A host with a watchdog and a check that hangs, beside a child of it in the same group. */
async function hangingCheck(t: TestContext): Promise<{ host: RemoteHost; pids: readonly number[] }> {
  const path = join(temporaryFolder(), 'written');
  const host = new RemoteHost(t, { stdio: ['ignore', 'pipe', 'pipe'] });
  await host.tell({ verb: 'launch', charge });
  await host.says(/^ready /);
  const script = `trap "" TERM HUP; sleep 60 & echo $$ $! >"${path}"; wait; sleep 60`;
  await host.tell({ verb: 'check', command: { file: '/bin/sh', argv0: 'sh', args: ['-c', script] } });
  const pids = await eventually('the check', () => {
    const written = existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ').map(Number) : [];
    return written.length === 2 && written;
  });
  for (const pid of pids) killAtEnd(pid);
  return { host, pids };
}

const charge: Charge = {
  command: { file: '/bin/true', argv0: 'true', args: [] },
  stdin: false,
  containment: 'auto',
  containmentRequired: false,
};

async function diesWithoutItsCheck(host: RemoteHost, pids: readonly number[]): Promise<void> {
  assert.ok(pids.every(isRunning));
  host.process.kill('SIGKILL');
  await ended(pids);
  for (const pid of pids) spareAtEnd(pid);
  await host.watchdogEnds();
}

test('is killed with its group by the watchdog of a supervisor that was killed', options, async (t) => {
  const { host, pids } = await hangingCheck(t);
  await diesWithoutItsCheck(host, pids);
});

test('is killed by a watchdog that came when it ran already', options, async (t) => {
  const { host, pids } = await hangingCheck(t);
  const former = host.pids.get('watchdog') ?? NaN;
  process.kill(former, 'SIGKILL');
  await host.says(/^lost /);
  await host.tell({ verb: 'launch', charge });
  await eventually('another watchdog', () => host.pids.get('watchdog') !== former);
  spareAtEnd(former);
  await diesWithoutItsCheck(host, pids);
});
