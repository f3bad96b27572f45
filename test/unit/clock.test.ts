import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { monotonicClock } from '../../src/clock.js';

/** A machine whose clocks the test turns: uptime counts on through a suspension, in steps of 10 ms. */
function machine() {
  let monotonicMs = 5_000_000;
  let bootMs = 7_000_000;
  return {
    /** Starts a process, and returns its clock. */
    clock: () =>
      monotonicClock(
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

type Machine = ReturnType<typeof machine>;

interface Passing {
  readonly ms: number;
  readonly asleep: boolean;
}

/** Time that passes, some of it while the machine is suspended. */
const passing: fc.Arbitrary<readonly Passing[]> = fc.array(
  fc.record({
    ms: fc.oneof(
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.double({ min: 0, max: 60_000, noNaN: true }),
    ),
    asleep: fc.boolean(),
  }),
  { maxLength: 20 },
);

/** Returns how long that was. */
function pass({ run, sleep }: Machine, moves: readonly Passing[]): number {
  let elapsedMs = 0;
  for (const { ms, asleep } of moves) {
    if (asleep) sleep(ms);
    else run(ms);
    elapsedMs += ms;
  }
  return elapsedMs;
}

test('counts the time for which the machine was suspended (leapmux#403)', () => {
  const { clock: start, run, sleep } = machine();
  const clock = start();
  const startedAt = clock();
  run(1000);
  assert.equal(clock() - startedAt, 1000);
  sleep(3_600_000);
  assert.ok(Math.abs(clock() - startedAt - 3_601_000) <= 10, String(clock()));
  run(500);
  assert.ok(Math.abs(clock() - startedAt - 3_601_500) <= 10, String(clock()));
});

test('counts several suspensions together, even ones that nobody looked at in between', () => {
  const { clock: start, run, sleep } = machine();
  const clock = start();
  const startedAt = clock();
  sleep(1000);
  run(10);
  sleep(2000);
  assert.ok(Math.abs(clock() - startedAt - 3010) <= 10, String(clock()));
  sleep(4000);
  assert.ok(Math.abs(clock() - startedAt - 7010) <= 10, String(clock()));
});

test('takes the coarse steps of the uptime for no suspension', () => {
  const { clock: start, run } = machine();
  const clock = start();
  const startedAt = clock();
  for (let elapsedMs = 0.5; elapsedMs < 1000; elapsedMs += 0.5) {
    run(0.5);
    assert.equal(clock() - startedAt, elapsedMs);
  }
});

test('never goes back, and is never more than three steps of the uptime behind', () => {
  fc.assert(
    fc.property(passing, (moves) => {
      const here = machine();
      const clock = here.clock();
      const startedAt = clock();
      let before = startedAt;
      let elapsedMs = 0;
      for (const move of moves) {
        elapsedMs += pass(here, [move]);
        const now = clock();
        assert.ok(now >= before, `${now} comes after ${before}`);
        assert.ok(now - startedAt >= elapsedMs - 30.001, `${now - startedAt} is behind ${elapsedMs}`);
        assert.ok(now - startedAt <= elapsedMs + 10.001, `${now - startedAt} is ahead of ${elapsedMs}`);
        before = now;
      }
    }),
  );
});

test('counts from the start of the machine: processes that have seen no suspension agree', () => {
  const here = machine();
  const one = here.clock();
  here.run(1234.5);
  const other = here.clock();
  here.run(17);
  assert.equal(one(), other());
  assert.equal(other(), 5_001_251.5);
});

test('means the same moment in another process of the machine', () => {
  const here = machine();
  const sender = here.clock();
  here.run(40_003);
  const receiver = here.clock();
  here.run(7);
  const time = sender() + 1000;
  assert.equal(receiver.fromMoment(sender.toMoment(time)), time);
});

test('means the same moment in a process that was started behind a suspension', () => {
  const here = machine();
  const sender = here.clock();
  here.sleep(60_000);
  here.run(5);
  sender();
  const receiver = here.clock();
  here.run(5);
  const moment = sender.toMoment(sender() + 1000);
  assert.ok(Math.abs(receiver.fromMoment(moment) - receiver() - 1000) <= 1e-6);
});

test('tells another process of a moment that is nearer behind a suspension, and past behind a long one', () => {
  const here = machine();
  const sender = here.clock();
  const receiver = here.clock();
  const moment = sender.toMoment(sender() + 10_000);
  here.sleep(6000);
  assert.ok(Math.abs(receiver.fromMoment(moment) - receiver() - 4000) <= 30);
  here.sleep(6000);
  assert.ok(receiver.fromMoment(moment) <= receiver());
});

test('moves no moment by what the receiver has not noticed yet: that the machine was suspended', () => {
  const here = machine();
  const sender = here.clock();
  const receiver = here.clock();
  here.sleep(5000);
  const moment = sender.toMoment(sender() + 10_000);
  const time = receiver.fromMoment(moment);
  assert.ok(Math.abs(time - receiver() - 10_000) <= 30, `${time - receiver()}ms are left, not 10000ms`);
});

/**
 * Behind a suspension a clock may be three steps of the uptime behind: the sender's makes a moment too early, the
 * receiver's too late, and two steps are added so that no rounding brings it forward.
 */
const EARLIEST_MS = -30.001;
const LATEST_MS = 50.001;

test('is never more than some steps of the uptime off, wherever the machine was suspended', () => {
  const ahead = fc.double({ min: 0, max: 60_000, noNaN: true });
  const looks = fc.boolean();
  const times = fc.record({
    before: passing,
    betweenStarts: passing,
    sinceStarts: passing,
    onTheWay: passing,
    after: passing,
  });
  fc.assert(
    fc.property(times, ahead, looks, (moves, aheadMs, receiverLooks) => {
      const here = machine();
      pass(here, moves.before);
      const sender = here.clock();
      pass(here, moves.betweenStarts);
      const receiver = here.clock();
      pass(here, moves.sinceStarts);
      if (receiverLooks) receiver();
      const moment = sender.toMoment(sender() + aheadMs);
      const wayMs = pass(here, moves.onTheWay);
      const time = receiver.fromMoment(moment);
      const leftMs = aheadMs - wayMs - pass(here, moves.after);
      const offMs = time - receiver() - leftMs;
      assert.ok(offMs >= EARLIEST_MS && offMs <= LATEST_MS, `${offMs}ms off`);
    }),
    { numRuns: 1000 },
  );
});

test('is exactly right for as long as the machine is not suspended', () => {
  const ahead = fc.double({ min: 0, max: 60_000, noNaN: true });
  const awake = passing.map((moves) => moves.map((move) => ({ ...move, asleep: false })));
  fc.assert(
    fc.property(passing, passing, awake, ahead, (before, betweenStarts, since, aheadMs) => {
      const here = machine();
      pass(here, before);
      const sender = here.clock();
      pass(here, betweenStarts);
      const receiver = here.clock();
      const moment = sender.toMoment(sender() + aheadMs);
      const leftMs = aheadMs - pass(here, since);
      const offMs = receiver.fromMoment(moment) - receiver() - leftMs;
      assert.ok(Math.abs(offMs) < 0.001, `${offMs}ms off`);
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
