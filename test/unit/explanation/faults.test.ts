import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Fate, faultsOf, type Servers } from '../../../src/explanation/faults.js';
import { enduranceOf, momentsOf } from '../../../src/explanation/outlook.js';
import { parseDuration } from '../../../src/options/duration.js';
import { DEFAULTS, SHORT, validTiming } from './timings.js';

const anyServers = fc.constantFrom<Servers>('several', 'one named', 'one');

/** In whole milliseconds: fate, what is endured, typical, longest. */
function figures(fate: Fate): unknown[] {
  if (fate.kind === 'goes-on') return [fate.kind];
  const { kind, typicalMs, longestMs } = fate;
  const endured = fate.kind === 'ends' ? [] : [Math.round(fate.enduredMs)];
  return [kind, ...endured, Math.round(typicalMs), Math.round(longestMs)];
}

test('tells for each fault what becomes of a leader with the default timings', () => {
  // What is left when the session has to end: 15 s and a tick on a slow clock, a note that is kept, a heartbeat.
  const expiryMs = 17_340 + 1520 + 1000;
  const IF_SHORT = 'goes-on-if-short';
  const told = faultsOf(DEFAULTS, 15_000, 'several').map(({ name, fate }) => [name, ...figures(fate)]);
  assert.deepEqual(told, [
    ['asked-to-stop', 'ends', 0, 32_000],
    ['command-ended', 'ends', 0, 5000],
    ['supervisor-killed', 'ends', 0, 2000],
    ['supervisor-stopped', IF_SHORT, 6200, 16_000, expiryMs],
    ['watchdog-killed', 'ends', 0, 2000],
    ['watchdog-stopped', IF_SHORT, 2000, 2500, 5000],
    ['both-killed', 'ends', 16_000, expiryMs],
    ['machine-lost', 'ends', 16_000, expiryMs],
    ['network-silent', IF_SHORT, 3200, 16_000, expiryMs],
    ['network-deaf', IF_SHORT, 3200, 23_200, expiryMs + 12_200 + 5000],
    ['network-refused', IF_SHORT, 5200, 16_000, expiryMs],
    ['server-lost', 'goes-on'],
    ['server-cut-off', 'goes-on'],
    ['zookeeper-leader-lost', IF_SHORT, 3200, 16_000, expiryMs + 3000],
    ['quorum-lost', IF_SHORT, 3200, 16_000, expiryMs + 3000],
  ]);
});

test('counts on no other server where none is named, and on no quorum where one stands alone', () => {
  const fateOf = (servers: Servers, name: string): unknown => {
    const fault = faultsOf(DEFAULTS, 15_000, servers).find((each) => each.name === name);
    return fault?.fate;
  };
  for (const name of ['server-lost', 'server-cut-off']) {
    assert.deepEqual(fateOf('one named', name), fateOf('several', 'network-silent'));
    assert.deepEqual(fateOf('one', name), fateOf('several', 'quorum-lost'));
  }
});

test('says of a server that is given up too late that it costs the term', () => {
  const late = { ...DEFAULTS, heartbeatMs: 500, leaseGraceMs: 9000 };
  const { noticedMs, terminateMs } = momentsOf(late, 15_000);
  assert.ok(noticedMs >= terminateMs);
  const fates = faultsOf(late, 15_000, 'several').filter(({ name }) => name.startsWith('server-'));
  assert.deepEqual(
    fates.map(({ fate }) => fate.kind),
    ['ends', 'ends'],
  );
});

test('says in words what each of its lengths is the sum of', () => {
  fc.assert(
    fc.property(validTiming, anyServers, (timing, servers) => {
      for (const { fate } of faultsOf(timing, timing.sessionTimeoutMs, servers)) {
        if (fate.kind === 'goes-on') continue;
        const parts = fate.longestIs.split(' + ').map((part) => part.slice(part.lastIndexOf(' ') + 1));
        const sum = parts.reduce((ms, part) => ms + parseDuration('part', part), 0);
        assert.ok(Math.abs(sum - fate.longestMs) <= parts.length, fate.longestIs);
        assert.ok(fate.typicalMs <= fate.longestMs, fate.longestIs);
      }
    }),
  );
});

test('never lets a leader go on for longer than until SIGTERM', () => {
  fc.assert(
    fc.property(validTiming, anyServers, (timing, servers) => {
      const { terminateMs, killMs } = momentsOf(timing, timing.sessionTimeoutMs);
      for (const { name, fate } of faultsOf(timing, timing.sessionTimeoutMs, servers)) {
        if (fate.kind !== 'goes-on-if-short') continue;
        assert.ok(
          0 < fate.enduredMs && fate.enduredMs < (name === 'watchdog-stopped' ? killMs : terminateMs),
        );
      }
    }),
  );
  assert.equal(enduranceOf(SHORT, 2000).silenceMs, 0);
  const silent = faultsOf(SHORT, 2000, 'several').find(({ name }) => name === 'network-silent');
  assert.equal(silent?.fate.kind, 'ends');
});
