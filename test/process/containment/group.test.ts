// Proves whom the level `group` takes for part of a tree, and states whom it misses.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import type { ProcessStat } from '../../../src/containment/proc.js';
import { withRelatives } from '../../../src/containment/tree-scan.js';
import { killAtEnd } from '../../support/janitor.js';
import { PATIENCE_MS, eventually } from '../../support/wait.js';
import { RemoteHost, Subjects, holdingHost, kill, readProc } from './commands/remote.js';
import { NOBODY, setuidRoot } from './setuid-root.js';

const options = { timeout: 2 * PATIENCE_MS, skip: process.platform !== 'linux' && 'needs /proc' };

test('misses a daemon that has left the session and cleaned its environment', options, async (t) => {
  const host = await holdingHost(t, 'group');
  if (host === undefined) return;
  const subjects = new Subjects(t);
  await host.start(subjects, subjects.shell(`env -i setsid sh -c 'sleep "$0" & :' "$0"; sleep "$0"; :`));
  await subjects.number(3);
  await host.end();
  assert.equal(subjects.alive().length, 1, 'or README.md promises too little');
});

test('finds a child in a session of its own that has cleaned its environment', options, async (t) => {
  const host = await holdingHost(t, 'group');
  if (host === undefined) return;
  const subjects = new Subjects(t);
  // Both sleeps are in the new session, of which one is an orphan.
  await host.start(
    subjects,
    subjects.shell(`env -i setsid sh -c '(sleep "$0" &) ; sleep "$0"; :' "$0" & sleep "$0"; :`),
  );
  await subjects.number(5);
  await host.end();
  assert.deepEqual(subjects.alive(), []);
});

test(
  'finds what is left in the session of a command that has ended, its environment cleaned',
  options,
  async (t) => {
    const host = await holdingHost(t, 'group');
    if (host === undefined) return;
    const subjects = new Subjects(t);
    await host.start(subjects, subjects.shell('(env -i sleep "$0" & env -i timeout 60 sleep "$0" &)'));
    await host.exited();
    await subjects.number(3);
    assert.equal(await host.tell({ verb: 'is-empty' }), false);
    await host.end();
    assert.deepEqual(subjects.alive(), []);
  },
);

test('finds everyone, however fast the command starts them', options, async (t) => {
  const host = await holdingHost(t, 'group');
  if (host === undefined) return;
  const subjects = new Subjects(t);
  // One each millisecond. Once stopped, it keeps the children that it has, and gets no more of them.
  const script = `
    for (1 .. 2000) {
      fork or exec '/usr/bin/env', '-i', 'setsid', 'sleep', $ARGV[0];
      select undef, undef, undef, 0.001;
    }`;
  await host.start(subjects, ['/usr/bin/perl', '-e', script, subjects.word]);
  await eventually('some of them', () => subjects.alive().length > 1);
  await host.end();
  assert.deepEqual(subjects.alive(), []);
});

test('leaves alone whoever shares a session with a bearer of the marker', options, async (t) => {
  const host = await holdingHost(t, 'group');
  if (host === undefined) return;
  const subjects = new Subjects(t);
  await host.start(subjects, ['/bin/sleep', subjects.word]);
  await subjects.number(1);
  // As when somebody looks into it with the environment of the command: `env $(cat /proc/PID/environ) sleep`.
  const strangers = new Subjects(t);
  startStranger(strangers, `env '${subjects.marker}' sleep '${subjects.word}' & sleep "$0"; :`);
  await strangers.number(2);
  await subjects.number(2);
  await host.end();
  assert.deepEqual(subjects.alive(), []);
  assert.equal(strangers.alive().length, 2);
});

