// Proves at every level that a process started beside the command, as a hook is, belongs to its tree.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Level } from '../../../src/containment/containment.js';
import { PATIENCE_MS, eventually } from '../../support/wait.js';
import { RemoteHost, Subjects, holdingHost, kill } from './commands/remote.js';

const options = { timeout: 2 * PATIENCE_MS, skip: process.platform !== 'linux' && 'needs /proc' };

const levels: readonly (Level | 'group without /proc')[] = [
  'cgroup',
  'subreaper',
  'group',
  'group without /proc',
];

async function holding(t: TestContext, level: (typeof levels)[number]): Promise<RemoteHost | undefined> {
  if (level !== 'group without /proc') return holdingHost(t, level);
  const host = new RemoteHost(t);
  await host.tell({ verb: 'do-without-proc', canWalk: true });
  return host;
}

for (const level of levels) {
  test(`${level}: ends what has joined the tree, and takes none for empty before`, options, async (t) => {
    const host = await holding(t, level);
    if (host === undefined) return;
    const subjects = new Subjects(t);
    const main = await host.start(subjects, ['/bin/sleep', subjects.word]);
    // In a session of its own, and with nothing to be known by.
    const joined = await host.join(subjects, ['/usr/bin/env', '-i', '/bin/sleep', subjects.word]);
    await host.join(subjects, subjects.shell('trap "" TERM; timeout 60 sleep "$0"; :'));
    await subjects.number(5);
    await host.tell({ verb: 'signal', signal: 'SIGINT', to: 'group' });
    await eventually('the end of the main process', () => !subjects.alive().includes(main));
    await eventually('the word of it', () => host.exits.length === 1);
    assert.deepEqual(host.exits, ['signal SIGINT']);
    assert.equal(await host.tell({ verb: 'is-empty' }), false);
    assert.ok(subjects.alive().includes(joined));
    await host.end();
    assert.deepEqual(subjects.alive(), []);
    await eventually('the word of the others', () => host.exits.length === 3);
    assert.equal(await host.tell({ verb: 'is-empty' }), true);
  });

  test(`${level}: asks what has joined to end, and leaves its exit status to Node`, options, async (t) => {
    const host = await holding(t, level);
    if (host === undefined) return;
    const subjects = new Subjects(t);
    const { marker } = subjects;
    const main = await host.start(subjects, ['/bin/sleep', subjects.word]);
    const command = subjects.shell('exit 7');
    await host.tell({ verb: 'start-and-meet-zombie', command, marker, joins: true, then: 'tidy' });
    assert.equal(await host.exited(), 'code 7');
    await host.join(subjects, ['/bin/sleep', subjects.word]);
    await subjects.number(2);
    kill(main);
    await eventually('the word of the main process', () => host.exits.length === 2);
    // A group without a leader is asked as well.
    await host.tell({ verb: 'signal', signal: 'SIGTERM', to: 'tree' });
    await eventually('emptiness', async () => {
      assert.equal(subjects.alive().length, 0);
      return host.tell({ verb: 'is-empty' });
    });
    // What Node is told of its children may come later than their end.
    await eventually('the word of what has joined', () => host.exits.length === 3);
    assert.deepEqual(host.exits.slice(1), ['signal SIGKILL', 'signal SIGTERM']);
  });
}
