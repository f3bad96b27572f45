import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { silenceLimitMs, type Timing } from '../../../src/election/timing.js';
import { attemptsPauseMs, enduranceOf, momentsOf } from '../../../src/explanation/outlook.js';
import { Rehearsal } from './rehearsal.js';
import { DEFAULTS, SHORT, validTiming } from './timings.js';

/** What a sum of fractions may be off by. */
const TINY_MS = 1e-6;

/** A leader that has led for some sessions, and then for a part of one more heartbeat. */
function steadyLeader(timing: Timing, share: number): Rehearsal {
  const leader = new Rehearsal(timing, 1);
  leader.passUntil(3 * timing.sessionTimeoutMs + share * timing.heartbeatMs);
  assert.notEqual(leader.startedAt, undefined);
  assert.equal(leader.terminatedAt, undefined);
  return leader;
}

const share = fc.double({ min: 0, max: 1, noNaN: true });

test('tells the moments that the README tells of the defaults', () => {
  const { sessionEndsMs, ...moments } = momentsOf(DEFAULTS, 15_000);
  assert.deepEqual(moments, {
    noticedMs: 3000,
    terminateMs: 7200,
    killMs: 10_200,
    leaseEndsMs: 11_200,
    sessionMayEndMs: 11_700,
  });
  // A heartbeat, a note that is kept, the timeout and a tick more by a slow clock.
  assert.equal(Math.round(sessionEndsMs), 1000 + 1520 + 1.02 * 17_000);
  assert.deepEqual(enduranceOf(DEFAULTS, 15_000), {
    silenceMs: 3200,
    refusalMs: 5200,
    standstillMs: 6200,
    heartbeats: 7,
  });
});

test('counts with the session that was granted, and with the pauses of the one that was asked for', () => {
  assert.equal(momentsOf(DEFAULTS, 12_000).terminateMs, 7200 - 3000 * 0.98);
  assert.equal(momentsOf({ ...DEFAULTS, sessionTimeoutMs: 60_000 }, 15_000).terminateMs, 7200);
  const { refusalMs, standstillMs } = enduranceOf({ ...SHORT, sessionTimeoutMs: 1500 }, 2000);
  assert.equal(Math.round(standstillMs - refusalMs), 250);
});

test('keeps the moments in their order, whatever the timings', () => {
  fc.assert(
    fc.property(validTiming, (timing) => {
      const moments = momentsOf(timing, timing.sessionTimeoutMs);
      assert.ok(0 < moments.noticedMs && 3 * timing.heartbeatMs <= moments.terminateMs);
      assert.ok(moments.terminateMs <= moments.killMs && moments.killMs < moments.leaseEndsMs);
      assert.ok(moments.leaseEndsMs <= moments.sessionMayEndMs);
      assert.ok(moments.sessionMayEndMs < moments.sessionEndsMs);
      // Whoever is next may lead from then on, were our clock as slow as a clock may be.
      assert.ok(moments.sessionMayEndMs <= timing.sessionTimeoutMs * 0.98);
    }),
  );
});

test('sends SIGTERM and SIGKILL when it says, or later by less than a heartbeat', () => {
  fc.assert(
    fc.property(validTiming, share, (timing, part) => {
      const leader = steadyLeader(timing, part);
      const { beatAt = NaN } = leader;
      leader.answers = false;
      leader.passUntil(leader.now + 2 * timing.sessionTimeoutMs);
      const { terminateMs, killMs } = momentsOf(timing, timing.sessionTimeoutMs);
      for (const [at = NaN, ms] of [
        [leader.terminatedAt, terminateMs],
        [leader.killedAt, killMs],
      ] as const) {
        const lateMs = at - (beatAt + ms);
        assert.ok(lateMs >= -TINY_MS && lateMs <= timing.heartbeatMs + TINY_MS, `late by ${lateMs}`);
      }
    }),
    { numRuns: 50 },
  );
});

test('outlasts as long a silence and a standstill as it says, whenever they begin', () => {
  fc.assert(
    fc.property(
      validTiming,
      share,
      fc.constantFrom('silence', 'refusal', 'standstill'),
      (timing, part, kind) => {
        const endurance = enduranceOf(timing, timing.sessionTimeoutMs);
        const enduredMs = endurance[`${kind}Ms`];
        fc.pre(enduredMs > 0);
        const leader = steadyLeader(timing, part);
        if (kind === 'standstill') {
          leader.standStillUntil(leader.now + enduredMs);
        } else {
          leader.answers = false;
          // One attempt more is in vain when it is over, if they are not refused at once, and a pause follows.
          const inVainMs = kind === 'silence' ? silenceLimitMs(timing.sessionTimeoutMs) : 0;
          leader.passUntil(leader.now + enduredMs + inVainMs + attemptsPauseMs(timing) - TINY_MS);
          leader.reconnect();
        }
        assert.equal(leader.terminatedAt, undefined);
        leader.passUntil(leader.now + 2 * timing.sessionTimeoutMs);
        assert.equal(leader.terminatedAt, undefined);
      },
    ),
    { numRuns: 50 },
  );
});

test('lets the next in line start its command within a heartbeat', () => {
  fc.assert(
    fc.property(validTiming, share, (timing, part) => {
      const next = new Rehearsal(timing, 2);
      next.passUntil((3 + part) * timing.sessionTimeoutMs);
      const goneAt = next.now;
      next.predecessorGoes();
      next.passUntil(goneAt + timing.sessionTimeoutMs);
      const { startedAt = Infinity } = next;
      assert.ok(startedAt - goneAt <= timing.heartbeatMs, `${startedAt - goneAt}`);
      assert.equal(next.terminatedAt, undefined);
    }),
    { numRuns: 50 },
  );
});
