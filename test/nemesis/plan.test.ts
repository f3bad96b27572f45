import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Kind, Level, Plan } from './plan.js';
import { KINDS, LEVELS, complaint, isPromised, makePlan } from './plan.js';
import { describeStep, formatPlan, parsePlan } from './plan-text.js';

const anyOptions = fc.record({
  seed: fc.integer(),
  faults: fc.integer({ min: 1, max: 80 }),
  level: fc.constantFrom(...LEVELS),
});

function kindsOf({ steps }: Plan): Kind[] {
  return steps.flatMap(({ kind }) => (kind === 'calm' ? [] : [kind]));
}

test('the same seed makes the same plan, another one another', () => {
  const options = { faults: 20, level: 'cgroup' } as const;
  assert.deepEqual(makePlan({ ...options, seed: 7 }), makePlan({ ...options, seed: 7 }));
  assert.notDeepEqual(makePlan({ ...options, seed: 7 }), makePlan({ ...options, seed: 8 }));
});

test('a plan has as many faults as were asked for, and ends in calm', () => {
  fc.assert(
    fc.property(anyOptions, (options) => {
      const plan = makePlan(options);
      assert.equal(kindsOf(plan).length, options.faults);
      assert.equal(plan.steps.at(-1)?.kind, 'calm');
    }),
  );
});

test('each kind comes once before any comes again', () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(...LEVELS), (seed, level) => {
      const promised = KINDS.filter((kind) => isPromised(kind, level));
      const kinds = kindsOf(makePlan({ seed, faults: promised.length, level }));
      assert.deepEqual(new Set(kinds), new Set(promised));
    }),
  );
});

test('a plan asks for nothing that is not promised', () => {
  fc.assert(
    fc.property(anyOptions, (options) => {
      const plan = makePlan(options);
      const manners = Object.values(plan.manners).flat().join();
      if (options.level !== 'cgroup') assert.ok(!kindsOf(plan).includes('kill-both'));
      if (options.level !== 'cgroup') assert.ok(!manners.includes('clean'));
    }),
  );
});

test('a seed has the same faults with a job and without, and draws whether it has one', () => {
  const drawn = new Set<string>();
  for (let seed = 1; seed <= 20; seed += 1) {
    const options = { seed, faults: 15, level: 'cgroup' } as const;
    const [lasting, scheduled, either] = [
      makePlan({ ...options, job: 'lasting' }),
      makePlan({ ...options, job: 'scheduled' }),
      makePlan(options),
    ];
    assert.deepEqual(scheduled.steps, lasting.steps);
    assert.equal(lasting.job, undefined);
    assert.ok(scheduled.job !== undefined);
    assert.deepEqual(either, either.job === undefined ? lasting : scheduled);
    drawn.add(either.job === undefined ? 'lasting' : 'scheduled');
  }
  assert.deepEqual(drawn, new Set(['lasting', 'scheduled']));
});

test('every run of a scheduled job comes to an end, whoever ends it', () => {
  const overlaps = new Set<string>();
  for (let seed = 1; seed <= 200; seed += 1) {
    const { job, manners } = makePlan({ seed, faults: 1, level: 'cgroup', job: 'scheduled' });
    assert.ok(job !== undefined);
    overlaps.add(job.overlap);
    const isEnded = job.overlap === 'replace' || job.maxRuntimeMs > 0;
    const endless = Object.values(manners)
      .flat()
      .filter((manner) => !/brief|long/.test(manner));
    if (!isEnded) assert.deepEqual(endless, []);
    assert.doesNotMatch(Object.values(manners).flat().join(), /mortal/);
  }
  assert.equal(overlaps.size, 3);
});

test('with subreapers a command may have a daemon with an empty environment as long as its watchdog lives', () => {
  const plan = makePlan({ seed: 1, faults: 5, level: 'subreaper', only: ['kill-supervisor'] });
  assert.match(Object.values(plan.manners).flat().join(), /clean/);
});

test('a plan takes only the kinds that it is told to', () => {
  const only = ['kill-both', 'cut-server'] as const;
  assert.deepEqual(new Set(kindsOf(makePlan({ seed: 1, faults: 9, level: 'cgroup', only }))), new Set(only));
  assert.deepEqual(kindsOf(makePlan({ seed: 1, faults: 2, level: 'group', only })), [
    'cut-server',
    'cut-server',
  ]);
  assert.throws(() => makePlan({ seed: 1, faults: 2, level: 'group', only: ['kill-both'] }), /none of these/);
});

test('a plan that was written is read as it was', () => {
  fc.assert(
    fc.property(anyOptions, (options) => {
      const plan = makePlan(options);
      assert.deepEqual(parsePlan(formatPlan(plan)), plan);
    }),
  );
});

test('a plan may be cut down by hand', () => {
  const [header = '', first = '', second = ''] = formatPlan(
    makePlan({ seed: 1, faults: 3, level: 'cgroup' }),
  ).split('\n');
  const { steps } = parsePlan(`# less\n${header}\n\n${second}\n# ${first}\n`);
  assert.deepEqual(
    steps.map((step) => JSON.stringify(step)),
    [second],
  );
});

for (const [what, line, message] of [
  ['no JSON', 'stop', /line 2 of the plan is no JSON object: stop/],
  ['an unknown kind', '{"gapMs":1,"kind":"bite"}', /line 2 of the plan: expected "kind" to be one of/],
  ['no gap', '{"kind":"calm"}', /expected "gapMs" to be a number of milliseconds, got undefined/],
  ['a missing field', '{"gapMs":1,"kind":"kill-watchdog"}', /"who" of kill-watchdog cannot be undefined/],
  [
    'a wrong field',
    '{"gapMs":1,"kind":"kill-server","server":"4","forMs":1}',
    /"server" of kill-server cannot be "4"/,
  ],
  [
    'what is not promised',
    '{"gapMs":1,"kind":"kill-both","who":"a","restartMs":1}',
    /line 2 of the plan: kill-both is not promised at level group/,
  ],
] as const) {
  test(`a plan with ${what} is refused`, () => {
    const [header = ''] = formatPlan(makePlan({ seed: 1, faults: 1, level: 'group' })).split('\n');
    assert.throws(() => parsePlan(`${header}\n${line}\n`), message);
  });
}

test('a plan with a job that nobody knows is refused', () => {
  const text = formatPlan(makePlan({ seed: 1, faults: 1, level: 'group', job: 'scheduled' }));
  assert.throws(
    () => parsePlan(text.replace(/"overlap":"\w+"/, '"overlap":"never"')),
    /the first line of the plan has no job of ours: .*"overlap":"never"/,
  );
});

test('a plan without a header is refused', () => {
  assert.throws(() => parsePlan('{"gapMs":1,"kind":"calm"}\n'), /the first line of the plan has to have/);
  assert.throws(() => parsePlan('\n'), /the plan is empty/);
});

test('every step that is made is a valid one, and has words', () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom<Level>(...LEVELS), (seed, level) => {
      for (const step of makePlan({ seed, faults: 40, level }).steps) {
        assert.equal(complaint({ ...step }), undefined);
        assert.match(describeStep(step), step.kind === 'calm' ? /^calm/ : new RegExp(`^${step.kind}`));
      }
    }),
  );
});
