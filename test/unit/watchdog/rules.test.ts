import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TermHook } from '../../../src/election/term.js';
import type { Order, SessionKey } from '../../../src/watchdog/protocol.js';
import type { WatchdogCommand, WatchdogEvent, WatchdogState } from '../../../src/watchdog/rules.js';
import { initially, step, wakeAt } from '../../../src/watchdog/rules.js';

const key: SessionKey = {
  id: '00000000000000a1',
  password: '000102030405060708090a0b0c0d0e0f',
  timeoutMs: 15_000,
  servers: [{ host: 'zk1', port: 2181 }],
};

const moment = { monotonicMs: 0, uptimeMs: 0 };

type OrderBody = Order extends infer One ? (One extends Order ? Omit<One, 'number'> : never) : never;

function order(number: number, body: OrderBody, killAt?: number): WatchdogEvent {
  return { type: 'order', order: { ...body, number } as Order, killAt };
}

function start(number: number, term: string, killAt: number, hooks: readonly TermHook[] = []): WatchdogEvent {
  return order(
    number,
    {
      type: 'start',
      term,
      environment: {},
      marker: 'ZK_LEADER_ZNODE=/e/n',
      killAt: moment,
      hooks: [...hooks],
    },
    killAt,
  );
}

function setDeadline(number: number, term: string, killAt: number): WatchdogEvent {
  return order(number, { type: 'set-deadline', term, killAt: moment }, killAt);
}

/** Takes the events one after the other, each at its moment; returns the state, and what the last one caused. */
function play(...events: readonly (readonly [at: number, event: WatchdogEvent])[]) {
  let state: WatchdogState = initially;
  let commands: readonly WatchdogCommand[] = [];
  for (const [at, event] of events) ({ state, commands } = step(state, event, at));
  return { state, commands: commands.map(inWords) };
}

function inWords(command: WatchdogCommand): string {
  if (command.type === 'signal') return `${command.signal} to the ${command.to}`;
  if (command.type === 'kill-group') return `kill-group ${command.leader.pid}`;
  if (command.type !== 'report') return command.type;
  const { report } = command;
  if (report.type === 'hook-ended')
    return `says ${report.hook} ended ${Object.values(report.exit).join(' ')}`;
  return report.type === 'taken' ? `taken ${report.number}` : `says ${report.type}`;
}

function runHook(number: number, hook: TermHook, term = '7'): WatchdogEvent {
  const command = { file: '/bin/true', argv0: 'true', args: [] };
  return order(number, { type: 'run-hook', term, hook, command, environment: {} });
}

function skipHook(number: number, hook: TermHook): WatchdogEvent {
  return order(number, { type: 'skip-hook', term: '7', hook });
}

const gone: WatchdogEvent = { type: 'supervisor-gone' };
const clock: WatchdogEvent = { type: 'clock' };
const empty: WatchdogEvent = { type: 'empty' };
const exited: WatchdogEvent = { type: 'exited', exit: { kind: 'code', code: 0 } };
const session = order(1, { type: 'session', key });
const running = [
  [0, session],
  [0, start(2, '7', 1000)],
] as const;

test('starts the command, and confirms the order ahead of that', () => {
  const { state, commands } = play(...running);
  assert.deepEqual(commands, ['taken 2', 'start']);
  assert.deepEqual(state.tree, { status: 'running', term: '7', killAt: 1000, hooksDue: [] });
  assert.equal(wakeAt(state), 1000);
});

test('starts nothing whose deadline has passed, and reports it as ended', () => {
  const { state, commands } = play([0, session], [1000, start(2, '7', 1000)]);
  assert.deepEqual(commands, ['taken 2', 'says expired', 'says exited', 'says empty']);
  assert.equal(state.tree.status, 'none');
});

test('starts nothing without a moment for its deadline', () => {
  const { state } = play([0, { ...start(2, '7', 0), killAt: undefined } as WatchdogEvent]);
  assert.equal(state.tree.status, 'none');
});

test('takes two starts for the work of a supervisor that has lost its head', () => {
  const second = play(...running, [10, start(3, '8', 2000)]);
  assert.deepEqual(second.commands, ['taken 3', 'kill']);
  assert.deepEqual(second.state.tree, { status: 'ending', term: '7' });
  const later = play(...running, [10, start(3, '8', 2000)], [20, empty]);
  assert.deepEqual(later.commands, ['says empty', 'end-session']);
});

