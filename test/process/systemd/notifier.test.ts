// Proves that what is told gets through one after the other, and that a program that fails or hangs costs nothing else.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Notifier } from '../../../src/systemd/notifier.js';
import { temporaryFolder } from '../../support/temporary.js';
import { PATIENCE_MS, eventually } from '../../support/wait.js';

/** A notifier over a program of ours, which does this and then writes down what it was told. */
function stage(script: string, watchdogMs?: number) {
  const folder = temporaryFolder();
  const program = join(folder, 'notify');
  const record = join(folder, 'record');
  writeFileSync(program, `#!/bin/sh\n${script}\necho "$NOTIFY_SOCKET $*" >>${record}\n`, { mode: 0o755 });
  const failures: string[] = [];
  const notifier = new Notifier({
    manager: { socket: '/the/socket', watchdogMs },
    onFailure: (reason) => failures.push(reason),
    program,
  });
  const lines = (): string[] =>
    existsSync(record) ? readFileSync(record, 'utf8').split('\n').slice(0, -1) : [];
  return { folder, notifier, failures, lines };
}

test('tells in one message what one turn has to say, the later of two for the earlier', async () => {
  const { notifier, lines } = stage('');
  notifier.tell({ STATUS: 'a b' });
  notifier.tell({ READY: '1', STATUS: 'c d' });
  await notifier.flush(PATIENCE_MS);
  assert.deepEqual(lines(), ['/the/socket STATUS=c d READY=1']);
});

test('starts nothing during the turn', async () => {
  const { notifier, lines } = stage('');
  notifier.tell({ READY: '1' });
  assert.ok(!process.getActiveResourcesInfo().includes('ProcessWrap'));
  await notifier.flush(PATIENCE_MS);
  assert.equal(lines().length, 1);
});

test('runs one at a time, and the next has all that came meanwhile', async () => {
  const { folder, notifier, lines } = stage('while [ ! -e "${0%/*}/go" ]; do sleep 0.01; done');
  notifier.tell({ STATUS: '1' });
  await new Promise((resolve) => setImmediate(resolve));
  for (const status of ['2', '3', '4']) {
    notifier.tell({ STATUS: status, WATCHDOG: '1' });
    await new Promise((resolve) => setImmediate(resolve));
  }
  writeFileSync(join(folder, 'go'), '');
  await notifier.flush(PATIENCE_MS);
  assert.deepEqual(lines(), ['/the/socket STATUS=1', '/the/socket STATUS=4 WATCHDOG=1']);
});

test('tells again what did not get through, but no sign of life, and complains once', async () => {
  const { folder, notifier, failures, lines } = stage(
    '[ -e "${0%/*}/go" ] || { echo no socket >&2; exit 1; }',
  );
  notifier.tell({ READY: '1', STATUS: 'old', WATCHDOG: '1', EXTEND_TIMEOUT_USEC: '1' });
  await eventually('the complaint', () => failures.length > 0);
  notifier.tell({ STATUS: 'new' });
  writeFileSync(join(folder, 'go'), '');
  await notifier.flush(PATIENCE_MS);
  assert.deepEqual(lines(), ['/the/socket READY=1 STATUS=new']);
  assert.deepEqual(failures, [`${join(folder, 'notify')}: no socket`]);
});

test('kills one that hangs, in time for the next sign of life', async () => {
  const { folder, notifier, failures, lines } = stage('[ -e "${0%/*}/go" ] || exec sleep 1000', 300);
  notifier.tell({ STATUS: 'x', WATCHDOG: '1' });
  await eventually('the complaint', () => failures.length > 0);
  assert.match(failures[0] ?? '', /: it took longer than 100ms$/);
  writeFileSync(join(folder, 'go'), '');
  await notifier.flush(PATIENCE_MS);
  assert.deepEqual(lines(), ['/the/socket STATUS=x']);
});

test('survives that there is no such program, and that nobody can be told', async () => {
  const failures: string[] = [];
  const notifier = new Notifier({
    manager: { socket: '/the/socket', watchdogMs: undefined },
    onFailure: (reason) => failures.push(reason),
    program: '/no/such/program',
  });
  notifier.tell({ READY: '1' });
  await notifier.flush(1);
  await eventually('the complaint', () => failures.length > 0);
  assert.deepEqual(failures, ['/no/such/program: spawn /no/such/program ENOENT']);
});
