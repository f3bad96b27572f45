// Against a second opinion: what can still end the command, if this comes now?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Kind, Level } from './plan.js';
import { KINDS, LEVELS, isPromised } from './plan.js';
import type { Plight } from './premises.js';
import { mayCome } from './premises.js';

const STOPS_SUPERVISOR: readonly Kind[] = [
  'kill-supervisor',
  'stop-supervisor',
  'slow-supervisor',
  'kill-both',
];
const ENDS_WATCHDOG: readonly Kind[] = ['kill-watchdog', 'kill-both'];
const STOPS_WATCHDOG: readonly Kind[] = ['stop-watchdog', 'slow-watchdog'];

const anyPlight = fc
  .record({
    supervisorStopped: fc.boolean(),
    watchdogStopped: fc.boolean(),
    watchdogMissing: fc.boolean(),
  })
  .filter(({ watchdogStopped, watchdogMissing }) => !(watchdogStopped && watchdogMissing));

function somebodyEndsIt(kind: Kind, plight: Plight, level: Level): boolean {
  const supervisor = !plight.supervisorStopped && !STOPS_SUPERVISOR.includes(kind);
  const gone = plight.watchdogMissing || ENDS_WATCHDOG.includes(kind);
  const frozen = !gone && (plight.watchdogStopped || STOPS_WATCHDOG.includes(kind));
  const switched = gone && level === 'cgroup';
  return supervisor || switched || !(gone || frozen);
}

test('whatever may come, somebody is left to end the command', () => {
  const anyKind = fc.constantFrom(...KINDS);
  fc.assert(
    fc.property(anyKind, anyPlight, fc.constantFrom(...LEVELS), (kind, plight, level) => {
      fc.pre(somebodyEndsIt('reset-client', plight, level));
      if (mayCome(kind, plight, level)) assert.ok(somebodyEndsIt(kind, plight, level));
    }),
    { numRuns: 2000 },
  );
});

test('whatever is promised may come when nothing else goes on', () => {
  const calm = { supervisorStopped: false, watchdogStopped: false, watchdogMissing: false };
  for (const level of LEVELS) {
    for (const kind of KINDS) assert.equal(mayCome(kind, calm, level), isPromised(kind, level));
  }
});

test('a contender whose supervisor is stopped may lose its watchdog where there is a dead-man switch', () => {
  const stopped = { supervisorStopped: true, watchdogStopped: false, watchdogMissing: false };
  assert.ok(mayCome('kill-watchdog', stopped, 'cgroup'));
  assert.ok(!mayCome('kill-watchdog', stopped, 'subreaper'));
});
