import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { monotonicClock } from '../../src/clock.js';

/** A machine whose clocks the test turns: uptime counts on through a suspension, in steps of 10 ms. */
function machine() {
  let monotonicMs = 5_000_000;
  let bootMs = 7_000_000;
  return {
    clock: monotonicClock(
      () => monotonicMs,
      () => Math.floor(bootMs / 10) * 10,
    ),
    run: (ms: number) => {
      monotonicMs += ms;
      bootMs += ms;
    },
    sleep: (ms: number) => {
      bootMs += ms;
    },
  };
}

test('counts the time for which the machine was suspended (leapmux#403)', () => {
  const { clock, run, sleep } = machine();
  run(1000);
  assert.equal(clock(), 1000);
  sleep(3_600_000);
  assert.ok(Math.abs(clock() - 3_601_000) <= 10, String(clock()));
  run(500);
  assert.ok(Math.abs(clock() - 3_601_500) <= 10, String(clock()));
});

test('counts several suspensions together, even ones that nobody looked at in between', () => {
  const { clock, run, sleep } = machine();
  sleep(1000);
  run(10);
  sleep(2000);
  assert.ok(Math.abs(clock() - 3010) <= 10, String(clock()));
  sleep(4000);
  assert.ok(Math.abs(clock() - 7010) <= 10, String(clock()));
});

test('takes the coarse steps of the uptime for no suspension', () => {
  const { clock, run } = machine();
  for (let elapsedMs = 0.5; elapsedMs < 1000; elapsedMs += 0.5) {
    run(0.5);
    assert.equal(clock(), elapsedMs);
  }
});

test('never goes back, and is never more than two steps of the uptime behind', () => {
  const moves = fc.array(
    fc.record({ ms: fc.double({ min: 0, max: 100, noNaN: true }), asleep: fc.boolean() }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(moves, (passing) => {
      const { clock, run, sleep } = machine();
      let before = clock();
      let elapsedMs = 0;
      for (const { ms, asleep } of passing) {
        if (asleep) sleep(ms);
        else run(ms);
        elapsedMs += ms;
        const now = clock();
        assert.ok(now >= before, `${now} comes after ${before}`);
        assert.ok(now >= elapsedMs - 30.001, `${now} is behind ${elapsedMs}`);
        assert.ok(now <= elapsedMs + 10.001, `${now} is ahead of ${elapsedMs}`);
        before = now;
      }
    }),
  );
});

test('goes by the clocks of this machine unless it is given others', () => {
  const clock = monotonicClock();
  const before = clock();
  assert.ok(before >= 0);
  while (clock() <= before);
  assert.ok(clock() < before + 60_000);
});
