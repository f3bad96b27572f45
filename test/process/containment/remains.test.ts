// Proves what can be done about a tree whose holder has died, and that strangers are left alone.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startTimeOf } from '../../../src/containment/proc.js';
import { type Remains, killRemains } from '../../../src/containment/remains.js';
import { endCgroup } from '../../../src/containment/cgroup.js';
import { PATIENCE_MS, eventually } from '../../support/wait.js';
import { Subjects, findByArgument, holdingHost, kill } from './commands/remote.js';

const options = { timeout: 2 * PATIENCE_MS, skip: process.platform !== 'linux' && 'needs /proc' };

const CLEAN = `env -i sleep "$0" & env -i setsid sleep "$0" & sleep "$0"; :`;
const LEFT_BEHIND = '(env -i sleep "$0" & env -i sleep "$0" &)';

test('finds a tree by its marker alone', options, async (t) => {
  const { subjects } = await orphanedTree(
    t,
    `setsid sh -c 'sleep "$0" & :' "$0"; timeout 60 sleep "$0"; :`,
    4,
  );
  await ended({ marker: subjects.marker });
  assert.deepEqual(subjects.alive(), []);
});

test('finds everyone in the session of the main process, and their children', options, async (t) => {
  const { subjects, pid } = await orphanedTree(t, CLEAN, 4);
  await ended({ pid, startedAt: startTimeOf(pid), marker: 'NOBODY=has this' });
  assert.deepEqual(subjects.alive(), []);
});

test('leaves a process alone that has the number of the main process, and is another', options, async (t) => {
  const { subjects, pid } = await orphanedTree(t, CLEAN, 4);
  for (const recent of [false, true]) {
    assert.equal(killRemains({ pid, startedAt: '1', marker: 'NOBODY=has this', recent }), true);
  }
  assert.equal(killRemains({ pid, marker: 'NOBODY=has this' }), true, 'nor is it known to be that one');
  assert.equal(subjects.alive().length, 4);
});

test(
  'leaves a session without its leader alone, since that number may be another one',
  options,
  async (t) => {
    const { subjects, pid } = await leaderlessTree(t, LEFT_BEHIND, 2);
    assert.equal(killRemains({ pid, startedAt: '1', marker: 'NOBODY=has this' }), true);
    assert.equal(subjects.alive().length, 2);
  },
);

test('ends a session without its leader if it was held a moment ago', options, async (t) => {
  const { subjects, pid } = await leaderlessTree(t, LEFT_BEHIND, 2);
  await ended({ pid, startedAt: '1', marker: 'NOBODY=has this', recent: true });
  assert.deepEqual(subjects.alive(), []);
});

test('ends a session without its leader if somebody in it bears the marker', options, async (t) => {
  const { subjects, pid } = await leaderlessTree(t, `${LEFT_BEHIND}; (sleep "$0" &)`, 3);
  await ended({ pid, startedAt: '1', marker: subjects.marker });
  assert.deepEqual(subjects.alive(), []);
});

test('says that something is left for as long as something is', options, async (t) => {
  const { subjects } = await orphanedTree(t, 'sleep "$0" & sleep "$0"; :', 3);
  assert.equal(killRemains({ marker: subjects.marker }), false);
  await ended({ marker: subjects.marker });
});

test('ends a cgroup, whatever is in it, and removes it', options, async (t) => {
  const host = await holdingHost(t, 'cgroup');
  if (host === undefined) return;
  const subjects = new Subjects(t);
  await host.start(subjects, subjects.shell(`env -i setsid sh -c 'sleep "$0" & :' "$0"; sleep "$0"; :`));
  await subjects.number(3);
  for (const deadManSwitch of findByArgument(host.cgroup)) kill(deadManSwitch);
  await host.killed();
  assert.equal(subjects.alive().length, 3);
  await ended({ marker: 'NOBODY=has this', cgroup: host.cgroup });
  assert.deepEqual(subjects.alive(), []);
  assert.ok(!existsSync(host.cgroup));
  assert.equal(killRemains({ marker: 'NOBODY=has this', cgroup: host.cgroup }), true, 'it has gone');
});

test('leaves a cgroup alone that is not named as ours are', options, async (t) => {
  const host = await holdingHost(t, 'cgroup');
  if (host === undefined) return;
  const foreign = join(dirname(host.cgroup), `of-somebody-else-${process.pid}`);
  mkdirSync(foreign);
  t.after(() => eventually('the end of a cgroup', () => endCgroup(foreign)));
  const subjects = new Subjects(t);
  const pid = await host.start(subjects, ['/bin/sleep', subjects.word]);
  writeFileSync(join(foreign, 'cgroup.procs'), String(pid));
  assert.equal(killRemains({ marker: 'NOBODY=has this', cgroup: foreign }), true);
  assert.deepEqual(subjects.alive(), [pid]);
});

/** A tree whose holder, at the level `group`, is dead. */
async function orphanedTree(
  t: TestContext,
  script: string,
  count: number,
): Promise<{ subjects: Subjects; pid: number }> {
  const host = await holdingHost(t, 'group');
  if (host === undefined) throw new Error('there is always a group');
  const subjects = new Subjects(t);
  const pid = await host.start(subjects, subjects.shell(script));
  await subjects.number(count);
  await host.killed();
  return { subjects, pid };
}

/** One whose main process has ended by itself; until somebody has taken note of that its number is its own. */
async function leaderlessTree(...tree: Parameters<typeof orphanedTree>): ReturnType<typeof orphanedTree> {
  const orphaned = await orphanedTree(...tree);
  await eventually('the main process to be gone', () => startTimeOf(orphaned.pid) === undefined);
  return orphaned;
}

async function ended(remains: Remains): Promise<void> {
  await eventually('the end of what is left', () => killRemains(remains));
}