test('kills at the deadline, and says so', () => {
  const { state, commands } = play(...running, [1000, clock]);
  assert.deepEqual(commands, ['says expired', 'kill']);
  assert.deepEqual(state.tree, { status: 'ending', term: '7' });
  assert.equal(wakeAt(state), Infinity);
});

test('leaves the command alone until then', () => {
  assert.deepEqual(play(...running, [999, clock]).commands, []);
});

test('goes by the last deadline that it was told in time, be it later or earlier', () => {
  assert.equal(wakeAt(play(...running, [500, setDeadline(3, '7', 1500)]).state), 1500);
  assert.equal(wakeAt(play(...running, [500, setDeadline(3, '7', 600)]).state), 600);
});

test('is not moved by a deadline that it reads too late', () => {
  const { state, commands } = play(...running, [1000, setDeadline(3, '7', 5000)]);
  assert.deepEqual(commands, ['says expired', 'kill', 'taken 3']);
  assert.deepEqual(state.tree, { status: 'ending', term: '7' });
});

test('kills when it is told to, and only once', () => {
  const kill = (number: number) => order(number, { type: 'kill', term: '7' });
  assert.deepEqual(play(...running, [10, kill(3)]).commands, ['taken 3', 'kill']);
  assert.deepEqual(play(...running, [10, kill(3)], [20, kill(4)]).commands, ['taken 4']);
});

test('hands signals on, also to a command that is being killed', () => {
  const signal = order(3, { type: 'signal', term: '7', signal: 'SIGTERM', to: 'tree' });
  assert.deepEqual(play(...running, [10, signal]).commands, ['taken 3', 'SIGTERM to the tree']);
  const late = play(...running, [1000, signal]);
  assert.deepEqual(late.commands, ['says expired', 'kill', 'taken 3', 'SIGTERM to the tree']);
  assert.deepEqual(play([0, signal]).commands, ['taken 3']);
});

test('does not take the end of the main process for the end of the tree', () => {
  const { state, commands } = play(...running, [10, exited]);
  assert.deepEqual(commands, ['says exited']);
  assert.equal(state.tree.status, 'running');
});

test('reports the empty tree, and stays for the next term', () => {
  const ended = play(...running, [10, exited], [20, empty]);
  assert.deepEqual(ended.commands, ['says empty']);
  assert.deepEqual(ended.state.tree, { status: 'none' });
  assert.deepEqual(play(...running, [10, empty], [20, start(3, '8', 2000)]).commands, ['taken 3', 'start']);
});

test('has nothing to say of a tree that is not there', () => {
  for (const event of [exited, empty, clock]) assert.deepEqual(play([0, event]).commands, []);
});

test('kills the command of a supervisor that has gone, and ends its session only behind the last process', () => {
  const killing = play(...running, [10, gone]);
  assert.deepEqual(killing.commands, ['kill']);
  const exitedOnly = play(...running, [10, gone], [20, exited]);
  assert.deepEqual(exitedOnly.commands, ['says exited']);
  const ended = play(...running, [10, gone], [20, exited], [30, empty]);
  assert.deepEqual(ended.commands, ['says empty', 'end-session']);
  const over = play(...running, [10, gone], [20, empty], [30, { type: 'session-ended' }]);
  assert.deepEqual(over.commands, ['exit']);
});

test('does not kill a second time what it was killing when the supervisor went', () => {
  assert.deepEqual(play(...running, [1000, clock], [1010, gone]).commands, []);
  const ended = play(...running, [1000, clock], [1010, gone], [1020, empty]);
  assert.deepEqual(ended.commands, ['says empty', 'end-session']);
});

test('ends the session at once when there is no command, and leaves when there is no session either', () => {
  assert.deepEqual(play([0, session], [10, gone]).commands, ['end-session']);
  assert.deepEqual(play([0, gone]).commands, ['exit']);
});

test('ends the session that it was told of last', () => {
  const next = order(2, { type: 'session', key: { ...key, id: '00000000000000a2' } });
  const { state } = play([0, session], [1, next]);
  const [command] = step(state, gone, 10).commands;
  assert.deepEqual(command, { type: 'end-session', key: { ...key, id: '00000000000000a2' } });
});

