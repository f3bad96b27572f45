// Proves that a wait for an ensemble that is not there is told, so that nothing hangs silently (patroni#1981).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '../../support/free-port.js';
import { TcpProxy } from '../../support/proxy.js';
import { contend, endOf, newElection, options } from './stage.js';

test(
  'says now and then that it still waits for the ensemble, and for which (node-zookeeper-client#13)',
  options,
  async (t) => {
    const port = await freePort();
    const hole = await TcpProxy.listen({ host: '127.0.0.1', port });
    t.after(() => hole.close());
    hole.blackhole();
    const nobody = `127.0.0.1:${await freePort()}`;
    // Both at once: each takes two seconds.
    const waits = [nobody, hole.address].map(async (address) => {
      const zookeeper = `${address}/some/chroot`;
      const contender = contend(t, { id: address, zookeeper, election: newElection(), command: ['true'] });
      const line = await contender.logged('still waiting for the ensemble', { level: 'warn', zookeeper });
      assert.equal(line['last'], address);
      assert.ok(Number(line['attempts']) > 1);
      contender.signal('SIGTERM');
      assert.deepEqual(await endOf(contender), { code: null, signal: 'SIGTERM' });
    });
    await Promise.all(waits);
  },
);
