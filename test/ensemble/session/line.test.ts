// What a contender asks for below its election path, and what it leaves alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { encodeLedger } from '../../../src/ledger/format.js';
import { EMPTY_LEDGER } from '../../../src/ledger/ledger.js';
import { Ensemble } from '../../support/ensemble.js';
import { PATIENCE_MS, eventually } from '../../support/wait.js';
import { PROGRAM } from './program.js';
import { type Stage, onStage } from './stage.js';
import { WatchedLine } from './watched-line.js';
import { OP } from './wire.js';

const options = { timeout: 3 * PATIENCE_MS };
const NO_NODE = -101;
const NODE_DATA_CHANGED = 3;
/** Length, xid, zxid and the error. */
const NO_NODE_REPLY_BYTES = 20;

const LEDGER = encodeLedger(EMPTY_LEDGER).toString();

let ensemble: Ensemble;
before(async () => {
  ensemble = await Ensemble.start();
}, options);
after(() => ensemble.stop(), options);

for (const [kind, chroot, made] of [
  ['no chroot', '', ''],
  ['a chroot that is there', '/present', '/present'],
  ['a chroot that is missing', '/missing', ''],
  ['a nested chroot that is half there', '/half/there/not', '/half'],
] as const) {
  test(`joins, is seen and leaves below ${kind}`, options, () =>
    staged(async (stage) => {
      const raw = await stage.raw();
      if (made !== '') await raw.makePath(made);
      const electionPath = `/jobs/of-${String(chroot.length)}`;
      const contender = new WatchedLine(stage, await stage.proxy(), { chroot, electionPath });
      await contender.open();
      contender.line.survey(performance.now());
      assert.deepEqual((await contender.next('surveyed')).names, []);
      const name = await contender.join();
      assert.match(name, /^_c_[0-9a-f-]{36}-lock-\d{10}$/);
      assert.deepEqual(await raw.children(`${chroot}${electionPath}`), [name]);
      contender.line.read(performance.now());
      assert.deepEqual((await contender.next('contenders')).names, [name]);
      assert.equal(await contender.heartbeat(name), true);
      contender.line.watch(name, name, performance.now());
      const { exists, ids } = await contender.next('watching');
      assert.deepEqual(
        { exists, ids },
        { exists: true, ids: { predecessor: 'somebody', leader: 'somebody' } },
      );
      contender.line.remove(name, performance.now());
      await contender.next('watch-fired');
      await contender.next('removed');
      assert.deepEqual(await raw.children(`${chroot}${electionPath}`), []);
      assert.equal(await contender.heartbeat(name), false);
    }),
  );
}

test('makes missing parents when another contender makes them at the same moment', options, () =>
  staged(async (stage) => {
    const raw = await stage.raw();
    const place = { chroot: '/race', electionPath: '/to/the/top' };
    const racers = await Promise.all(
      [1, 2].map(async () => {
        const { proxy, wire } = await stage.wiredProxy();
        wire.onReply = ({ code }) => (code === NO_NODE ? 'hold' : 'pass');
        const contender = new WatchedLine(stage, proxy, place);
        await contender.open();
        return { proxy, wire, contender };
      }),
    );
    const joins = Promise.all(racers.map(({ contender }) => contender.join()));
    await eventually('both to hear that the parent is missing', () =>
      racers.every(({ wire }) => wire.replies.some(({ code }) => code === NO_NODE)),
    );
    for (const { proxy, wire } of racers) {
      wire.onReply = () => 'pass';
      proxy.release();
    }
    const names = await joins;
    assert.deepEqual((await raw.children('/race/to/the/top')).sort(), names.sort());
  }),
);

test('its heartbeat changes nothing and wakes no watch, and ends with the znode', options, () =>
  staged(async (stage) => {
    const raw = await stage.raw();
    const contender = new WatchedLine(stage, await stage.proxy(), { chroot: '', electionPath: '/quiet' });
    await contender.open();
    const name = await contender.join();
    const path = `/quiet/${name}`;
    const events: string[] = [];
    const changed = `${path} ${String(NODE_DATA_CHANGED)}`;
    for (const watched of ['/quiet', path]) {
      await raw.watchAll(watched, (event) => events.push(`${event.getPath()} ${String(event.getType())}`));
    }
    const stats = [await raw.stat('/quiet'), await raw.stat(path)];
    for (let beats = 0; beats < 100; beats += 1) assert.equal(await contender.heartbeat(name), true);
    assert.deepEqual([await raw.stat('/quiet'), await raw.stat(path)], stats);
    assert.equal(events.join(), '');
    // The watches were there all the time.
    await raw.setData(path, 'changed');
    await eventually('a watch to fire', () => events.includes(changed));
    await raw.remove(path);
    assert.equal(await contender.heartbeat(name), false);
  }),
);

