import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Evidence } from '../../../src/election/lease.js';
import { addAnswer, addHeartbeat, connectEvidence } from '../../../src/election/lease.js';

const TICK_MS = 2000;

/** How long a note is kept at a tick, at most, with nothing allowed for late pings. */
const kept = (tickMs: number): number => (tickMs / 2) * 1.02;

/** A request of one connection. `touchedAt` is what its answer proved, if it was a heartbeat. */
interface Request {
  readonly kind: 'heartbeat' | 'read';
  readonly sentAt: number;
  readonly answeredAt: number;
}

interface Proof {
  readonly heartbeat: Request;
  readonly touchedAt: number;
  readonly evidence: Evidence;
}

/** Tells the evidence of every request, in the order of the answers. */
function prove(connectSentAt: number, requests: readonly Request[], tickMs = TICK_MS): readonly Proof[] {
  let evidence = connectEvidence(connectSentAt);
  const proofs: Proof[] = [];
  for (const request of byAnswer(requests)) {
    if (request.kind === 'read') {
      evidence = addAnswer(evidence, request.sentAt, request.answeredAt, kept(tickMs));
    } else {
      const proved = addHeartbeat(evidence, request.sentAt, request.answeredAt, kept(tickMs));
      evidence = proved.evidence;
      proofs.push({ heartbeat: request, touchedAt: proved.touchedAt, evidence });
    }
  }
  return proofs;
}

/**
 * The rule as it is derived, over everything that ever happened on the connection: W1 any heartbeat answered before
 * W2 was sent, y any request answered at least half a tick (by a clock that may be 2 % slow) before W1 was sent; or the
 * connect.
 */
function allowed(connectSentAt: number, history: readonly Request[], w2: Request, tickMs = TICK_MS): number {
  let latest = connectSentAt;
  for (const w1 of history) {
    if (w1.kind !== 'heartbeat' || w1 === w2 || w1.answeredAt > w2.sentAt) continue;
    for (const y of history) {
      if (y.answeredAt <= w1.sentAt - kept(tickMs)) latest = Math.max(latest, y.sentAt);
    }
  }
  return latest;
}

function byAnswer(requests: readonly Request[]): readonly Request[] {
  return [...requests].sort((one, other) => one.answeredAt - other.answeredAt);
}

/** Sends requests of one kind one after the other: each gap passes behind the answer to the one before. */
function chain(
  kind: Request['kind'],
  startAt: number,
  steps: readonly (readonly [number, number])[],
): Request[] {
  const requests: Request[] = [];
  let at = startAt;
  for (const [gapMs, latencyMs] of steps) {
    const sentAt = at + gapMs;
    requests.push({ kind, sentAt, answeredAt: sentAt + latencyMs });
    at = sentAt + latencyMs;
  }
  return requests;
}

/** Sends requests on a fixed beat, whenever the answers come. */
function beat(
  kind: Request['kind'],
  firstAt: number,
  everyMs: number,
  latenciesMs: readonly number[],
): Request[] {
  return latenciesMs.map((latencyMs, index) => {
    const sentAt = firstAt + index * everyMs;
    return { kind, sentAt, answeredAt: sentAt + latencyMs };
  });
}

const steps = (longestGapMs: number) =>
  fc.array(fc.tuple(fc.integer({ min: 0, max: longestGapMs }), fc.integer({ min: 1, max: 2000 })), {
    maxLength: 40,
  });

const ticks = fc.integer({ min: 1, max: 6000 });

test('proves the connect with the first heartbeat, and no more', () => {
  const reads = beat('read', 100, 100, Array<number>(30).fill(5));
  const [only] = prove(0, [...reads, { kind: 'heartbeat', sentAt: 3500, answeredAt: 3505 }]);
  assert.equal(only?.touchedAt, 0);
});

test('proves what was answered half a tick before the heartbeat that was answered before this one was sent', () => {
  const history: Request[] = [
    { kind: 'read', sentAt: 1000, answeredAt: 1010 },
    { kind: 'read', sentAt: 2000, answeredAt: 2010 },
    { kind: 'heartbeat', sentAt: 3030, answeredAt: 3035 },
    { kind: 'heartbeat', sentAt: 3040, answeredAt: 3045 },
  ];
  assert.deepEqual(touches(history), [0, 2000]);
  const earlier = history.map((request) =>
    request.sentAt === 3030 ? { ...request, sentAt: 3029 } : request,
  );
  assert.deepEqual(touches(earlier), [0, 1000]);
});

