import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chronicle, type Entry } from '../../../src/status/chronicle.js';
import { timeOfDay } from '../../../src/status/words.js';
import { contender, election, NOON } from './made-up.js';

const [web1, web2] = [contender(5, 'web1', 60), contender(9, 'web2')];
const time = timeOfDay(NOON);

function lines(chronicle: Chronicle, entries: readonly Entry[]): string[] {
  return entries.map((entry) => chronicle.inWords(entry, NOON));
}

function objects(chronicle: Chronicle, entries: readonly Entry[]): unknown[] {
  return entries.map((entry) => JSON.parse(chronicle.inJson(entry, NOON)) as unknown);
}

test('tells once that the connection is lost, and what has changed when it is back', () => {
  const chronicle = new Chronicle('/jobs/nightly');
  assert.deepEqual(chronicle.suspended('nobody is there yet'), []);
  chronicle.seen([election([web1, web2])]);
  assert.deepEqual(lines(chronicle, chronicle.suspended('no answer')), [`${time} not connected: no answer`]);
  assert.deepEqual(chronicle.suspended('the session was lost: expired'), []);
  assert.equal(chronicle.staleBecause, 'no answer');
  assert.deepEqual(chronicle.elections, [election([web1, web2])]);
  assert.deepEqual(lines(chronicle, chronicle.seen([election([web2])])), [
    `${time} connected again`,
    `${time} web2 leads (epoch 9), after web1 has gone`,
  ]);
  assert.equal(chronicle.staleBecause, undefined);
  assert.deepEqual(chronicle.seen([election([web2])]), []);
});

test('names the election where it is one of several', () => {
  const chronicle = new Chronicle('/jobs');
  assert.deepEqual(
    lines(chronicle, chronicle.seen([election([web1], { path: '/jobs/team/night\u202ely' })])),
    [`${time} team/night?ly: web1 leads (epoch 5)`],
  );
});

test('tells that there is nothing, as long as there never was', () => {
  const chronicle = new Chronicle('/jobs');
  assert.deepEqual(lines(chronicle, chronicle.seen([])), [`${time} there is no election /jobs`]);
  assert.deepEqual(chronicle.seen([]), []);
  assert.deepEqual(lines(chronicle, chronicle.seen([election([web1])])), [
    `${time} nightly: web1 leads (epoch 5)`,
  ]);
  assert.deepEqual(lines(chronicle, chronicle.seen([])), [`${time} nightly: the election has been removed`]);
});

test('gives programs every field, whatever has happened', () => {
  const chronicle = new Chronicle('/jobs/nightly');
  chronicle.seen([election([web1, web2])]);
  const at = '2026-11-22T12:00:00.000Z';
  const first = {
    place: 1,
    id: 'web1',
    host: 'web1.example',
    pid: 4005,
    command: './job.sh',
    since: '2026-11-22T11:59:00.000Z',
    epoch: '5',
    session: '0x0000000000000005',
    znode: '/jobs/nightly/_c_5-lock-0000000005',
    watches: null,
  };
  const second = {
    place: 1,
    id: 'web2',
    host: 'web2.example',
    pid: 4009,
    command: './job.sh',
    since: at,
    epoch: '9',
    session: '0x0000000000000009',
    znode: '/jobs/nightly/_c_9-lock-0000000009',
    watches: null,
  };
  const nothing = { election: null, contender: null, after: null, because: null, state: null };
  assert.deepEqual(objects(chronicle, chronicle.suspended('no answer')), [
    { ...nothing, at, change: 'disconnected', because: 'no answer' },
  ]);
  const state = { leader: second, standbys: [], strangers: [], pause: null };
  assert.deepEqual(objects(chronicle, chronicle.seen([election([web2])])), [
    { ...nothing, at, change: 'reconnected' },
    { at, change: 'leads', election: '/jobs/nightly', contender: second, after: first, because: null, state },
  ]);
  assert.deepEqual(objects(chronicle, chronicle.seen([])), [
    { ...nothing, at, change: 'removed', election: '/jobs/nightly' },
  ]);
  assert.deepEqual(objects(new Chronicle('/jobs'), [{ kind: 'absent' }]), [
    { ...nothing, at, change: 'absent' },
  ]);
});

test('gives programs null for what a contender does not tell', () => {
  const chronicle = new Chronicle('/jobs/nightly');
  const pause = { by: 'ann', host: 'admin1', zxid: 99n, since: 'noon', first: 5n };
  const entries = chronicle.seen([election([contender(5), web2], { pause, strangers: ['x'] })]);
  const [leads] = objects(chronicle, entries) as { contender: object; state: { standbys: object[] } }[];
  const { id, host, pid, command } = { ...leads?.contender } as Record<string, unknown>;
  assert.deepEqual([id, host, pid, command], [null, null, null, null]);
  assert.deepEqual(
    { ...leads?.state, leader: null, standbys: leads?.state.standbys.length },
    {
      leader: null,
      standbys: 1,
      strangers: ['x'],
      pause: { by: 'ann', host: 'admin1', since: 'noon', because: null },
    },
  );
});
