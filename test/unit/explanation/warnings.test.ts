import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Timing } from '../../../src/election/timing.js';
import { momentsOf } from '../../../src/explanation/outlook.js';
import { warningsOf } from '../../../src/explanation/warnings.js';
import type { EnsembleFacts } from '../../../src/zookeeper/ensemble-facts.js';
import { parseMembers } from '../../../src/zookeeper/membership.js';
import { DEFAULTS, SHORT, validTiming } from './timings.js';

const THREE = [1, 2, 3].map((id) => `server.${id}=zk${id}:2888:3888:participant;0.0.0.0:2181`).join('\n');
const OBSERVER = 'server.4=zk4:2888:3888:observer;0.0.0.0:2181';

const FACTS: EnsembleFacts = {
  grantedMs: 15_000,
  shortestMs: 4000,
  members: parseMembers(THREE),
  server: undefined,
};

function warn(
  changed: Partial<EnsembleFacts> = {},
  timing: Timing = DEFAULTS,
  names = 'zk1 zk2 zk3',
): string[] {
  const servers = names.split(' ').map((host) => ({ host, port: 2181 }));
  const facts = { ...FACTS, ...changed };
  const told = warningsOf({ timing, sessionTimeoutMs: facts.grantedMs, facts, servers });
  return told.map(({ name, text }) => `${name}: ${text}`);
}

function expectOne(told: readonly string[], pattern: RegExp): void {
  assert.equal(told.length, 1, told.join('\n'));
  assert.match(told[0] ?? '', pattern);
}

test('has nothing to say against the defaults on a sound ensemble', () => {
  assert.deepEqual(warn(), []);
  const asked = { timing: DEFAULTS, sessionTimeoutMs: 15_000, facts: undefined };
  assert.deepEqual(warningsOf({ ...asked, servers: [] }), []);
});

test('warns of a tick that the shortest session gives away', () => {
  expectOne(
    warn({ shortestMs: 6000 }),
    /^tick-time-too-short: .* is 6s, .* is 3s, --tick-time 2s is too short/,
  );
  expectOne(warn({ shortestMs: 1000 }), /^tick-time-too-long: .* is 1s, .* is 500ms, --tick-time 2s is safe/);
  assert.deepEqual(warn({ shortestMs: undefined }), []);
});

test('warns of observers, and names those of the connect string', () => {
  const members = parseMembers(`${THREE}\n${OBSERVER}`);
  expectOne(warn({ members }), /^observers: .*\(server\.4\).*; name only servers that vote/);
  const named = warn({ members }, DEFAULTS, 'zk1 zk2 zk4');
  expectOne(named, /; take zk4:2181 out of the connect string$/);
  const bracketed = parseMembers(`${THREE}\nserver.4=[::1]:2888:3888:observer;2181`);
  expectOne(warn({ members: bracketed }, DEFAULTS, 'zk1 zk2 ::1'), /; take \[::1\]:2181 out of the /);
  const here = warn({ members, server: { host: 'zk4', port: 2181 } }, DEFAULTS, 'zk1 zk2 zk4');
  expectOne(here, /, and one of those has answered us now$/);
});

test('warns where the loss of one server is too much, and where no other is named', () => {
  const some = (count: number): EnsembleFacts['members'] =>
    parseMembers(THREE.split('\n').slice(0, count).join('\n'));
  for (const count of [0, 1])
    expectOne(warn({ members: some(count) }), /^one-server-less: one server stands alone/);
  expectOne(warn({ members: some(2) }), /^one-server-less: two servers vote/);
  expectOne(warn({}, DEFAULTS, 'zk1'), /^one-server-named: .* one server of 3 that vote/);
  expectOne(warn({ members: undefined }), /^configuration-unread: /);
});

test('warns when another session is granted', () => {
  expectOne(
    warn({ grantedMs: 14_000 }),
    /^granted-otherwise: .* 15s was asked for, and 14s granted: its max/,
  );
  expectOne(
    warn({ grantedMs: 16_000 }),
    /^granted-otherwise: .* 15s was asked for, and 16s granted: its min/,
  );
});

test('warns of timings that leave little', () => {
  const short = warn({ shortestMs: 1000, grantedMs: 2000 }, SHORT).join('\n');
  assert.match(short, /^no-silence: /m);
  assert.match(short, /^few-heartbeats: there is time for 3 heartbeats/m);
  expectOne(warn({}, { ...DEFAULTS, marginMs: 50 }), /^little-margin: --margin 50ms/);
  expectOne(warn({}, { ...DEFAULTS, killBudgetMs: 99 }), /^little-kill-budget: --kill-budget 99ms/);
});

test('warns whenever a silent server is given up only behind SIGTERM', () => {
  fc.assert(
    fc.property(validTiming, (timing) => {
      const { sessionTimeoutMs, tickTimeMs } = timing;
      const { noticedMs, terminateMs } = momentsOf(timing, sessionTimeoutMs);
      const told = warn({ grantedMs: sessionTimeoutMs, shortestMs: 2 * tickTimeMs }, timing);
      const warned = told.some((text) => text.startsWith('noticed-too-late: '));
      assert.equal(warned, noticedMs >= terminateMs);
    }),
  );
});

test('says nothing of the room that timings leave which a run would refuse', () => {
  const refused = { ...DEFAULTS, sessionTimeoutMs: 10_000 };
  assert.deepEqual(warn({ grantedMs: 10_000 }, refused), []);
});
