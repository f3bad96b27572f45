import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { levels } from '../../../src/containment/containment.js';
import type { Order, Report } from '../../../src/watchdog/protocol.js';
import { encode, orderDecoder, ProtocolError, reportDecoder } from '../../../src/watchdog/protocol.js';

const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const text = fc.string({ unit: 'binary' });
const term = fc.bigInt({ min: 0n, max: 2n ** 63n }).map(String);
const milliseconds = fc.double({ noNaN: true, noDefaultInfinity: true }).map((ms) => ms + 0);
const moment = fc.record({ monotonicMs: milliseconds, uptimeMs: milliseconds });
const hexadecimal = (digits: number) =>
  fc
    .bigInt({ min: 0n, max: 2n ** BigInt(4 * digits) - 1n })
    .map((value) => value.toString(16).padStart(digits, '0'));
const level = fc.constantFrom(...levels);

const hook = fc.constantFrom('elected', 'lost');
const program = fc.record({ file: text, argv0: text, args: fc.array(text) });
const childExit = fc.oneof(
  fc.record({ kind: fc.constant('code'), code: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constant('signal'), signal: fc.constantFrom('SIGKILL', 'SIGSEGV') }),
  fc.record({ kind: fc.constant('not-started'), errno: fc.constantFrom('ENOENT', 'EACCES') }),
);

const processGroup = fc.record(
  { pid: fc.integer({ min: 2, max: 2 ** 22 }), startedAt: text },
  { requiredKeys: ['pid'] },
);

