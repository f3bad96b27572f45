// What a request to resign asks of the client, as long as the contender stands.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Steering } from '../../../src/zookeeper/steering.js';
import type { Session } from '../../../src/zookeeper/session.js';

type Watcher = () => void;

test('waits for a znode to go with one watcher, however often it looks', async () => {
  const watchers: (Watcher | undefined)[] = [];
  const looks = 3;
  const client = {
    create: (...args: unknown[]) => {
      (args.at(-1) as (error: null) => void)(null);
    },
    exists: (_path: string, watcher: Watcher, done: (error: null, stat: object | null) => void) => {
      watchers.push(watcher);
      // A change of the znode that is not its end.
      queueMicrotask(watcher);
      done(null, watchers.length < looks ? {} : null);
    },
  };
  const session = {
    request: (
      _what: string,
      send: (it: typeof client, done: (error: null, result: unknown) => void) => void,
    ) =>
      new Promise((resolve) => {
        send(client, (_error, result) => {
          resolve(result);
        });
      }),
  };
  const steering = new Steering(session as unknown as Session, {
    ensemble: { servers: [], chroot: '' },
    electionPath: '/job',
    znodePrefix: undefined,
  });
  await steering.resign('web1', { by: 'ann', host: 'admin1', since: '2026-11-22T12:00:00Z' });
  assert.equal(watchers.length, looks);
  assert.equal(new Set(watchers).size, 1);
});