test('takes no heartbeat for W1 whose answer came after this one was sent', () => {
  const history: Request[] = [
    { kind: 'read', sentAt: 1000, answeredAt: 1010 },
    { kind: 'heartbeat', sentAt: 3000, answeredAt: 3020 },
    { kind: 'heartbeat', sentAt: 3019, answeredAt: 3030 },
  ];
  assert.deepEqual(touches(history), [0, 0]);
});

test('lags by one heartbeat and one tick in steady state', () => {
  const heartbeats = beat('heartbeat', 1000, 1000, Array<number>(30).fill(5));
  const last = prove(0, heartbeats).at(-1);
  assert.equal(last?.touchedAt, 30_000 - 1000 - TICK_MS);
});

test('never proves more than the rule allows over the whole history', () => {
  fc.assert(
    fc.property(steps(8000), steps(8000), ticks, (beats, looks, tickMs) => {
      const history = byAnswer([...chain('heartbeat', 10, beats), ...chain('read', 5, looks)]);
      for (const { heartbeat, touchedAt } of prove(0, history, tickMs)) {
        assert.ok(touchedAt >= 0, 'the connect at least');
        assert.ok(touchedAt <= allowed(0, history, heartbeat, tickMs));
      }
    }),
    { numRuns: 1000 },
  );
});

test('loses nothing by forgetting, while heartbeats come every two seconds or sooner', () => {
  const regular = fc
    .record({ everyMs: fc.integer({ min: 50, max: 2000 }), tickMs: ticks })
    .chain(({ everyMs, tickMs }) =>
      fc.record({
        everyMs: fc.constant(everyMs),
        tickMs: fc.constant(tickMs),
        latenciesMs: fc.array(fc.integer({ min: 1, max: Math.min(everyMs, 2000 - everyMs + 1) }), {
          maxLength: 60,
        }),
        looks: steps(8000),
      }),
    );
  fc.assert(
    fc.property(regular, ({ everyMs, tickMs, latenciesMs, looks }) => {
      const heartbeats = beat('heartbeat', 10, everyMs, latenciesMs);
      const history = byAnswer([...heartbeats, ...chain('read', 5, looks)]);
      for (const { heartbeat, touchedAt } of prove(0, history, tickMs)) {
        // Reads may only add to what the heartbeats prove by themselves.
        assert.ok(touchedAt >= allowed(0, heartbeats, heartbeat, tickMs));
      }
    }),
    { numRuns: 500 },
  );
});

test('loses nothing by forgetting, however seldom the heartbeats come', () => {
  // A minute's session, a heartbeat every 9 s, a look at the line every T/6: the two fall out of step.
  const heartbeats = beat('heartbeat', 0, 9000, Array<number>(60).fill(5));
  const reads = beat('read', 0, 10_000, Array<number>(54).fill(5));
  const history = byAnswer([...heartbeats, ...reads]);
  for (const { heartbeat, touchedAt } of prove(0, history)) {
    assert.ok(touchedAt >= allowed(0, heartbeats, heartbeat), `the heartbeat sent at ${heartbeat.sentAt}`);
  }
});

test('never goes back while heartbeats come one after the other', () => {
  fc.assert(
    fc.property(steps(1000), ticks, (beats, tickMs) => {
      const proved = prove(0, chain('heartbeat', 10, beats), tickMs).map(({ touchedAt }) => touchedAt);
      assert.deepEqual(
        proved,
        [...proved].sort((one, other) => one - other),
      );
    }),
  );
});

test('keeps a short list under any stream of answers', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('heartbeat', 'read'), fc.integer({ min: 0, max: 40 })), {
        minLength: 200,
        maxLength: 400,
      }),
      (stream) => {
        let evidence = connectEvidence(0);
        let now = 0;
        let heartbeatSentAt = -Infinity;
        for (const [kind, gapMs] of stream) {
          now += gapMs;
          // No heartbeat is sent sooner than 100 ms after the last one.
          if (kind === 'heartbeat' && now - heartbeatSentAt >= 100) {
            evidence = addHeartbeat(evidence, now - 1, now, kept(TICK_MS)).evidence;
            heartbeatSentAt = now;
          } else {
            evidence = addAnswer(evidence, now - 1, now, kept(TICK_MS));
          }
          // Of 3 s: a heartbeat every 100 ms, a read every quarter of a tick, and the one that y may be.
          assert.ok(evidence.answered.length <= 30 + 6 + 1 + 1, `${evidence.answered.length} are kept`);
        }
      },
    ),
  );
});

function touches(history: readonly Request[]): readonly number[] {
  return prove(0, history).map(({ touchedAt }) => touchedAt);
}
