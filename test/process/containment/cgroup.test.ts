// Proves what the level `cgroup` promises beyond the others: also when its holder dies, nothing is left.
import assert from 'node:assert/strict';
import { chownSync, existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findCgroup } from '../../../src/containment/cgroup.js';
import { PATIENCE_MS, eventually } from '../../support/wait.js';
import {
  RemoteHost,
  Subjects,
  findByArgument,
  holdingHost,
  kill,
  readProc,
  stateOf,
} from './commands/remote.js';
import { NOBODY, setuidRoot } from './setuid-root.js';

const options = { timeout: 2 * PATIENCE_MS, skip: process.platform !== 'linux' && 'needs cgroups' };

/** What systemd gives to the user of such a unit. */
const DELEGATED = ['', 'cgroup.procs', 'cgroup.subtree_control'];

const DAEMON = `env -i setsid sh -c 'sleep "$0" & :' "$0"; sleep "$0"; :`;

test('ends the tree when its holder is killed', options, async (t) => {
  const host = await holdingHost(t, 'cgroup');
  if (host === undefined) return;
  const subjects = new Subjects(t);
  await host.start(subjects, subjects.shell(DAEMON));
  await subjects.number(3);
  await host.killed();
  await subjects.number(0);
  await eventually('the folder to go', () => !existsSync(host.cgroup));
  await eventually("the switch's end", () => findByArgument(host.cgroup).length === 0);
});

test('ends the tree when its holder is killed, whatever signals came before', options, async (t) => {
  const host = await holdingHost(t, 'cgroup');
  if (host === undefined) return;
  const subjects = new Subjects(t);
  await host.start(subjects, subjects.shell(DAEMON));
  await subjects.number(3);
  const [deadManSwitch, ...others] = findByArgument(host.cgroup);
  assert.ok(deadManSwitch !== undefined && others.length === 0);
  assert.equal(groupOf(deadManSwitch), deadManSwitch);
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU'] as const) {
    kill(deadManSwitch, signal);
  }
  await host.killed();
  await subjects.number(0);
  await eventually('the folder to go', () => !existsSync(host.cgroup));
});

test(
  'ends what has made cgroups of its own, and removes them, when its holder is killed',
  options,
  async (t) => {
    const host = await holdingHost(t, 'cgroup');
    if (host === undefined) return;
    const subjects = new Subjects(t);
    await host.start(subjects, withNestedCgroups(subjects, host.cgroup));
    await subjects.number(3);
    await host.killed();
    await subjects.number(0);
    await eventually('the folder to go', () => !existsSync(host.cgroup));
  },
);

test('leaves the cgroup before it kills what is in there', options, async (t) => {
  const host = await holdingHost(t, 'cgroup');
  if (host === undefined) return;
  await host.tell({ verb: 'stand-by' });
  await host.tell({ verb: 'kill' });
  await host.tell({ verb: 'release' });
  assert.ok(!existsSync(host.cgroup));
});

test('signals and ends what has made cgroups of its own, and removes them', options, async (t) => {
  const host = await holdingHost(t, 'cgroup');
  if (host === undefined) return;
  const subjects = new Subjects(t);
  await host.start(subjects, withNestedCgroups(subjects, host.cgroup));
  const pids = await subjects.asleep(3);
  await host.tell({ verb: 'signal', signal: 'SIGSTOP', to: 'tree' });
  await eventually('all to stop', () => pids.every((pid) => stateOf(pid) === 'T'));
  await host.end();
  assert.deepEqual(subjects.alive(), []);
  await host.tell({ verb: 'release' });
  assert.ok(!existsSync(host.cgroup));
});

test('gives everything back on release', options, async (t) => {
  const host = await holdingHost(t, 'cgroup');
  if (host === undefined) return;
  const subjects = new Subjects(t);
  await host.start(subjects, ['/bin/sleep', subjects.word]);
  await host.end();
  assert.ok(existsSync(host.cgroup), 'it is there for the next term');
  await host.tell({ verb: 'release' });
  assert.ok(!existsSync(host.cgroup));
  await eventually("the switch's end", () => findByArgument(host.cgroup).length === 0);
});

