// Writes, reads and removes ledgers on a real server, for terms that go on and terms that are over.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { LedgerOutcome } from '../../../src/election/term.js';
import { EMPTY_LEDGER, type Ledger } from '../../../src/ledger/ledger.js';
import { LedgerFormatError } from '../../../src/ledger/format.js';
import { type Acl, OPEN } from '../../../src/zookeeper/acl.js';
import { ledgerPath } from '../../../src/zookeeper/control-path.js';
import { readElections } from '../../../src/zookeeper/elections.js';
import { readLedger, removeLedger, writeLedger } from '../../../src/zookeeper/ledger.js';
import { checkExists } from '../../../src/zookeeper/requests.js';
import { Session } from '../../../src/zookeeper/session.js';
import { Ensemble } from '../../support/ensemble.js';
import { PATIENCE_MS, withDeadline } from '../../support/wait.js';
import { RawSession } from '../program/raw-session.js';
import { options } from '../program/stage.js';
import { Line } from '../status/line.js';

const SESSION_MS = 2 * PATIENCE_MS;
const ensemble = await Ensemble.start({ maxSessionTimeoutMs: SESSION_MS });
const raw = await RawSession.open(ensemble.connectString, { timeoutMs: SESSION_MS });
const session = await open();
after(async () => {
  await Promise.all([session.close(), raw.close()]);
  await ensemble.stop();
}, options);

const ONE: Ledger = { ...EMPTY_LEDGER, tick: 1, schedule: 'every 15m' };
const OTHER: Ledger = { ...ONE, tick: 2 };

async function open(): Promise<Session> {
  const server = { host: '127.0.0.1', port: ensemble.server(0).port };
  const connected = new Promise<Session>((resolve) => {
    const opened = new Session(
      {
        ensemble: { servers: [server], chroot: '' },
        sessionTimeoutMs: SESSION_MS,
        // A busy machine must not cost a connection, which is not what is asked about here.
        silenceLimitMs: PATIENCE_MS,
        clock: () => performance.now(),
      },
      {
        connected: () => {
          resolve(opened);
        },
        suspended: () => undefined,
        lost: () => undefined,
        attempt: () => undefined,
        failed: () => undefined,
        denied: () => undefined,
      },
    );
  });
  return withDeadline('a session', connected);
}

/** An election with a contender in it, and a way to write its ledger. */
class Term {
  readonly line: Line;
  readonly path: string;
  readonly #znodePath: string;

  private constructor(line: Line, znodePath: string) {
    this.line = line;
    this.path = ledgerPath(line.path);
    this.#znodePath = znodePath;
  }

  static async begin(): Promise<Term> {
    const line = await new Line(raw).make();
    return new Term(line, await line.join('web1'));
  }

  async end(): Promise<void> {
    await this.line.leave(this.#znodePath);
  }

  write(ledger: Ledger, exists: boolean, acl: Acl = OPEN): Promise<LedgerOutcome> {
    return writeLedger(session, { znodePath: this.#znodePath, path: this.path, ledger, exists, acl });
  }

  read(watcher?: () => void): Promise<Ledger | undefined> {
    return readLedger(session, this.path, watcher);
  }
}

test('makes a ledger beside the election, and overwrites it', options, async () => {
  const term = await Term.begin();
  assert.equal(await term.read(), undefined);
  assert.equal(await term.write(ONE, false), 'written');
  assert.deepEqual(await term.read(), ONE);
  assert.equal(await term.write(OTHER, true), 'written');
  assert.deepEqual(await term.read(), OTHER);
  assert.equal((await raw.children(term.line.path))?.length, 1);
});

test('writes nothing for a term that is over, and says so before anything else', options, async () => {
  const term = await Term.begin();
  await term.end();
  for (const exists of [false, true]) assert.equal(await term.write(ONE, exists), 'znode-gone');
  assert.equal(await term.read(), undefined);
  await raw.create(term.path, 'persistent', JSON.stringify({ version: 1, failures: 0, entries: [] }));
  for (const exists of [false, true]) assert.equal(await term.write(ONE, exists), 'znode-gone');
  assert.deepEqual(await term.read(), EMPTY_LEDGER);
});

test(
  'neither brings back a ledger that was removed, nor covers one that it does not know',
  options,
  async () => {
    const term = await Term.begin();
    assert.equal(await term.write(ONE, true), 'ledger-gone');
    assert.equal(await term.write(ONE, false), 'written');
    assert.equal(await term.write(OTHER, false), 'ledger-exists');
    assert.deepEqual(await term.read(), ONE);
    assert.equal(await removeLedger(session, term.path), true);
    assert.equal(await removeLedger(session, term.path), false);
    assert.equal(await term.write(OTHER, true), 'ledger-gone');
    assert.equal(await term.read(), undefined);
  },
);

test('sends a write before whatever is asked next', options, async () => {
  const term = await Term.begin();
  const answered: string[] = [];
  const asking = [
    term.write(ONE, false).then((written) => answered.push(written)),
    checkExists(session, 'a heartbeat', term.path).then((exists) => answered.push(String(exists))),
  ];
  await Promise.all(asking);
  assert.deepEqual(answered, ['written', 'true']);
});

test('permits with its ledger what it is told, and tells a refusal from a loss', options, async () => {
  const term = await Term.begin();
  const readable: Acl = [{ scheme: 'world', id: 'anyone', permissions: 'r' }];
  assert.equal(await term.write(ONE, false, readable), 'written');
  assert.deepEqual(await raw.acl(term.path), ['world:anyone:r']);
  await assert.rejects(term.write(OTHER, true), { name: 'EnsembleError', code: -102 });
  assert.deepEqual(await term.read(), ONE);
});

test('calls its watcher when a ledger is made, changed or removed', options, async () => {
  const term = await Term.begin();
  const read = async (): Promise<readonly [Ledger | undefined, Promise<void>]> => {
    let tell: () => void = () => undefined;
    const changed = new Promise<void>((resolve) => (tell = resolve));
    const ledger = await term.read(() => {
      tell();
    });
    return [ledger, withDeadline('a change', changed)];
  };
  const [none, made] = await read();
  await term.write(ONE, false);
  await made;
  const [one, changed] = await read();
  await term.write(OTHER, true);
  await changed;
  const [other, removed] = await read();
  await removeLedger(session, term.path);
  await removed;
  assert.deepEqual([none, one, other], [undefined, ONE, OTHER]);
});

test('refuses what is no ledger', options, async () => {
  const term = await Term.begin();
  await raw.create(term.path, 'persistent', 'mine');
  await assert.rejects(term.read(), LedgerFormatError);
});

test('is no election, neither beside its own nor when that has gone', options, async () => {
  const term = await Term.begin();
  await term.write(ONE, false);
  const parent = term.line.path.slice(0, term.line.path.lastIndexOf('/'));
  const found = async (): Promise<string[]> => {
    const search = { chroot: '', path: parent, pattern: { prefix: undefined } };
    return (await readElections(session, search)).map(({ path }) => path);
  };
  const before = await found();
  assert.ok(before.includes(term.line.path) && !before.includes(term.path), before.join());
  await term.end();
  await raw.remove(term.line.path);
  assert.deepEqual(
    await found(),
    before.filter((path) => path !== term.line.path),
  );
});