const anyOrder: fc.Arbitrary<Order> = fc.oneof(
  fc.record({
    type: fc.constant('prepare'),
    number: count,
    charge: fc.record({
      command: program,
      stdin: fc.boolean(),
      containment: fc.constantFrom('auto', ...levels),
      containmentRequired: fc.boolean(),
    }),
  }),
  fc.record({
    type: fc.constant('session'),
    number: count,
    key: fc.record(
      {
        id: hexadecimal(16),
        password: hexadecimal(32),
        timeoutMs: count,
        servers: fc.array(fc.record({ host: text, port: count })),
        authFile: text,
        tls: fc.record(
          { caFile: text, certFile: text, keyFile: text, serverName: text },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: ['id', 'password', 'timeoutMs', 'servers'] },
    ),
  }),
  fc.record({
    type: fc.constant('start'),
    number: count,
    term,
    environment: fc.dictionary(text, text),
    marker: fc.tuple(text, text).map(([name, value]) => `${name}=${value}`),
    killAt: moment,
    hooks: fc.subarray(['elected', 'lost'] as const),
  }),
  fc.record({
    type: fc.constant('run-hook'),
    number: count,
    term,
    hook,
    command: program,
    environment: fc.dictionary(text, text),
  }),
  fc.record({ type: fc.constant('skip-hook'), number: count, term, hook }),
  fc.record(
    {
      type: fc.constant('side-process'),
      number: count,
      role: fc.constantFrom('standby', 'check'),
      leader: processGroup,
    },
    { requiredKeys: ['type', 'number', 'role'] },
  ),
  fc.record({ type: fc.constant('set-deadline'), number: count, term, killAt: moment }),
  fc.record({
    type: fc.constant('signal'),
    number: count,
    term,
    signal: fc.constantFrom('SIGTERM', 'SIGUSR2', 'SIGWINCH'),
    to: fc.constantFrom('group', 'tree'),
  }),
  fc.record({ type: fc.constant('kill'), number: count, term }),
  fc.record({ type: fc.constant('leave'), number: count }),
);

const anyReport: fc.Arbitrary<Report> = fc.oneof(
  fc.record(
    {
      type: fc.constant('ready'),
      level,
      cgroup: text,
      passedOver: fc.array(fc.record({ level, because: text })),
    },
    { requiredKeys: ['type', 'level', 'passedOver'] },
  ),
  fc.record({ type: fc.constant('refused'), message: text }),
  fc.record({ type: fc.constant('sweeping'), what: text }),
  fc.record({ type: fc.constant('unrecorded'), because: text }),
  fc.record({ type: fc.constant('taken'), number: count }),
  fc.record({ type: fc.constant('started'), term, leader: processGroup }),
  fc.record({ type: fc.constant('expired'), term }),
  fc.record({ type: fc.constant('exited'), term, exit: childExit }),
  fc.record({
    type: fc.constant('hook-started'),
    term,
    hook,
    pid: fc.integer({ min: 1, max: 2 ** 22 }),
  }),
  fc.record({ type: fc.constant('hook-ended'), term, hook, exit: childExit }),
  fc.record({ type: fc.constant('empty'), term }),
);

/** As JSON makes them: fast-check's objects may have no prototype. */
function plain<Message>(message: Message): Message {
  return structuredClone(message);
}

/** Cuts the text into pieces; where, chance says. */
function pieces(whole: string, cuts: readonly number[]): readonly string[] {
  const places = [...cuts.map((cut) => Math.floor(cut * whole.length)), whole.length].sort((a, b) => a - b);
  let from = 0;
  return places.map((to) => {
    const piece = whole.slice(from, to);
    from = to;
    return piece;
  });
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

test('hands every order over as it was sent, however the pipe cuts it', () => {
  fc.assert(
    fc.property(fc.array(anyOrder.map(plain), { maxLength: 8 }), cuts, (orders, where) => {
      const decoder = orderDecoder();
      const read = pieces(orders.map(encode).join(''), where).flatMap((piece) => [...decoder.feed(piece)]);
      assert.deepEqual(read, orders);
    }),
  );
});

test('hands every report over as it was sent, however the pipe cuts it', () => {
  fc.assert(
    fc.property(fc.array(anyReport.map(plain), { maxLength: 8 }), cuts, (reports, where) => {
      const decoder = reportDecoder();
      const read = pieces(reports.map(encode).join(''), where).flatMap((piece) => [...decoder.feed(piece)]);
      assert.deepEqual(read, reports);
    }),
  );
});

test('hands the environment over whole, whatever its variables are called', () => {
  const environment = Object.fromEntries(
    ['constructor', 'prototype', '__proto__', 'toString', 'hasOwnProperty', ''].map((name) => [name, 'x']),
  );
  const order: Order = {
    type: 'start',
    number: 1,
    term: '7',
    environment,
    marker: 'A=b',
    killAt: { monotonicMs: 1, uptimeMs: 2 },
    hooks: [],
  };
  const [read] = orderDecoder().feed(encode(order));
  assert.ok(read?.type === 'start');
  assert.deepEqual(Object.entries(read.environment), Object.entries(environment));
});

test('writes one line a message, whatever line breaks are in it', () => {
  fc.assert(
    fc.property(fc.oneof(anyOrder, anyReport), (message) => {
      assert.equal(encode(message).indexOf('\n'), encode(message).length - 1);
    }),
  );
});

const moments = '"killAt":{"monotonicMs":1,"uptimeMs":2},"hooks":[]';

const malformedOrders: Readonly<Record<string, string>> = {
  'not JSON': 'kill',
  'an empty line': '',
  'half an object': '{"type":"leave","number":1',
  'no object': '7',
  null: 'null',
  'a list': '[{"type":"leave","number":1}]',
  'an unknown type': '{"type":"obey","number":1}',
  'a report': '{"type":"empty","term":"7"}',
  'no type': '{"number":1}',
  'no number': '{"type":"leave"}',
  'a number that is none': '{"type":"leave","number":"1"}',
  'a negative number': '{"type":"leave","number":-1}',
  'half a number': '{"type":"leave","number":1.5}',
  'a number too large to count by': '{"type":"leave","number":9007199254740993}',
  'no term': `{"type":"set-deadline","number":1,${moments}}`,
  'a term that is a number': '{"type":"kill","number":1,"term":7}',
  'a negative term': '{"type":"kill","number":1,"term":"-7"}',
  'an empty term': '{"type":"kill","number":1,"term":""}',
  'no moment': '{"type":"set-deadline","number":1,"term":"7"}',
  'a moment that is a number': '{"type":"set-deadline","number":1,"term":"7","killAt":1}',
  'half a moment': '{"type":"set-deadline","number":1,"term":"7","killAt":{"monotonicMs":1}}',
  'a moment of null, as JSON writes NaN and infinity':
    '{"type":"set-deadline","number":1,"term":"7","killAt":{"monotonicMs":null,"uptimeMs":2}}',
  'an infinite moment':
    '{"type":"set-deadline","number":1,"term":"7","killAt":{"monotonicMs":1e999,"uptimeMs":2}}',
  'a moment in words':
    '{"type":"set-deadline","number":1,"term":"7","killAt":{"monotonicMs":"1","uptimeMs":2}}',
  'a start without an environment': `{"type":"start","number":1,"term":"7","marker":"A=b",${moments}}`,
  'an environment with a number': `{"type":"start","number":1,"term":"7","environment":{"A":1},"marker":"A=b",${moments}}`,
  'a start without its hooks':
    '{"type":"start","number":1,"term":"7","environment":{},"marker":"A=b","killAt":{"monotonicMs":1,"uptimeMs":2}}',
  'a hook that there is not':
    '{"type":"run-hook","number":1,"term":"7","hook":"standby","command":{"file":"a","argv0":"a","args":[]},"environment":{}}',
  'a hook without a command': '{"type":"run-hook","number":1,"term":"7","hook":"lost","environment":{}}',
  'a process group of everybody': '{"type":"side-process","number":1,"role":"check","leader":{"pid":1}}',
  'a side process that there is not': '{"type":"side-process","number":1,"role":"lost","leader":{"pid":17}}',
  'a marker without a value': `{"type":"start","number":1,"term":"7","environment":{},"marker":"A",${moments}}`,
  'a signal without its name': '{"type":"signal","number":1,"term":"7","signal":"9","to":"tree"}',
  'a signal to nobody': '{"type":"signal","number":1,"term":"7","signal":"SIGTERM","to":"all"}',
  'a session id that is too short':
    '{"type":"session","number":1,"key":{"id":"a1","password":"000102030405060708090a0b0c0d0e0f","timeoutMs":1,"servers":[]}}',
  'a password in other digits':
    '{"type":"session","number":1,"key":{"id":"00000000000000a1","password":"zz0102030405060708090a0b0c0d0e0f","timeoutMs":1,"servers":[]}}',
  'a command without arguments':
    '{"type":"prepare","number":1,"charge":{"command":{"file":"a","argv0":"a"},"stdin":false,"containment":"auto","containmentRequired":false}}',
  'a containment that there is not':
    '{"type":"prepare","number":1,"charge":{"command":{"file":"a","argv0":"a","args":[]},"stdin":false,"containment":"jail","containmentRequired":false}}',
};

for (const [what, line] of Object.entries(malformedOrders))
  test(`takes no order that is ${what}`, () => {
    assert.throws(() => [...orderDecoder().feed(`${line}\n`)], ProtocolError);
  });

const malformedReports: Readonly<Record<string, string>> = {
  'an order': '{"type":"leave","number":1}',
  'without a process': '{"type":"started","term":"7"}',
  'of a negative process': '{"type":"started","term":"7","leader":{"pid":-1}}',
  'of process zero, which would mean our own group': '{"type":"started","term":"7","leader":{"pid":0}}',
  'of half a process': '{"type":"started","term":"7","leader":{"pid":1.5}}',
  'of a hook without its number': '{"type":"hook-started","term":"7","hook":"lost"}',
  'of the end of a hook that there is not':
    '{"type":"hook-ended","term":"7","hook":"main","exit":{"kind":"code","code":0}}',
  'of an end of no kind': '{"type":"exited","term":"7","exit":{}}',
  'of a negative exit code': '{"type":"exited","term":"7","exit":{"kind":"code","code":-1}}',
  'of a signal that is a number': '{"type":"exited","term":"7","exit":{"kind":"signal","signal":9}}',
  'of a level that there is not': '{"type":"ready","level":"jail","passedOver":[]}',
  'of a level without the ones passed over': '{"type":"ready","level":"group"}',
};

for (const [what, line] of Object.entries(malformedReports))
  test(`takes no report ${what}`, () => {
    assert.throws(() => [...reportDecoder().feed(`${line}\n`)], ProtocolError);
  });

test('takes nothing for a message that is none, whatever it is', () => {
  fc.assert(
    fc.property(fc.oneof(text, fc.json()), (noise) => {
      const line = noise.replaceAll('\n', ' ');
      assert.throws(() => [...orderDecoder().feed(`${line}\n`)], ProtocolError);
      assert.throws(() => [...reportDecoder().feed(`${line}\n`)], ProtocolError);
    }),
  );
});

test('hands on what came before a line that it does not understand', () => {
  const orders: Order[] = [
    { type: 'kill', number: 1, term: '7' },
    { type: 'leave', number: 2 },
  ];
  const read: Order[] = [];
  assert.throws(() => {
    for (const order of orderDecoder().feed(`${orders.map(encode).join('')}nonsense\n`)) read.push(order);
  }, ProtocolError);
  assert.deepEqual(read, orders);
});

test('says what it did not understand, and not all of it', () => {
  assert.throws(
    () => [...orderDecoder().feed(`${'x'.repeat(1000)}\n`)],
    (error: Error) =>
      error instanceof ProtocolError &&
      error.message === `not understood: ${'x'.repeat(200)}` &&
      error.cause instanceof Error,
  );
});

test('waits for the end of a line, and not for ever', () => {
  const decoder = orderDecoder();
  const tenMiB = 'x'.repeat(10 * 1024 * 1024);
  for (let fed = 0; fed < 4; fed += 1) assert.deepEqual([...decoder.feed(tenMiB)], []);
  assert.throws(() => [...decoder.feed('x')], new ProtocolError('a line without an end'));
});

test('takes a command whose arguments are as long as a kernel allows', () => {
  const long = '\u0001'.repeat(6 * 1024 * 1024 - 1000);
  const order: Order = {
    type: 'prepare',
    number: 1,
    charge: {
      command: { file: 'a', argv0: 'a', args: [long] },
      stdin: false,
      containment: 'auto',
      containmentRequired: false,
    },
  };
  assert.deepEqual([...orderDecoder().feed(encode(order))], [order]);
});
