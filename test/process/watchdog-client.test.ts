// Proves with a watchdog that is none what the supervisor does from its own end, and what it leaves alone there.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { monotonicClock } from '../../src/clock.js';
import { WatchdogClient } from '../../src/watchdog/client.js';
import { killAtEnd, spareAtEnd } from '../support/janitor.js';
import { temporaryFolder } from '../support/temporary.js';
import { PATIENCE_MS, eventually, withDeadline } from '../support/wait.js';
import { commandPath, isRunning } from './commands/remote.js';

const options = { timeout: PATIENCE_MS, skip: process.platform !== 'linux' && 'needs /proc' };

/** A client whose watchdog is `liar.mjs`; what it is told comes as events. */
function clientOfLiar(t: TestContext): { client: WatchdogClient; told: EventEmitter } {
  const { execPath } = process;
  const program = join(temporaryFolder(), 'liar');
  writeFileSync(program, `#!/bin/sh\nexec '${execPath}' '${commandPath('liar.mjs')}'\n`, { mode: 0o755 });
  process.execPath = program;
  t.after(() => {
    process.execPath = execPath;
  });
  const told = new EventEmitter();
  const on = (what: string) => (detail?: unknown) => told.emit(what, detail);
  const client = new WatchdogClient(
    {
      charge: {
        command: { file: '/bin/true', argv0: 'true', args: [] },
        stdin: false,
        containment: 'group',
        containmentRequired: false,
      },
      hooks: {},
      termOf: ({ name, epoch }) => ({ epoch, environment: { NAME: name }, marker: 'NAME' }),
      variablesOf: () => ({}),
      clock: monotonicClock(),
      silenceLimitMs: PATIENCE_MS,
    },
    {
      ready: on('ready'),
      refused: on('refused'),
      sweeping: on('sweeping'),
      unrecorded: on('unrecorded'),
      lost: on('lost'),
      started: on('started'),
      expired: on('expired'),
      exited: on('exited'),
      hookStarted: on('hook-started'),
      hookEnded: on('hook-ended'),
      empty: on('empty'),
    },
  );
  return { client, told };
}

test('leaves a process alone that has the number of the main process by now', options, async (t) => {
  const stranger = spawn('/bin/sleep', ['60'], { detached: true, stdio: 'ignore' });
  const pid = stranger.pid ?? NaN;
  killAtEnd(pid);
  t.after(async () => {
    stranger.kill('SIGKILL');
    await eventually("the stranger's end", () => !isRunning(pid));
    spareAtEnd(pid);
  });
  // What it is known by was read by its parent, when it could be nobody else.
  process.env['LEADER'] = JSON.stringify({ pid, startedAt: '1' });
  const { client, told } = clientOfLiar(t);
  const happens = (what: string): Promise<unknown> => withDeadline(what, once(told, what));
  const ready = happens('ready');
  client.launch();
  const [watchdogPid] = (await ready) as [number];
  killAtEnd(watchdogPid);
  const started = happens('started');
  client.start(
    { name: `of-nobody-${process.pid}`, epoch: 1n },
    { id: '1-1', reason: 'start', attempt: 1 },
    monotonicClock()() + PATIENCE_MS,
  );
  await started;
  client.kill();
  const lost = happens('lost');
  process.kill(watchdogPid, 'SIGKILL');
  await lost;
  const empty = happens('empty');
  client.kill();
  // Two passes have found nothing alive by then.
  await empty;
  spareAtEnd(watchdogPid);
  assert.ok(isRunning(pid));
});