test('starts nothing when the cgroup cannot be entered', options, async (t) => {
  const host = await holdingHost(t, 'cgroup');
  if (host === undefined) return;
  const subjects = new Subjects(t);
  rmdirSync(host.cgroup);
  await assert.rejects(host.start(subjects, ['/bin/sleep', subjects.word]), /cannot enter the cgroup/);
  assert.deepEqual(subjects.alive(), []);
});

test(
  'stays outside itself, and has the command inside with all that is in its environment',
  options,
  async (t) => {
    // No shell could have handed on this name.
    const host = await holdingHost(t, 'cgroup', { env: { 'of.ours': 'kept as it is' } });
    if (host === undefined) return;
    const subjects = new Subjects(t);
    const outside = readProc(host.pid, 'cgroup');
    const pid = await host.start(subjects, ['/bin/sleep', subjects.word]);
    assert.equal(readProc(host.pid, 'cgroup'), outside);
    assert.notEqual(readProc(pid, 'cgroup'), outside);
    await eventually('the command', () => readProc(pid, 'cmdline').startsWith('/bin/sleep'));
    assert.ok(readProc(pid, 'environ').split('\0').includes('of.ours=kept as it is'));
  },
);

test('dies with the tree rather than stay inside', options, async (t) => {
  const host = await holdingHost(t, 'cgroup');
  if (host === undefined || process.geteuid?.() !== 0) {
    t.skip('needs root, and a cgroup');
    return;
  }
  const subjects = new Subjects(t);
  await assert.rejects(
    host.tell({ verb: 'be-stuck-inside', command: ['/bin/sleep', subjects.word] }),
    /^Error: the host has ended: SIGKILL$/,
  );
  await subjects.number(0);
  await eventually('the folder to go', () => !existsSync(host.cgroup));
});

test('ends a group whose root has moved itself out of the cgroup', options, async (t) => {
  const host = await holdingHost(t, 'cgroup');
  if (host === undefined) return;
  const subjects = new Subjects(t);
  const outside = join(dirname(host.cgroup), 'cgroup.procs');
  const pid = await host.start(subjects, subjects.shell(`echo 0 >'${outside}' && exec sleep "$0"`));
  await eventually(
    'its escape',
    () => readProc(pid, 'cgroup') === readProc(host.pid, 'cgroup') && readProc(pid, 'comm') === 'sleep\n',
  );
  await host.tell({ verb: 'kill' });
  await subjects.number(0);
});

test(
  'works where a systemd unit has Delegate=yes, and ends a child that runs as root there',
  options,
  async (t) => {
    const asRoot = setuidRoot();
    const cgroup = typeof asRoot === 'string' ? undefined : await delegatedCgroup(t);
    if (typeof asRoot === 'string' || cgroup === undefined) {
      t.skip(typeof asRoot === 'string' ? asRoot : 'needs a cgroup');
      return;
    }
    const host = new RemoteHost(t);
    writeFileSync(join(cgroup, 'cgroup.procs'), String(host.pid));
    await host.tell({ verb: 'become', uid: NOBODY });
    const chosen = await host.choose('cgroup', true);
    assert.equal(dirname(chosen.cgroup ?? chosen.refused ?? ''), cgroup);
    const subjects = new Subjects(t);
    await host.start(subjects, [...asRoot, 'sleep', subjects.word]);
    const [pid = 0] = await subjects.number(1);
    await eventually('a root process', () => /^Uid:\s+0\s+0/m.test(readProc(pid, 'status')));
    await host.end();
    assert.deepEqual(subjects.alive(), []);
    await host.tell({ verb: 'release' });
    await host.leave();
  },
);

