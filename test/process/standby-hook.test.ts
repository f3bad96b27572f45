// Proves that a standby's hook runs once at a time, ends when it is asked to, and is killed when it does not.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { StandbyHook } from '../../src/supervisor/standby-hook.js';
import { temporaryFolder } from '../support/temporary.js';
import { PATIENCE_MS, eventually, withDeadline } from '../support/wait.js';
import { isRunning } from './commands/remote.js';

const options = { timeout: PATIENCE_MS };

/** What becomes of a hook `sh -c SCRIPT`, to which $1 is a file that it may write to; it ends with the test. */
function hook(t: TestContext, script: string, stopTimeoutMs = PATIENCE_MS, file = '/bin/sh') {
  const path = join(temporaryFolder(), 'written');
  const happened: string[] = [];
  const standbyHook = new StandbyHook({
    command: { file, argv0: 'sh', args: ['-c', script, 'sh', path] },
    environment: process.env,
    stopTimeoutMs,
    onStart: () => happened.push('started'),
    onEnd: (exit) => happened.push(Object.values(exit).join(' ')),
  });
  t.after(async () => {
    const left = standbyHook.leave();
    standbyHook.kill();
    await withDeadline('the end of the hook', left);
  });
  const written = () => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  return {
    standbyHook,
    happened,
    written,
    writes: (text: string) => eventually(`"${text}", after "${written()}"`, () => written() === text),
    happens: (...expected: string[]) =>
      eventually(`${expected.join(', ')}, after ${happened.join(', ')}`, () => {
        assert.deepEqual(happened.slice(0, expected.length), expected.slice(0, happened.length));
        return happened.length === expected.length;
      }),
  };
}

const OBEDIENT = 'trap "echo asked >>$1; exit 3" TERM; echo runs >>$1; while :; do sleep 0.02; done';
const DEAF = 'trap "" TERM; echo runs >>$1; while :; do sleep 0.02; done';

test('tells how it has ended, and runs anew', options, async (t) => {
  const { standbyHook, happens, writes } = hook(t, 'echo runs >>$1; exit 4');
  standbyHook.run();
  await happens('started', 'code 4');
  standbyHook.run();
  await happens('started', 'code 4', 'started', 'code 4');
  await writes('runs\nruns\n');
});

test('ends when it is asked to, and does not run anew', options, async (t) => {
  const { standbyHook, happens, writes } = hook(t, OBEDIENT);
  standbyHook.run();
  await writes('runs\n');
  standbyHook.end();
  standbyHook.end();
  await happens('started', 'code 3');
  await writes('runs\nasked\n');
});

test('is killed with its group when its time is up', options, async (t) => {
  const { standbyHook, happens, writes } = hook(t, `(${DEAF}) & ${DEAF}`, 50);
  standbyHook.run();
  await writes('runs\nruns\n');
  standbyHook.end();
  await happens('started', 'signal SIGKILL');
});

test('is ended before it runs for another place in line', options, async (t) => {
  const { standbyHook, happened, happens, writes } = hook(t, OBEDIENT);
  standbyHook.run();
  await writes('runs\n');
  standbyHook.run();
  standbyHook.run();
  await happens('started', 'code 3', 'started');
  await writes('runs\nasked\nruns\n');
  standbyHook.run();
  standbyHook.end();
  await happens('started', 'code 3', 'started', 'code 3');
  await standbyHook.leave();
  assert.equal(happened.length, 4);
});

test('is waited for by whoever leaves', options, async (t) => {
  const { standbyHook, happened, writes } = hook(t, OBEDIENT);
  await standbyHook.leave();
  standbyHook.run();
  await writes('runs\n');
  await withDeadline('the end of the hook', standbyHook.leave());
  assert.deepEqual(happened, ['started', 'code 3']);
});

test('is not waited for by whoever leaves when it cannot be killed', options, async (t) => {
  const { standbyHook, happened, happens } = hook(t, 'exec sleep 60', 20);
  const { mock } = t.mock.method(process, 'kill', () => true);
  standbyHook.run();
  await withDeadline('the end of the wait', standbyHook.leave());
  assert.deepEqual(happened, ['started']);
  mock.restore();
  standbyHook.kill();
  await happens('started', 'signal SIGKILL');
});

test('takes what it has left in its group with it', options, async (t) => {
  const { standbyHook, happens, written } = hook(t, 'sleep 60 & echo $! >$1');
  standbyHook.run();
  await happens('started', 'code 0');
  await eventually('the end of what it left behind', () => !isRunning(Number(written())));
});

test('tells that it could not be started', options, async (t) => {
  const { standbyHook, happens } = hook(t, '', PATIENCE_MS, '/no/such/program');
  standbyHook.run();
  await happens('not-started ENOENT');
  await standbyHook.leave();
});
