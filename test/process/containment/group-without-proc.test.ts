// Proves what is done where there is no /proc: on Linux, with a /proc that is not looked at.
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { canWalk } from '../../../src/containment/group-without-proc.js';
import { temporaryFolder } from '../../support/temporary.js';
import { PATIENCE_MS, eventually } from '../../support/wait.js';
import { RemoteHost, Subjects, childrenOf, kill, stateOf } from './commands/remote.js';

const options = { timeout: 2 * PATIENCE_MS, skip: process.platform !== 'linux' && 'needs Linux' };

test('walks the tree where ps answers as tree-kill needs it', options, () => {
  assert.equal(canWalk('linux'), true);
});

test('does not where there is no ps', options, () => {
  assert.equal(canWalk('linux', { PATH: temporaryFolder() }), false);
  assert.equal(canWalk('darwin', { PATH: temporaryFolder() }), false);
});

test('does not where ps is that of busybox, or tells nothing', options, () => {
  const usage = 'echo "ps: unrecognized option: no-headers" >&2; exit 1';
  assert.equal(canWalk('linux', { PATH: folderWith('ps', usage) }), false);
  assert.equal(canWalk('linux', { PATH: folderWith('ps', 'exit 0') }), false);
  assert.equal(canWalk('linux', { PATH: folderWith('ps', `echo ${process.ppid}`) }), false);
});

test('asks pgrep on macOS, as tree-kill does', options, () => {
  const pgrep = `[ "$*" = "-P ${process.ppid}" ] && echo 1 && echo ${process.pid}`;
  assert.equal(canWalk('darwin', { PATH: folderWith('pgrep', pgrep) }), true);
  assert.equal(canWalk('darwin', { PATH: folderWith('pgrep', 'exit 1') }), false);
});

test('ends the group, and groups that its members have made', options, async (t) => {
  const host = new RemoteHost(t);
  await host.tell({ verb: 'do-without-proc', canWalk: true });
  for (let term = 1; term <= 2; term += 1) {
    const subjects = new Subjects(t);
    await host.start(subjects, subjects.shell('timeout 60 sleep "$0" & trap "" TERM; sleep "$0"; :'));
    await subjects.number(4);
    await host.end();
    await subjects.number(0);
    assert.deepEqual(host.exits, Array(term).fill('signal SIGKILL'));
  }
});

test('stops the group before it looks for groups that its members have made', options, async (t) => {
  const host = new RemoteHost(t);
  await host.tell({ verb: 'do-without-proc', canWalk: true });
  const subjects = new Subjects(t);
  const pid = await host.start(subjects, ['/bin/sleep', subjects.word]);
  await host.tell({ verb: 'kill-and-see-stopped', pid });
  await host.end();
  assert.deepEqual(subjects.alive(), []);
});

test('neither waits for a ps that hangs, nor lets it end the next command', options, async (t) => {
  const host = new RemoteHost(t, { env: { PATH: folderWith('ps', 'exec /bin/sleep 45') } });
  await host.tell({ verb: 'do-without-proc', canWalk: true });
  const first = new Subjects(t);
  await host.start(first, ['/bin/sleep', first.word]);
  await host.end();
  assert.deepEqual(first.alive(), []);
  const [ps = 0, ...others] = childrenOf(host.pid);
  assert.deepEqual(others, []);
  const second = new Subjects(t);
  const pid = await host.start(second, ['/bin/sleep', second.word]);
  await second.number(1);
  kill(ps);
  await eventually('the end of ps', () => childrenOf(host.pid).join() === String(pid));
  assert.equal(await host.tell({ verb: 'is-empty' }), false);
  assert.deepEqual(second.alive(), [pid]);
  assert.equal(stateOf(pid), 'S');
});

test('ends the group where the tree cannot be walked, and no more than that', options, async (t) => {
  const host = new RemoteHost(t, { env: { PATH: temporaryFolder() } });
  await host.tell({ verb: 'do-without-proc', canWalk: false });
  const subjects = new Subjects(t);
  const path = `PATH=/usr/bin:/bin; export PATH;`;
  await host.start(subjects, subjects.shell(`${path} timeout 60 sleep "$0" & ${path} sleep "$0"; :`));
  await subjects.number(4);
  await host.end();
  assert.equal(subjects.alive().length, 2, 'timeout and what it runs');
});

test('signals the group, and is not empty while anybody is in it', options, async (t) => {
  const host = new RemoteHost(t);
  await host.tell({ verb: 'do-without-proc', canWalk: true });
  const subjects = new Subjects(t);
  await host.start(subjects, subjects.shell('(trap "" TERM; exec sleep "$0") & sleep "$0"; :'));
  await subjects.number(3);
  await host.tell({ verb: 'signal', signal: 'SIGTERM', to: 'tree' });
  await subjects.number(1);
  await host.exited();
  assert.equal(await host.tell({ verb: 'is-empty' }), false);
  await host.tell({ verb: 'kill' });
  await eventually('emptiness', () => host.tell({ verb: 'is-empty' }));
  assert.deepEqual(subjects.alive(), []);
});

/** A folder with one program in it, a shell script. */
function folderWith(name: string, script: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
  return folder;
}