test('leaves the session alone when the supervisor leaves', () => {
  const leave = order(3, { type: 'leave' });
  assert.deepEqual(play([0, session], [10, leave]).commands, ['taken 3', 'exit']);
  assert.deepEqual(play(...running, [10, leave]).commands, ['taken 3', 'kill']);
  assert.deepEqual(play(...running, [10, leave], [20, gone], [30, empty]).commands, ['says empty', 'exit']);
});

test('hears of the closed pipe once: it is told three times', () => {
  assert.deepEqual(play([0, session], [10, gone], [11, gone], [12, gone]).commands, []);
});

test('obeys nobody any more once the supervisor has gone', () => {
  const { state, commands } = play([0, session], [10, gone], [20, start(3, '8', 2000)]);
  assert.deepEqual(commands, []);
  assert.equal(state.tree.status, 'none');
});

const withHooks = [
  [0, session],
  [0, start(2, '7', 1000, ['elected', 'lost'])],
] as const;
const electedRuns = [...withHooks, [1, runHook(3, 'elected')]] as const;

test('starts a hook in the tree that runs, once', () => {
  assert.deepEqual(play(...electedRuns).commands, ['taken 3', 'start-hook']);
  const again = play(...electedRuns, [2, runHook(4, 'elected')]);
  assert.deepEqual(again.commands, ['taken 4', 'says elected ended not-started ETIME']);
});

test('starts no hook in a tree that is being killed, or has gone, or is of another term', () => {
  const tooLate = ['taken 4', 'says lost ended not-started ETIME'];
  const killed = play(...electedRuns, [1000, clock], [1001, runHook(4, 'lost')]);
  assert.deepEqual(killed.commands, tooLate);
  const expiring = play(...electedRuns, [1000, runHook(4, 'lost')]);
  assert.deepEqual(expiring.commands, ['says expired', 'kill', ...tooLate]);
  const emptied = play(...electedRuns, [1000, clock], [1001, empty], [1002, runHook(4, 'lost')]);
  assert.deepEqual(emptied.commands, tooLate);
  assert.deepEqual(play(...electedRuns, [2, runHook(4, 'lost', '6')]).commands, tooLate);
});

test('does not take a tree for empty that a hook is still to come to', () => {
  const waiting = play(...electedRuns, [10, exited], [20, empty]);
  assert.deepEqual(waiting.commands, []);
  assert.equal(waiting.state.tree.status, 'running');
  const started = [...electedRuns, [10, exited], [20, empty], [30, runHook(4, 'lost')]] as const;
  assert.deepEqual(play(...started).commands, ['taken 4', 'start-hook']);
  const hookEnded: WatchdogEvent = { type: 'hook-ended', hook: 'lost', exit: { kind: 'code', code: 1 } };
  assert.deepEqual(play(...started, [40, hookEnded]).commands, ['says lost ended code 1']);
  assert.deepEqual(play(...started, [40, hookEnded], [50, empty]).commands, ['says empty']);
});

test('looks for the end again once no hook is to come any more', () => {
  const skipped = [...electedRuns, [10, exited], [20, skipHook(4, 'lost')]] as const;
  assert.deepEqual(play(...skipped).commands, ['taken 4', 'look']);
  assert.deepEqual(play(...skipped, [30, empty]).commands, ['says empty']);
  assert.deepEqual(play(...electedRuns, [1000, clock], [1001, skipHook(4, 'lost')]).commands, ['taken 4']);
});

test('waits for no hook of a tree that is being killed', () => {
  assert.deepEqual(play(...withHooks, [1000, clock], [1010, empty]).commands, ['says empty']);
  assert.deepEqual(play(...withHooks, [10, gone], [20, empty]).commands, ['says empty', 'end-session']);
});

test('waits for no hook of a command that could not be started', () => {
  const failed: WatchdogEvent = { type: 'exited', exit: { kind: 'not-started', errno: 'ENOENT' } };
  assert.deepEqual(play(...withHooks, [1, failed], [1, empty]).commands, ['says empty']);
});