test('reads the ledger once for each change, however often it was told to watch it', options, () =>
  staged(async (stage) => {
    const raw = await stage.raw();
    const ledger = '/watched.runs';
    await raw.makePath(ledger);
    await raw.setData(ledger, LEDGER);
    const contender = new WatchedLine(stage, await stage.proxy(), { chroot: '', electionPath: '/watched' });
    await contender.open();
    for (let times = 0; times < 3; times += 1) {
      contender.line.watchLedger();
      await contender.next('ledger-seen');
    }
    await raw.setData(ledger, LEDGER);
    await contender.next('ledger-seen');
    // Answers come in the order of the requests.
    contender.line.read(performance.now());
    await contender.next('contenders');
    assert.equal(contender.seen.filter(({ type }) => type === 'ledger-seen').length, 4);
  }),
);

test('tells when its znode was made, by the clock of the ensemble, which here is ours', options, () =>
  staged(async (stage) => {
    const contender = new WatchedLine(stage, await stage.proxy(), { chroot: '', electionPath: '/clock' });
    await contender.open();
    const before = Date.now();
    contender.line.join(performance.now());
    const { createdAt } = await contender.next('joined');
    const span = [before, createdAt ?? NaN, Date.now()];
    assert.deepEqual(
      span,
      span.toSorted((one, other) => one - other),
    );
  }),
);

test('D13: asks for no version, so that somebody else may write to the znode', options, () =>
  staged(async (stage) => {
    const raw = await stage.raw();
    const { proxy, wire } = await stage.wiredProxy();
    const contender = new WatchedLine(stage, proxy, { chroot: '', electionPath: '/versions' });
    await contender.open();
    const name = await contender.join();
    const path = `/versions/${name}`;
    assert.equal(await contender.heartbeat(name), true);
    for (const version of [1, 2, 3]) {
      await raw.setData(path, `version ${String(version)}`);
      assert.equal((await raw.stat(path))?.version, version);
      assert.equal(await contender.heartbeat(name), true);
    }
    const checks = wire.requests.filter(({ op }) => op === OP.multi);
    assert.equal(checks.length, 4);
    // Behind the version stands nothing but the header that ends the transaction: 9 bytes.
    for (const { frame } of checks) assert.equal(frame.readInt32BE(frame.length - 13), -1);
    contender.line.remove(name, performance.now());
    await contender.next('removed');
    const removal = wire.requests.find(({ op }) => op === OP.delete);
    assert.equal(removal?.frame.readInt32BE(removal.frame.length - 4), -1);
    assert.equal(await raw.stat(path), null);
  }),
);

test('tells nothing more of a session that was given up, not even what had arrived by then', options, () =>
  staged(async (stage) => {
    const way = await stage.proxy();
    const contender = new WatchedLine(stage, way, { chroot: '', electionPath: '/given-up' });
    await contender.open();
    const held = way.bytesToClient;
    way.stall('toClient');
    contender.onEvent = ({ type }) => {
      if (type === 'contenders') contender.line.openSession();
    };
    for (let reads = 0; reads < 20; reads += 1) contender.line.read(performance.now());
    // They come in one piece, since they were held back: so many have arrived when the session is given up.
    await eventually('every answer to be held', () => way.bytesToClient >= held + 20 * NO_NODE_REPLY_BYTES);
    way.pass();
    await contender.next('connected');
    assert.equal(contender.seen.filter(({ type }) => type === 'contenders').length, 1);
  }),
);

function staged(scenario: (stage: Stage) => Promise<void>): Promise<void> {
  return onStage(PROGRAM, { host: '127.0.0.1', port: ensemble.server(0).port }, scenario);
}
