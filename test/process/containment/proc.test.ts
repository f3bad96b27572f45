// Proves that /proc is read rightly where it is hard to read.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { childrenOf, hasInEnvironment, isAlive, parseStat, readStat } from '../../../src/containment/proc.js';
import { killAtEnd } from '../../support/janitor.js';
import { PATIENCE_MS, eventually, withDeadline } from '../../support/wait.js';
import { kill } from './commands/remote.js';

const options = { timeout: PATIENCE_MS, skip: process.platform !== 'linux' && 'needs /proc' };

const FIELDS = '1 20 30 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 7 0 123456789 4096 0';

test('takes a name with brackets, blanks and line feeds for what it is', () => {
  for (const name of ['sh', 'a b', ') R 9 9 9 (', ')))', '(x)\n']) {
    assert.deepEqual(parseStat(`4711 (${name}) S ${FIELDS}`), {
      pid: 4711,
      state: 'S',
      ppid: 1,
      pgrp: 20,
      session: 30,
      foreground: -1,
      threads: 7,
      startedAt: '123456789',
    });
  }
});

test('takes a zombie for dead, unless threads of it outlive the main one', () => {
  const stat = parseStat(`4711 (sh) S ${FIELDS}`);
  assert.equal(isAlive({ ...stat, threads: 1 }), true);
  assert.equal(isAlive({ ...stat, state: 'Z', threads: 1 }), false);
  assert.equal(isAlive({ ...stat, state: 'X', threads: 0 }), false);
  assert.equal(isAlive({ ...stat, state: 'Z', threads: 2 }), true);
});

test('reads what this process is', options, () => {
  const stat = readStat(process.pid);
  assert.ok(stat !== undefined);
  assert.deepEqual([stat.pid, stat.ppid], [process.pid, process.ppid]);
  assert.ok(stat.threads > 1 && Number(stat.startedAt) > 0 && isAlive(stat));
});

test('finds nothing of a process that is not there', options, () => {
  const nobody = 2 ** 30;
  assert.equal(readStat(nobody), undefined);
  assert.equal(childrenOf(nobody), undefined);
  assert.equal(hasInEnvironment(nobody, 'A=b'), false);
});

test('finds a variable that is the same to the last letter', options, async () => {
  const child = spawn('sleep', ['45'], { env: { FIRST: 'a', MARKER: 'bcd', LAST: 'e' }, stdio: 'ignore' });
  const { pid = 0 } = child;
  killAtEnd(pid);
  await eventually('its environment', () => hasInEnvironment(pid, 'MARKER=bcd'));
  assert.equal(hasInEnvironment(pid, 'FIRST=a'), true);
  assert.equal(hasInEnvironment(pid, 'LAST=e'), true);
  for (const other of ['MARKER=bc', 'ARKER=bcd', 'MARKER=bcde', 'bcd']) {
    assert.equal(hasInEnvironment(pid, other), false, other);
  }
  const exited = once(child, 'exit');
  kill(pid);
  await withDeadline('its end', exited);
  assert.equal(hasInEnvironment(pid, 'MARKER=bcd'), false);
});

test('finds the children of every thread', options, async (t) => {
  const worker = new Worker(
    `const { spawn } = require('node:child_process');
     const { parentPort } = require('node:worker_threads');
     parentPort.postMessage(spawn('sleep', ['45'], { stdio: 'ignore' }).pid);
     setInterval(() => undefined, 1000);`,
    { eval: true },
  );
  t.after(() => worker.terminate());
  const [pid] = (await withDeadline('its child', once(worker, 'message'))) as [number];
  killAtEnd(pid);
  t.after(() => {
    kill(pid);
  });
  assert.ok(childrenOf('self')?.includes(pid));
  assert.ok(childrenOf(process.pid)?.includes(pid));
});