test('kills the side processes of a supervisor that has gone, as long as they run', () => {
  const hookRuns = order(2, {
    type: 'side-process',
    role: 'standby',
    leader: { pid: 4711, startedAt: '17' },
  });
  const checkRuns = order(3, { type: 'side-process', role: 'check', leader: { pid: 4712 } });
  const both = [
    [0, session],
    [1, hookRuns],
    [2, checkRuns],
  ] as const;
  const killed = ['kill-group 4711', 'kill-group 4712', 'end-session'];
  assert.deepEqual(play(...both, [10, gone]).commands, killed);
  const hookOver = order(4, { type: 'side-process', role: 'standby' });
  assert.deepEqual(play(...both, [3, hookOver], [10, gone]).commands, ['kill-group 4712', 'end-session']);
  const checkOver = order(5, { type: 'side-process', role: 'check' });
  assert.deepEqual(play(...both, [3, hookOver], [4, checkOver], [10, gone]).commands, ['end-session']);
  const leave = order(4, { type: 'leave' });
  assert.deepEqual(play(...both, [3, leave]).commands, ['taken 4', 'exit']);
});

test('knows no term but the one that it holds', () => {
  for (const body of [
    { type: 'set-deadline', term: '6', killAt: moment },
    { type: 'signal', term: '6', signal: 'SIGTERM', to: 'tree' },
    { type: 'kill', term: '6' },
  ] as const) {
    const { state, commands } = play(...running, [10, order(3, body, 1)]);
    assert.deepEqual(commands, ['taken 3']);
    assert.deepEqual(state.tree, { status: 'running', term: '7', killAt: 1000, hooksDue: [] });
  }
});

// What holds whatever comes, in whatever order.

interface Happening {
  readonly event: WatchdogEvent;
  readonly afterMs: number;
}

const numbers = fc.integer({ min: 0, max: 30 });
const deadline = fc.integer({ min: -100, max: 3000 });
const termOf = (place: number) => String(place);

/** Every start has a term of its own, as every epoch is a new one; the other orders may mean any of them. */
const anyHappening = (place: number): fc.Arbitrary<Happening> => {
  const term = fc.integer({ min: 0, max: place }).map(termOf);
  const event: fc.Arbitrary<WatchdogEvent> = fc.oneof(
    fc.constantFrom(clock, gone, exited, empty),
    {
      weight: 3,
      arbitrary: fc
        .tuple(numbers, deadline, fc.subarray<TermHook>(['elected', 'lost']))
        .map(([n, at, hooks]) => start(n, termOf(place), at, hooks)),
    },
    fc
      .tuple(numbers, term, fc.constantFrom<TermHook>('elected', 'lost'))
      .map(([n, t, hook]) => runHook(n, hook, t)),
    { weight: 3, arbitrary: fc.tuple(numbers, term, deadline).map(([n, t, at]) => setDeadline(n, t, at)) },
    fc.tuple(numbers, term).map(([n, t]) => order(n, { type: 'kill', term: t })),
    fc
      .tuple(numbers, term)
      .map(([n, t]) => order(n, { type: 'signal', term: t, signal: 'SIGTERM', to: 'tree' })),
    numbers.map((n) => order(n, { type: 'session', key })),
    numbers.map((n) => order(n, { type: 'leave' })),
  );
  return fc.record({ event, afterMs: fc.integer({ min: 0, max: 800 }) });
};

const anyHistory = fc.tuple(...Array.from({ length: 25 }, (_, place) => anyHappening(place)));

interface Turn {
  readonly before: WatchdogState;
  readonly event: WatchdogEvent;
  readonly after: WatchdogState;
  readonly commands: readonly WatchdogCommand[];
  readonly now: number;
}

/** Deadlines in the history count from the moment at which they are read. */
function turns(history: readonly Happening[]): readonly Turn[] {
  const all: Turn[] = [];
  let state: WatchdogState = initially;
  let now = 0;
  for (const { event, afterMs } of history) {
    now += afterMs;
    const timed =
      event.type === 'order' && event.killAt !== undefined ? { ...event, killAt: now + event.killAt } : event;
    const { state: after, commands } = step(state, timed, now);
    all.push({ before: state, event: timed, after, commands, now });
    state = after;
  }
  return all;
}

function holds(check: (turn: Turn, earlier: readonly Turn[]) => void): void {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const all = turns(history);
      for (const [place, turn] of all.entries()) check(turn, all.slice(0, place));
    }),
    { numRuns: 1000 },
  );
}

