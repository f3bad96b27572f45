// Proves that the cluster always has one leader that pushes, and servers that refuse what an earlier one has sent.
import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import { Ensemble } from '../support/ensemble.js';
import { freePort } from '../support/free-port.js';
import { PATIENCE_MS } from '../support/wait.js';
import { example, Program } from './program.js';

const options = { timeout: 3 * PATIENCE_MS };

let ensemble: Ensemble;
before(async () => {
  // An ensemble of the usual tickTime grants as much; one of ours would otherwise grant no more than 10 s.
  ensemble = await Ensemble.start({ maxSessionTimeoutMs: 40_000 });
});
after(() => ensemble.stop());

test('the first started leads, then the next, until none is left', options, async (t) => {
  const { program, addresses } = await startCluster(t);
  const exit = await program.exited();
  assert.deepEqual(program.errors, []);
  assert.deepEqual(exit, { code: 0, signal: null });
  assert.deepEqual(anonymous(program.output, addresses), [
    'ONE leads (epoch A)',
    'TWO follows',
    'THREE follows',
    'ONE serves, as leader, what was made by ONE at TIME',
    'TWO serves, as follower, what was made by ONE at TIME',
    'THREE serves, as follower, what was made by ONE at TIME',
    '-- end ONE',
    'TWO leads (epoch B)',
    'TWO serves, as leader, what was made by TWO at TIME',
    'THREE serves, as follower, what was made by TWO at TIME',
    '-- push what ONE might have sent before it ended, and the network kept until now',
    'THREE refuses version 1000000 of epoch A: it has seen epoch B',
    '-- kill TWO',
    'THREE leads (epoch C)',
    'THREE serves, as leader, what was made by THREE at TIME',
    '-- end THREE',
    '-- none is left',
  ]);
  await program.isGone();
  for (const address of addresses) await assert.rejects(fetch(`http://${address}/status`));
});

test('leaves no process when it is interrupted', options, async (t) => {
  const { program, addresses } = await startCluster(t);
  await program.said(/ follows$/);
  program.signalGroup('SIGINT');
  assert.deepEqual(await program.exited(), { code: 1, signal: null });
  assert.ok(program.errors.includes('-- received SIGINT'), program.errors.join('\n'));
  await program.isGone();
  for (const address of addresses) await assert.rejects(fetch(`http://${address}/status`));
});

test('a server serves while there is no ZooKeeper, and takes only the newest', options, async (t) => {
  const address = `127.0.0.1:${String(await freePort())}`;
  const env = { ZK_LEADER_RUN_ZOOKEEPER: `127.0.0.1:${String(await freePort())}` };
  const program = new Program(t, [process.execPath, example('cluster/server.mjs'), address], { env });
  const get = async (path: string): Promise<unknown> => (await fetch(`http://${address}${path}`)).json();
  const push = async (body: string): Promise<number> =>
    (await fetch(`http://${address}/replicate`, { method: 'POST', body })).status;

  await program.said(/ serves$/);
  assert.deepEqual(await get('/status'), { address, role: 'starting', epoch: '0', version: 0 });
  // The two epochs are the same as JavaScript numbers.
  const newest = { epoch: '9007199254740993', version: 1, value: 'newest' };
  assert.equal(await push(JSON.stringify(newest)), 200);
  assert.equal(await push(JSON.stringify({ epoch: '9007199254740992', version: 2, value: 'stale' })), 409);
  assert.equal(await push(JSON.stringify({ ...newest, value: 'again' })), 200);
  assert.equal(await push('{"epoch":'), 400);
  assert.deepEqual(await get('/data'), newest);

  program.signal('SIGTERM');
  assert.deepEqual(await program.exited(), { code: 0, signal: null });
  await program.isGone();
});

async function startCluster(t: TestContext): Promise<{ program: Program; addresses: string[] }> {
  const addresses: string[] = [];
  for (let i = 0; i < 3; i++) addresses.push(`127.0.0.1:${String(await freePort())}`);
  // A chroot of its own: nobody of an earlier test is in line.
  const connectString = `${ensemble.connectString}/${t.name.replaceAll(/\W+/g, '-')}`;
  const command = [process.execPath, example('cluster/cluster.mjs'), connectString, ...addresses] as const;
  return { program: new Program(t, [...command]), addresses };
}

/** Replaces what differs from run to run, the same by the same. */
function anonymous(lines: readonly string[], addresses: readonly string[]): string[] {
  const names = new Map(addresses.map((address, index) => [address, ['ONE', 'TWO', 'THREE'][index] ?? '']));
  const epochs = new Map<string, string>();
  return lines.map((line) =>
    line
      .replaceAll(/127\.0\.0\.1:\d+/g, (address) => names.get(address) ?? address)
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replaceAll(/(?<=epoch )\d+/g, (epoch) => {
        if (!epochs.has(epoch)) epochs.set(epoch, 'ABC'.charAt(epochs.size));
        return epochs.get(epoch) ?? epoch;
      }),
  );
}
