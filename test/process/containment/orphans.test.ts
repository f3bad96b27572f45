// Proves that orphans are reaped where they become ours, and that Node's own children are left to Node.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { type Libc, PR_SET_CHILD_SUBREAPER, loadLibc } from '../../../src/containment/libc.js';
import { Orphans } from '../../../src/containment/orphans.js';
import { type ProcessStat, readStat } from '../../../src/containment/proc.js';
import { PATIENCE_MS, eventually, withDeadline } from '../../support/wait.js';
import { zombiesOf } from './commands/remote.js';

const libc = libcIfThere();
const options = { timeout: PATIENCE_MS, skip: libc === undefined && 'needs Linux and koffi' };

function libcIfThere(): Libc | undefined {
  try {
    return process.platform === 'linux' ? loadLibc() : undefined;
  } catch {
    return undefined;
  }
}

function neverHelpless(because: string): never {
  throw new Error(because);
}

test('reaps an orphan that is still dead at the second look', options, async (t) => {
  libc?.prctl(PR_SET_CHILD_SUBREAPER, 1);
  t.after(() => libc?.prctl(PR_SET_CHILD_SUBREAPER, 0));
  await once(spawn('sh', ['-c', ': &']), 'exit');
  await eventually('the zombie', () => zombiesOf(process.pid).length === 1);
  const orphans = new Orphans({ onHelpless: neverHelpless });
  orphans.look();
  assert.equal(zombiesOf(process.pid).length, 1);
  orphans.look();
  assert.equal(zombiesOf(process.pid).length, 0);
});

test('leaves a child of Node to Node, which has not heard of its end yet', options, async () => {
  const orphans = new Orphans({ onHelpless: neverHelpless });
  const child = spawn('sh', ['-c', 'exit 7']);
  child.unref();
  const exited = withDeadline('its end', once(child, 'exit'), { withinMs: PATIENCE_MS / 2 });
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (readStat(child.pid ?? 0)?.state !== 'Z') assert.ok(performance.now() < giveUpAt, 'it does not end');
  orphans.look();
  assert.deepEqual(await exited, [7, null]);
});

test('takes a child with the number of one that was dead for another', () => {
  const reaped: number[] = [];
  const dead: ProcessStat[][] = [[zombie(7, '1')], [zombie(7, '2'), zombie(8, '2')], [zombie(7, '2')]];
  const orphans = new Orphans({
    onHelpless: neverHelpless,
    zombies: () => dead.shift() ?? [],
    load: () => ({ waitpid: (pid) => reaped.push(pid) }),
  });
  orphans.look();
  orphans.look();
  assert.deepEqual(reaped, []);
  orphans.look();
  assert.deepEqual(reaped, [7]);
});

test('says once that there are orphans which nothing can reap, and only when there are', () => {
  const told: string[] = [];
  let dead: ProcessStat[] = [];
  const orphans = new Orphans({
    onHelpless: (because) => told.push(because),
    zombies: () => dead,
    load: () => {
      throw new Error('there is no koffi');
    },
  });
  orphans.watch();
  orphans.look();
  dead = [zombie(7, '1')];
  orphans.look();
  assert.deepEqual(told, []);
  orphans.look();
  assert.deepEqual(told, ['there is no koffi']);
  assert.equal(process.listenerCount('SIGCHLD'), 0);
});

function zombie(pid: number, startedAt: string): ProcessStat {
  return { pid, startedAt, state: 'Z', ppid: process.pid, pgrp: 1, session: 1, foreground: -1, threads: 1 };
}
