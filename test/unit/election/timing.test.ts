import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Timing } from '../../../src/election/timing.js';
import {
  contradiction,
  deadlines,
  notesKeptMs,
  proofLagMs,
  resignLimitMs,
  silenceLimitMs,
  standbyIntervalMs,
} from '../../../src/election/timing.js';

/** The figures of the page that this program is designed by; they are its defaults, too. */
const designed: Timing = {
  sessionTimeoutMs: 15_000,
  heartbeatMs: 1000,
  tickTimeMs: 2000,
  leaseGraceMs: 3000,
  killBudgetMs: 1000,
  marginMs: 500,
  stopTimeoutMs: 30_000,
};

/** The shortest session of a test ensemble. */
const short: Timing = {
  sessionTimeoutMs: 2000,
  heartbeatMs: 200,
  tickTimeMs: 500,
  leaseGraceMs: 300,
  killBudgetMs: 200,
  marginMs: 100,
  stopTimeoutMs: 5000,
};

test('sends SIGTERM 7.2 s and SIGKILL 10.2 s after the last good heartbeat, by default', () => {
  const touchedAt = -proofLagMs(designed);
  assert.deepEqual(deadlines(designed, designed.sessionTimeoutMs, touchedAt), {
    terminateAt: 7200,
    killAt: 10_200,
    leaseUntil: 11_200,
  });
});

test('counts the lease from the touch, two percent and the margin short of the session', () => {
  assert.equal(deadlines(designed, 15_000, 100_000).leaseUntil, 100_000 + 14_700 - 500);
  assert.equal(deadlines(designed, 10_000, 100_000).leaseUntil, 100_000 + 9800 - 500);
});

test('lets the proof lag to the first heartbeat that was sent half a tick and the margin before W1', () => {
  assert.equal(notesKeptMs(designed), 1020 + 500);
  assert.equal(proofLagMs(designed), 1000 + 2000);
  assert.equal(proofLagMs({ ...designed, heartbeatMs: 200 }), 200 + 1600);
  assert.equal(proofLagMs({ ...designed, heartbeatMs: 3000 }), 3000 + 3000);
});

test('derives the shorter intervals from the session that was granted', () => {
  assert.deepEqual(
    [silenceLimitMs(15_000), silenceLimitMs(6000), silenceLimitMs(60_000)],
    [2000, 1000, 2000],
  );
  assert.equal(standbyIntervalMs(15_000), 2500);
  assert.equal(resignLimitMs(15_000), 5000);
});

test('accepts the defaults, and a session of 2 s on a tick of 500 ms', () => {
  assert.equal(contradiction(designed, 15_000), undefined);
  assert.equal(contradiction(short, 2000), undefined);
});

test('refuses a session below two ticks', () => {
  assert.equal(
    contradiction(designed, 3999),
    'a session timeout of 3999ms is below two ticks of 2000ms; no lease is sound there: ' +
      'lengthen --session-timeout, or correct --tick-time',
  );
  assert.equal(
    contradiction({ ...short, tickTimeMs: 1001 }, 2000),
    'a session timeout of 2000ms is below two ticks of 1001ms; no lease is sound there: ' +
      'lengthen --session-timeout, or correct --tick-time',
  );
});

test('refuses timings that leave less than three heartbeats, and shows the arithmetic', () => {
  assert.equal(
    contradiction(designed, 10_000),
    'the timings leave 2300ms between the last good heartbeat and SIGTERM, and three heartbeats need 3000ms: ' +
      'session timeout 10000ms x 0.98 - proof lag 3000ms (--heartbeat 1000ms, --tick-time 2000ms) ' +
      '- --margin 500ms - --kill-budget 1000ms - --lease-grace 3000ms = 2300ms; ' +
      'a session timeout of at least 11091ms is needed, or a shorter --lease-grace or --heartbeat',
  );
  assert.equal(
    contradiction({ ...short, leaseGraceMs: 1000 }, 2000),
    'the timings leave 60ms between the last good heartbeat and SIGTERM, and three heartbeats need 600ms: ' +
      'session timeout 2000ms x 0.98 - proof lag 600ms (--heartbeat 200ms, --tick-time 500ms) ' +
      '- --margin 100ms - --kill-budget 200ms - --lease-grace 1000ms = 60ms; ' +
      'a session timeout of at least 2773ms is needed, or a shorter --lease-grace or --heartbeat',
  );
});

test('names a session timeout that is the shortest one it accepts', () => {
  fc.assert(
    fc.property(timings, fc.integer({ min: 0, max: 120_000 }), (timing, sessionTimeoutMs) => {
      const refused = contradiction(timing, sessionTimeoutMs);
      const shortest = Number(/at least (\d+)ms is needed/.exec(refused ?? '')?.[1] ?? NaN);
      fc.pre(!Number.isNaN(shortest));
      assert.ok(shortest > sessionTimeoutMs);
      assert.equal(contradiction(timing, shortest), undefined);
      assert.notEqual(contradiction(timing, shortest - 1), undefined);
    }),
  );
});

test('keeps SIGTERM before SIGKILL before the end of the lease, in the future of three heartbeats', () => {
  fc.assert(
    fc.property(timings, fc.integer({ min: 2000, max: 120_000 }), (timing, sessionTimeoutMs) => {
      fc.pre(contradiction(timing, sessionTimeoutMs) === undefined);
      const { terminateAt, killAt, leaseUntil } = deadlines(timing, sessionTimeoutMs, -proofLagMs(timing));
      assert.ok(3 * timing.heartbeatMs <= terminateAt);
      assert.ok(terminateAt <= killAt && killAt < leaseUntil);
      // Whoever is next leads no earlier than this after the touch: the session's whole life, on a fast clock.
      assert.ok(leaseUntil + proofLagMs(timing) <= sessionTimeoutMs * 0.98 + 1e-6);
    }),
  );
});

const timings = fc.record<Timing>({
  sessionTimeoutMs: fc.constant(15_000),
  heartbeatMs: fc.integer({ min: 1, max: 10_000 }),
  tickTimeMs: fc.integer({ min: 1, max: 10_000 }),
  leaseGraceMs: fc.integer({ min: 0, max: 30_000 }),
  killBudgetMs: fc.integer({ min: 1, max: 10_000 }),
  marginMs: fc.integer({ min: 0, max: 10_000 }),
  stopTimeoutMs: fc.integer({ min: 0, max: 120_000 }),
});
