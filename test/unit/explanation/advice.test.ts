import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { contradiction } from '../../../src/election/timing.js';
import { type Advice, adviceOn } from '../../../src/explanation/advice.js';
import { faultsOf } from '../../../src/explanation/faults.js';
import { enduranceOf } from '../../../src/explanation/outlook.js';
import type { EnsembleFacts } from '../../../src/zookeeper/ensemble-facts.js';
import { anyTiming, DEFAULTS, SHORT } from './timings.js';

/** What an ensemble with that tick, and no limits of its own, says of itself. */
function ensembleWith(tickTimeMs: number, askedMs: number): EnsembleFacts {
  const grantedMs = Math.min(Math.max(askedMs, 2 * tickTimeMs), 20 * tickTimeMs);
  return { grantedMs, shortestMs: 2 * tickTimeMs, members: [], server: undefined };
}

function brief({ name, options, first }: Advice): string[] {
  return [name, options, ...(first === undefined ? [] : [first])];
}

function machineLostMs({ timing }: Advice): number {
  const lost = faultsOf(timing, timing.sessionTimeoutMs, 'several').find(
    ({ name }) => name === 'machine-lost',
  );
  return lost !== undefined && 'longestMs' in lost.fate ? lost.fate.longestMs : NaN;
}

test('tells what the default timings could be changed to', () => {
  assert.deepEqual(adviceOn(DEFAULTS, ensembleWith(2000, 15_000)).map(brief), [
    ['shorter-session', '--session-timeout 12.8s'],
    [
      'shortest-session',
      '--session-timeout 4s --heartbeat 200ms --lease-grace 400ms --kill-budget 400ms --margin 200ms',
    ],
    [
      'shorter-tick',
      '--session-timeout 2s --tick-time 500ms --heartbeat 100ms --lease-grace 200ms --kill-budget 200ms --margin 100ms',
      'set tickTime=500 on every ZooKeeper server',
    ],
    ['longer-session', '--session-timeout 23s'],
  ]);
  assert.deepEqual(adviceOn(DEFAULTS, undefined), adviceOn(DEFAULTS, ensembleWith(2000, 15_000)));
});

test('tells what makes timings fit that do not', () => {
  const asked = { ...DEFAULTS, sessionTimeoutMs: 10_000 };
  assert.deepEqual(adviceOn(asked, ensembleWith(2000, 10_000)).map(brief), [
    ['longer-session', '--session-timeout 11.1s'],
    ['shorter-grace', '--lease-grace 1.9s'],
    ['shorter-heartbeat', '--heartbeat 500ms'],
    ['all-shorter', '--heartbeat 500ms --lease-grace 1s'],
  ]);
});

test('advises no session that is not granted', () => {
  const told = adviceOn(DEFAULTS, ensembleWith(500, 15_000)).map(brief);
  assert.deepEqual(told, [
    ['shorter-grace', '--session-timeout 10s --lease-grace 1.9s'],
    ['shorter-heartbeat', '--session-timeout 10s --heartbeat 500ms'],
    ['all-shorter', '--session-timeout 10s --heartbeat 500ms --lease-grace 1s'],
  ]);
});

test('advises the tick that the ensemble seems to have, and builds on none that is shorter', () => {
  const overstated = adviceOn({ ...SHORT, tickTimeMs: 600 }, ensembleWith(500, 2000));
  assert.deepEqual(overstated.map(brief)[0], ['tick-time', '--tick-time 500ms']);
  const understated = adviceOn(DEFAULTS, ensembleWith(3000, 15_000));
  assert.deepEqual(understated.map(brief)[0], ['tick-time', '--tick-time 3s']);
  for (const { timing, first } of understated) {
    assert.ok(first !== undefined || timing.tickTimeMs === 3000);
  }
});

test('advises only what a run accepts, and tells of it what would be explained then', () => {
  fc.assert(
    fc.property(anyTiming, fc.integer({ min: 1, max: 5000 }), (asked, tickTimeMs) => {
      const facts = ensembleWith(tickTimeMs, asked.sessionTimeoutMs);
      const present = {
        ...asked,
        sessionTimeoutMs: facts.grantedMs,
        tickTimeMs: Math.max(asked.tickTimeMs, tickTimeMs),
      };
      for (const advice of adviceOn(asked, facts)) {
        const { timing, first, name, options } = advice;
        const { sessionTimeoutMs } = timing;
        assert.equal(contradiction(timing, sessionTimeoutMs), undefined, options);
        assert.notEqual(options, '');
        if (first === undefined) assert.ok(sessionTimeoutMs >= 2 * tickTimeMs, options);
        if (first === undefined) assert.ok(sessionTimeoutMs <= 20 * tickTimeMs, options);
        assert.equal(advice.failoverMs, machineLostMs(advice));
        assert.equal(advice.silenceMs, enduranceOf(timing, sessionTimeoutMs).silenceMs);
        if (name.startsWith('short') && contradiction(present, facts.grantedMs) === undefined) {
          assert.ok(advice.failoverMs < machineLostMs({ ...advice, timing: present }), options);
        }
      }
    }),
  );
});