test('leaves no folder where it may make one, and not enter it', options, async (t) => {
  const host = new RemoteHost(t);
  const cgroup = process.geteuid?.() === 0 ? await delegatedCgroup(t, ['']) : undefined;
  if (cgroup === undefined) {
    t.skip('needs root, and a cgroup');
    return;
  }
  writeFileSync(join(cgroup, 'cgroup.procs'), String(host.pid));
  await host.tell({ verb: 'become', uid: NOBODY });
  const chosen = await host.choose('cgroup', true);
  assert.match(chosen.refused ?? '', /; no cgroup: EACCES: permission denied, open '.*cgroup\.procs'/);
  assert.deepEqual(foldersIn(cgroup), []);
  await host.leave();
});

test('never shares a folder with a process of the same number', options, async (t) => {
  const host = await holdingHost(t, 'cgroup');
  if (host === undefined) return;
  // As from another PID namespace, or of a process that died without its switch.
  const next = new RemoteHost(t);
  const taken = join(dirname(host.cgroup), `zk-leader-run-${next.pid}`);
  mkdirSync(taken);
  t.after(() => {
    rmdirSync(taken);
  });
  const chosen = await next.choose('cgroup', true);
  assert.equal(chosen.level, 'cgroup');
  assert.notEqual(chosen.cgroup, taken);
});

test('finds the cgroup that this process is in', () => {
  const hybrid =
    '31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n38 31 0:35 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio\n41 31 0:31 / /sys/fs/cgroup/unified rw shared:9 - cgroup2 cgroup2 rw\n';
  assert.equal(findCgroup(hybrid, '8:pids:/a\n0::/\n'), '/sys/fs/cgroup/unified/');
  const unified = '30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n';
  assert.equal(
    findCgroup(unified, '0::/system.slice/job.service\n'),
    '/sys/fs/cgroup/system.slice/job.service',
  );
  const bound = '30 23 0:26 /docker/abc /sys/fs/cgr\\040oup rw - cgroup2 cgroup rw\n';
  assert.equal(findCgroup(bound, '0::/docker/abc\n'), '/sys/fs/cgr oup');
  assert.equal(findCgroup(bound, '0::/docker/abc/job\n'), '/sys/fs/cgr oup/job');
  assert.equal(findCgroup(bound, '0::/docker/abcd\n'), undefined, 'not below what is mounted');
  assert.equal(findCgroup(unified, '8:pids:/a\n'), undefined, 'v1 alone');
  assert.equal(findCgroup('22 1 8:1 / / rw - ext4 /dev/sda rw\n', '0::/\n'), undefined, 'not mounted');
});

/** One process in the cgroup itself, and one in each of two that the command makes in it, in sessions of their own. */
function withNestedCgroups(subjects: Subjects, cgroup: string): string[] {
  const nest = (folder: string): string =>
    `mkdir '${folder}'; setsid sh -c 'echo 0 >"$1/cgroup.procs"; exec sleep "$0"' "$0" '${folder}' &`;
  return subjects.shell(`${nest(`${cgroup}/a`)} ${nest(`${cgroup}/a/.b`)} exec sleep "$0"`);
}

/** A cgroup that belongs to nobody, as systemd makes one for a unit with User= and Delegate=yes. */
async function delegatedCgroup(t: TestContext, owned = DELEGATED): Promise<string | undefined> {
  const host = await holdingHost(t, 'cgroup');
  if (host === undefined) return undefined;
  const folder = join(dirname(host.cgroup), `zk-leader-run-test-${process.pid}`);
  mkdirSync(folder);
  t.after(() =>
    eventually(`the end of ${folder}`, () => {
      rmdirSync(folder);
      return true;
    }),
  );
  for (const file of owned) chownSync(join(folder, file), NOBODY, NOBODY);
  return folder;
}

function foldersIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function groupOf(pid: number): number {
  return Number(readProc(pid, 'stat').replace(/.*\) /s, '').split(' ')[2]);
}
