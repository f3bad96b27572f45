// Proves that contenders of other programs, made here by a session of the test's own, are ordered rightly beside ours.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { Ensemble } from '../../support/ensemble.js';
import { RawSession } from './raw-session.js';
import { contend, endOf, newElection, options } from './stage.js';

const ensemble = await Ensemble.start();
const raw = await RawSession.open(ensemble.connectString);
after(async () => {
  await raw.close();
  await ensemble.stop();
});
const zookeeper = ensemble.connectString;

/** As long as ours lasts; it takes no part in how long somebody else's does. */
const OWN_SESSION_MS = 10_000;

const ECHO = ['sh', '-c', 'echo started; exec sleep 120'];

/** Makes the path; returns how to put a contender of that name in line. */
async function emptyElection() {
  const election = newElection();
  await raw.create(election.slice(0, election.lastIndexOf('/'))).catch(() => undefined);
  await raw.create(election);
  return { election, join: (name: string) => raw.create(`${election}/${name}`, 'ephemeral-sequential') };
}

const hex = (digit: string) => digit.repeat(32);
const uuid = (digit: string) => randomUUID().replaceAll(/[0-9a-f]/g, digit);

// Sorted by their letters, those who come first here would stand last, and ours among them.
const EARLIER = [
  { whose: "Curator's", name: `_c_${uuid('f')}-lock-` },
  { whose: "go-zookeeper's", name: `_c_${hex('e')}-lock-` },
  { whose: "kazoo's", name: `${hex('d')}-lock-` },
];
const LATER = [`_c_${uuid('0')}-lock-`, `_c_${hex('0')}-lock-`, `${hex('0')}-lock-`];

for (const { whose, name } of EARLIER) {
  test(`waits behind ${whose} contender, and takes over when it goes`, options, async (t) => {
    const { election, join } = await emptyElection();
    const theirs = await join(name);
    const ours = contend(t, { id: 'a', zookeeper, election, command: ECHO });
    await ours.logged('standing by', { behind: theirs, place: 2 });
    assert.deepEqual(ours.output, []);
    await raw.remove(theirs);
    await ours.printed(/^started$/);
  });
}

test(
  'stands behind all who came before, and leads before all who came after, whatever their names',
  options,
  async (t) => {
    const { election, join } = await emptyElection();
    const before: string[] = [];
    for (const { name } of EARLIER) before.push(await join(name));
    const [curators = '', golangs = '', kazoos = ''] = before;
    const ours = contend(t, { id: 'a', zookeeper, election, command: ECHO });
    await ours.logged('standing by', { behind: kazoos, place: 4 });
    for (const name of LATER) await join(name);
    // Not the one it watches: it is none the wiser. Then the one it watches, and the last.
    await raw.remove(golangs);
    await raw.remove(kazoos);
    await ours.logged('standing by', { behind: curators, place: 2 });
    assert.deepEqual(ours.output, []);
    await raw.remove(curators);
    await ours.printed(/^started$/);
    const strangers = ours.log.filter(({ level }) => level === 'error');
    assert.deepEqual(strangers, []);
    ours.signal('SIGTERM');
    await endOf(ours);
    assert.equal((await raw.children(election))?.length, LATER.length);
  },
);

test(
  'does not start while a stranger stands under the election path, and starts once it has gone',
  options,
  async (t) => {
    const { election, join } = await emptyElection();
    const theirs = await join(`_c_${uuid('a')}-lock-`);
    const ours = contend(t, { id: 'a', zookeeper, election, command: ECHO });
    await ours.logged('standing by', { behind: theirs });
    await raw.create(`${election}/stranger`);
    await raw.remove(theirs);
    await ours.logged('first in line, and not leading while strangers stand there', { level: 'error' });
    assert.deepEqual(ours.output, []);
    await raw.remove(`${election}/stranger`);
    await ours.printed(/^started$/);
  },
);

test(
  'waits for what a dead session has left behind, until that session has run out (kazoo#760)',
  options,
  async (t) => {
    const { election } = await emptyElection();
    const dead = await RawSession.open(zookeeper, { timeoutMs: 2000 });
    const leftOver = await dead.create(`${election}/_c_${uuid('a')}-lock-`, 'ephemeral-sequential');
    const ours = contend(t, { id: 'a', zookeeper, election, command: ECHO });
    await ours.logged('standing by', { behind: leftOver });
    const vanishedAt = Date.now();
    dead.vanish();
    await ours.printed(/^started$/);
    const { time } = await ours.logged('leading');
    assert.equal(await raw.stat(leftOver), undefined);
    const waitedMs = Date.parse(String(time)) - vanishedAt;
    assert.ok(waitedMs < OWN_SESSION_MS - 2000, `it has waited ${waitedMs} ms`);
  },
);