test('leaves alone whoever is older than the command', options, async (t) => {
  const host = await holdingHost(t, 'group');
  if (host === undefined) return;
  const subjects = new Subjects(t);
  const strangers = new Subjects(t);
  startStranger(strangers, `env '${subjects.marker}' sleep "$0"; :`);
  const old = await strangers.number(2);
  await olderThanTheNext(t, old);
  await host.start(subjects, ['/bin/sleep', subjects.word]);
  await subjects.number(1);
  await host.end();
  assert.equal(strangers.alive().length, 2);
});

test('is not empty, and does not fail, while there is a process that it may not kill', options, async (t) => {
  const asRoot = setuidRoot();
  if (typeof asRoot === 'string') {
    t.skip(asRoot);
    return;
  }
  const host = new RemoteHost(t);
  await host.tell({ verb: 'become', uid: NOBODY });
  await host.choose('group');
  const subjects = new Subjects(t);
  await host.start(subjects, subjects.shell(`${asRoot.join(' ')} sleep "$0" & sleep "$0"; :`));
  await subjects.number(3);
  const isRoot = (pid: number): boolean => /^Uid:\s+0\s+0/m.test(readProc(pid, 'status'));
  const root = await eventually('a root process', () => subjects.alive().find(isRoot));
  await eventually('the end of the others', async () => {
    await host.tell({ verb: 'kill' });
    return subjects.alive().length === 1;
  });
  await host.exited();
  assert.equal(await host.tell({ verb: 'is-empty' }), false);
  kill(root);
  await eventually('emptiness', () => host.tell({ verb: 'is-empty' }));
});

test('counts children, and sessions that the tree has made', () => {
  const shell = process_(10, { ppid: 1, session: 10 });
  const main = process_(20, { ppid: 10, session: 20 });
  const child = process_(21, { ppid: 20, session: 21 });
  const grandchild = process_(22, { ppid: 21, session: 21 });
  const orphan = process_(23, { ppid: 1, session: 21 });
  const bearer = process_(30, { ppid: 10, session: 10 });
  const leaderless = process_(31, { ppid: 1, session: 29 });
  const beside = process_(32, { ppid: 1, session: 29 });
  const kernel = process_(40, { ppid: 2, session: 0 });
  const all = [shell, main, child, grandchild, orphan, bearer, leaderless, beside, kernel];
  const found = (...known: ProcessStat[]): number[] =>
    withRelatives(all, known)
      .map(({ pid }) => pid)
      .sort((a, b) => a - b);
  assert.deepEqual(found(main), [20, 21, 22, 23]);
  assert.deepEqual(found(orphan), [23], 'the leader lives, and is not known to be of the tree');
  assert.deepEqual(found(bearer), [30], 'nor is the shell');
  assert.deepEqual(found(leaderless), [31, 32]);
  assert.deepEqual(found({ ...kernel, pid: 41 }), [41], 'session 0 is nobody');
  assert.deepEqual(found(), []);
});

function process_(pid: number, { ppid, session }: { ppid: number; session: number }): ProcessStat {
  return { pid, ppid, session, pgrp: session, foreground: -1, state: 'S', threads: 1, startedAt: '1' };
}

/** Starts a shell in a session of its own that no host knows of. */
function startStranger(strangers: Subjects, script: string): void {
  const [file = '', ...args] = strangers.shell(script);
  const child = spawn(file, args, { detached: true, stdio: 'ignore' });
  if (child.pid !== undefined) killAtEnd(-child.pid);
  child.unref();
}

/** Settles when whoever is started now has a later start time, which the kernel counts in steps of 10 ms. */
async function olderThanTheNext(t: TestContext, pids: readonly number[]): Promise<void> {
  const latest = Math.max(...pids.map(startTicks));
  await eventually('the next clock tick', async () => {
    const probe = new Subjects(t);
    startStranger(probe, 'sleep "$0"');
    const [pid = 0] = await eventually('the probe', () => probe.alive().length > 0 && probe.alive());
    return startTicks(pid) > latest;
  });
}

function startTicks(pid: number): number {
  return Number(readProc(pid, 'stat').replace(/.*\) /s, '').split(' ')[19]);
}