function says(turn: Turn, type: string, term: string): boolean {
  return turn.commands.some(
    (command) =>
      command.type === 'report' &&
      command.report.type === type &&
      'term' in command.report &&
      command.report.term === term,
  );
}

test('kills whatever is running at its deadline, and nothing that comes later revives the term', () => {
  holds((turn, earlier) => {
    const { tree } = turn.before;
    if (tree.status === 'running' && turn.now >= tree.killAt) {
      assert.equal(turn.commands[1]?.type, 'kill');
      assert.ok(says(turn, 'expired', tree.term));
      assert.notEqual(turn.after.tree.status, 'running');
    }
    const { tree: now } = turn.after;
    if (now.status === 'running') assert.ok(!earlier.some((each) => says(each, 'expired', now.term)));
  });
});

test('never goes back from ending a tree to letting it run', () => {
  holds(({ before, after }) => {
    if (before.tree.status !== 'ending' || after.tree.status === 'none') return;
    assert.deepEqual(after.tree, before.tree);
  });
});

test('reports a tree as empty only when it is, or was never started', () => {
  holds(({ before, event, after, commands }) => {
    const reported = commands.some(({ type }, at) => {
      const command = commands[at]!;
      return type === 'report' && command.type === 'report' && command.report.type === 'empty';
    });
    if (!reported) return;
    assert.equal(after.tree.status, 'none');
    const refused = event.type === 'order' && event.order.type === 'start' && before.tree.status === 'none';
    assert.ok(event.type === 'empty' || refused);
  });
});

test('ends a session only behind the tree, once, and only for a supervisor that has gone', () => {
  holds(({ commands, after }, earlier) => {
    if (!commands.some(({ type }) => type === 'end-session')) return;
    assert.equal(after.tree.status, 'none');
    assert.equal(after.supervisor, 'gone');
    assert.ok(!earlier.some((each) => each.commands.some(({ type }) => type === 'end-session')));
  });
});

test('starts nothing beside a tree, nor once it is to end the session or to leave', () => {
  holds(({ before, commands }) => {
    if (!commands.some(({ type }) => type === 'start')) return;
    assert.equal(before.tree.status, 'none');
    assert.equal(before.supervisor, 'present');
  });
});

test('starts a hook only in a tree that runs, and reports none as empty that one is to come to', () => {
  holds(({ before, after, commands }) => {
    for (const command of commands) {
      if (command.type === 'start-hook') {
        assert.equal(after.tree.status, 'running');
        assert.ok(before.tree.status === 'running' && before.tree.hooksDue.includes(command.order.hook));
      }
      if (command.type !== 'report' || command.report.type !== 'empty') continue;
      const isKilled = commands.some(({ type }) => type === 'kill');
      assert.ok(before.tree.status !== 'running' || before.tree.hooksDue.length === 0 || isKilled);
    }
  });
});

test('never leaves a tree behind', () => {
  holds(({ commands, after }) => {
    if (commands.some(({ type }) => type === 'exit')) assert.equal(after.tree.status, 'none');
  });
});

test('is changed by no order that comes twice, or behind a later one', () => {
  holds((turn, earlier) => {
    for (const { event } of earlier) {
      if (event.type !== 'order' || event.order.number > turn.after.lastNumber) continue;
      assert.deepEqual(step(turn.after, event, turn.now), step(turn.after, clock, turn.now));
    }
  });
});

test('is changed by no order that means another term, but in the number of the last', () => {
  holds(({ after, now }) => {
    const number = after.lastNumber + 1;
    for (const event of [
      setDeadline(number, '99', now + 60_000),
      order(number, { type: 'kill', term: '99' }),
      order(number, { type: 'signal', term: '99', signal: 'SIGKILL', to: 'tree' }),
    ]) {
      const told = step(after, event, now);
      const untold = step(after, clock, now);
      assert.deepEqual({ ...told.state, lastNumber: 0 }, { ...untold.state, lastNumber: 0 });
      const beyond = told.commands.filter(({ type }) => type !== 'report');
      assert.deepEqual(
        beyond,
        untold.commands.filter(({ type }) => type !== 'report'),
      );
    }
  });
});

test('wakes at the deadline of what runs, and for nothing else', () => {
  holds(({ after }) => {
    assert.equal(wakeAt(after), after.tree.status === 'running' ? after.tree.killAt : Infinity);
  });
});
