// Proves that a subreaper sees every orphan, reaps it, and takes no exit status from Node.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PATIENCE_MS, eventually } from '../../support/wait.js';
import { RemoteHost, Subjects, holdingHost, kill, readProc, zombiesOf } from './commands/remote.js';
import { NOBODY, setuidRoot } from './setuid-root.js';

const options = { timeout: 2 * PATIENCE_MS, skip: process.platform !== 'linux' && 'needs Linux' };

test('reaps orphans that have ended, and nobody else', options, async (t) => {
  const host = await holdingHost(t, 'subreaper');
  if (host === undefined) return;
  const subjects = new Subjects(t);
  const pid = await host.start(
    subjects,
    subjects.shell('for each in 1 2 3 4 5 6 7 8; do (: &) ; done; exec sleep "$0"'),
  );
  await eventually('the zombies', () => zombiesOf(host.pid).length === 8);
  await host.tell({ verb: 'tidy' });
  assert.deepEqual(zombiesOf(host.pid), []);
  assert.deepEqual(host.exits, []);
  kill(pid, 'SIGINT');
  assert.equal(await host.exited(), 'signal SIGINT');
  assert.equal(await host.tell({ verb: 'is-empty' }), true);
});

test('reaps orphans that a command has left behind', options, async (t) => {
  const host = await holdingHost(t, 'subreaper');
  if (host === undefined) return;
  const subjects = new Subjects(t);
  await host.start(subjects, subjects.shell('(sleep "$0" & sleep "$0" &)'));
  await host.exited();
  const [one = 0, two = 0] = await subjects.number(2);
  kill(one);
  await eventually('the zombie', () => zombiesOf(host.pid).length === 1);
  await host.tell({ verb: 'tidy' });
  assert.deepEqual(zombiesOf(host.pid), []);
  assert.equal(await host.tell({ verb: 'is-empty' }), false);
  kill(two);
  await eventually('emptiness', () => host.tell({ verb: 'is-empty' }));
});

for (const then of ['is-empty', 'tidy', 'kill'] as const) {
  test(`leaves the main process to Node: ${then}`, options, async (t) => {
    const host = await holdingHost(t, 'subreaper');
    if (host === undefined) return;
    const subjects = new Subjects(t);
    const { marker } = subjects;
    const command = subjects.shell('exit 7');
    const answer = await host.tell({ verb: 'start-and-meet-zombie', command, marker, then });
    assert.equal(answer, then === 'is-empty' ? false : undefined);
    assert.equal(await host.exited(), 'code 7');
    assert.equal(await host.tell({ verb: 'is-empty' }), true);
  });
}

test('is not empty, and does not fail, while there is a child that it may not kill', options, async (t) => {
  const asRoot = setuidRoot();
  if (typeof asRoot === 'string') {
    t.skip(asRoot);
    return;
  }
  const host = new RemoteHost(t);
  await host.tell({ verb: 'become', uid: NOBODY });
  const { level } = await host.choose('subreaper');
  assert.equal(level, 'subreaper');
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
  await host.tell({ verb: 'signal', signal: 'SIGTERM', to: 'tree' });
  assert.equal(await host.tell({ verb: 'is-empty' }), false);
  assert.deepEqual(subjects.alive(), [root]);
  kill(root);
  await eventually('emptiness', () => host.tell({ verb: 'is-empty' }));
});
