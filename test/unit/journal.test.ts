import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../src/election/messages.js';
import type { Settings, State } from '../../src/election/model.js';
import { begin, step } from '../../src/election/step.js';
import type { Entry, LogFields } from '../../src/log/line.js';
import { ConnectionJournal } from '../../src/supervisor/connection-journal.js';
import { HookJournal } from '../../src/supervisor/hook-journal.js';
import { Journal } from '../../src/supervisor/journal.js';
import { logTo } from './made-up-log.js';
import { SETTINGS } from './settings.js';

const FIRST = '_c_web1-lock-0000000000';
const OURS = '_c_us-lock-0000000001';

/** A journal whose steps are those that the core really takes; `told` returns the lines since the last call. */
function run(changed: Partial<Settings> = {}) {
  const settings = { ...SETTINGS, ...changed };
  let lines: string[] = [];
  const entries: Entry[] = [];
  let now = 0;
  let state: State = { ...begin(SETTINGS, now).state, watchdog: 'ready' };
  const log = logTo((entry) => {
    const { level, message, fields } = entry;
    entries.push(entry);
    lines.push(`${level}: ${message}${describe(fields)}`);
  });
  const connections = new ConnectionJournal({ log, settings, ensemble: 'zk1,zk2', clock: () => now });
  const journal = new Journal({ log, settings, electionPath: '/job', ensemble: 'zk1,zk2' });
  const hooks = new HookJournal(log);
  const told = () => {
    const since = lines;
    lines = [];
    return since;
  };
  return {
    connections,
    journal,
    hooks,
    told,
    /** Everything said so far, as machines read it. */
    entries,
    pass: (ms: number) => {
      now += ms;
    },
    /** Takes the event a millisecond later, or at the given moment, and returns the lines that come of it. */
    take: (event: Event, at = now + 1) => {
      now = at;
      const before = state;
      const { state: after, commands } = step(settings, before, event, now);
      state = after;
      const seen = { before, event, after, commands, now };
      connections.observe(seen);
      journal.observe(seen);
      hooks.observe(seen);
      return told();
    },
  };
}

type Run = ReturnType<typeof run>;

function describe(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${JSON.stringify(value)}`)
    .join('');
}

function present(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const connected: Event = { type: 'connected', sessionId: 'a1', sessionTimeoutMs: 15_000, sentAt: 0 };

/** Brings it into the line behind `names`, and returns what is told of the way. */
function stand({ take }: Run, names: readonly string[]): readonly string[] {
  return [
    ...take(connected, 1),
    ...take({ type: 'surveyed', sentAt: 1, names, own: [] }, 2),
    ...take({ type: 'joined', sentAt: 2, znode: { name: OURS, epoch: 17n } }, 3),
    ...take({ type: 'contenders', sentAt: 3, names: [...names, OURS] }, 4),
    ...take({ type: 'heartbeat', sentAt: 3, znodeExists: true }, 5),
  ];
}

const expired: Event = { type: 'lost', reason: 'expired' };
const cut: Event = { type: 'suspended', reason: 'the server closed the connection' };
const asked: Event = { type: 'signal', signal: 'SIGTERM' };
const killed: Event = { type: 'child-exited', exit: { kind: 'signal', signal: 'SIGKILL' } };

test('tells the way to the first term, each line with its cause', () => {
  assert.deepEqual(stand(run(), []), [
    'info: connected session="0xa1" session_timeout_ms=15000',
    'debug: joining the election because="connected" election="/job"',
    `debug: in line because="joined" znode="/job/${OURS}"`,
    'debug: elected, waiting for a lease with room because="read the line"',
    `info: leading because="nobody is ahead in line" election="/job" epoch="17" znode="/job/${OURS}" waited_ms=5`,
  ]);
});

test('tells a standby who leads and whom it watches, and again only when that has changed', () => {
  const standby = run();
  const third = '_c_web2-lock-0000000000';
  stand(standby, [FIRST]);
  const watching = (name: string, predecessor: string, leader = predecessor): readonly string[] =>
    standby.take({ type: 'watching', sentAt: 5, name, exists: true, ids: { predecessor, leader } });
  const told = `place=2 watching="web1" behind="/job/${FIRST}" znode="/job/${OURS}"`;
  assert.deepEqual(watching(FIRST, 'web1'), [`info: standing by leader="web1" ${told}`]);
  assert.deepEqual(watching(FIRST, 'web1'), []);
  assert.deepEqual(watching(FIRST, 'web1', 'web9'), [`info: standing by leader="web9" ${told}`]);
  standby.take({ type: 'clock' }, 3000);
  standby.take({ type: 'contenders', sentAt: 3000, names: [third, OURS] }, 3001);
  assert.deepEqual(watching(third, 'web2'), [
    `info: standing by leader="web2" place=2 watching="web2" behind="/job/${third}" znode="/job/${OURS}"`,
  ]);
});

test('tells a new leader who has gone', () => {
  const standby = run();
  stand(standby, [FIRST]);
  const ids = { predecessor: 'web1', leader: 'web1' };
  standby.take({ type: 'watching', sentAt: 5, name: FIRST, exists: true, ids });
  standby.take({ type: 'watch-fired', name: FIRST }, 100);
  standby.take({ type: 'contenders', sentAt: 100, names: [OURS] });
  assert.match(
    standby.take({ type: 'heartbeat', sentAt: 100, znodeExists: true }).join(),
    /^info: leading because="web1 has gone" /,
  );
});

test('complains when it is first in line and a stranger keeps it from leading', () => {
  const standby = run();
  stand(standby, [FIRST]);
  standby.take({ type: 'clock' }, 3000);
  assert.match(
    standby.take({ type: 'contenders', sentAt: 3000, names: ['n_0000000001', OURS] }, 3001).join('\n'),
    /^error: strangers stand under .*\nerror: first in line, and not leading while strangers stand there /,
  );
});

test('says nothing of steps in which nothing happens that a person would look for', () => {
  const leader = run();
  stand(leader, []);
  assert.deepEqual(leader.take({ type: 'clock' }, 1004), []);
  assert.deepEqual(leader.take({ type: 'heartbeat', sentAt: 1004, znodeExists: true }), []);
  assert.deepEqual(leader.take({ type: 'signal', signal: 'SIGUSR1' }), []);
});

test('tells the pid of the command', () => {
  const leader = run();
  leader.journal.started(4711);
  assert.deepEqual(leader.told(), ['info: command started pid=4711']);
});

test('tells of a cut with what is left of the lease, and of its end', () => {
  const leader = run();
  stand(leader, []);
  assert.deepEqual(leader.take(cut, 1000), [
    'warn: connection lost because="the server closed the connection" lease_left_ms=13200',
  ]);
  assert.deepEqual(leader.take({ ...connected, sentAt: 1999 }, 2000), [
    'info: connected again session="0xa1" session_timeout_ms=15000',
  ]);
  leader.take(cut, 3000);
  assert.deepEqual(leader.take({ type: 'clock' }, 10_200), [
    'warn: ending the command because="no heartbeat was answered in time: the lease runs out" epoch="17" kill_in_ms=3000',
  ]);
  assert.deepEqual(leader.take({ type: 'clock' }, 13_200), [
    'warn: killing the command because="the lease runs out"',
  ]);
  leader.take(killed);
  assert.deepEqual(leader.take({ type: 'tree-empty' }), [
    'info: waiting for the ensemble because="the term is over, its session is left to end" zookeeper="zk1,zk2"',
  ]);
});

test('does not speak of a lease where nothing runs under one', () => {
  const standby = run();
  stand(standby, [FIRST]);
  assert.deepEqual(standby.take(cut), ['warn: connection lost because="the server closed the connection"']);
});

test('tells why a term is lost at once', () => {
  const leader = run();
  stand(leader, []);
  assert.deepEqual(leader.take(expired), [
    'warn: session lost because="expired"',
    'warn: ending the command because="leadership lost: expired" epoch="17" kill_in_ms=0',
    'warn: killing the command because="leadership is lost"',
  ]);
  const other = run();
  stand(other, []);
  other.take({ type: 'clock' }, 2600);
  assert.deepEqual(other.take({ type: 'heartbeat', sentAt: 2600, znodeExists: false }), [
    'warn: ending the command because="leadership lost: its znode was deleted by somebody else" epoch="17" kill_in_ms=0',
    'warn: killing the command because="leadership is lost"',
  ]);
});

test('tells a stop that was asked for, from the signal to the end', () => {
  const leader = run();
  stand(leader, []);
  assert.deepEqual(leader.take(asked, 100), [
    'info: ending the command because="received SIGTERM" epoch="17" kill_in_ms=30000',
  ]);
  assert.deepEqual(leader.take(asked, 200), [
    'warn: killing the command because="it was given no more time"',
  ]);
  leader.take(killed);
  assert.deepEqual(leader.take({ type: 'tree-empty' }, 300), [
    `info: resigning because="received SIGTERM" znode="/job/${OURS}"`,
  ]);
  const [ended, ...more] = leader.take({ type: 'removed', sentAt: 300, name: OURS });
  assert.match(String(ended), /^info: ended because="received SIGTERM"/);
  assert.deepEqual(more, []);
});

test('tells how the command ended', () => {
  for (const [exit, words] of [
    [{ kind: 'code', code: 3 }, 'the command exited with 3'],
    [{ kind: 'signal', signal: 'SIGSEGV' }, 'the command was ended by SIGSEGV'],
    [{ kind: 'not-started', errno: 'ENOENT' }, 'the command could not be started: ENOENT'],
  ] as const) {
    const leader = run();
    stand(leader, []);
    assert.deepEqual(leader.take({ type: 'child-exited', exit }), [
      `info: ending the command because="${words}" epoch="17" kill_in_ms=3000`,
    ]);
    assert.deepEqual(leader.take({ type: 'tree-empty' }), [
      `info: resigning because="${words}" znode="/job/${OURS}"`,
    ]);
  }
});

test('tells machines why a term and the program end, and how the command did', () => {
  for (const [event, cause, codes] of [
    [asked, 'asked', {}],
    [{ type: 'child-exited', exit: { kind: 'code', code: 3 } }, 'exited', { exit_code: 3 }],
    [killed, 'exited', { exit_signal: 'SIGKILL' }],
    [
      { type: 'child-exited', exit: { kind: 'not-started', errno: 'ENOENT' } },
      'exited',
      { start_error: 'ENOENT' },
    ],
  ] as const) {
    const leader = run();
    stand(leader, []);
    for (const next of [event, { type: 'tree-empty' }, { type: 'removed', sentAt: 8, name: OURS }] as const)
      leader.take(next);
    assert.deepEqual(
      leader.entries.slice(-3).map((entry) => [entry.event, present(entry.codes)]),
      [
        ['ending-command', { cause, ...codes }],
        ['resigning', {}],
        ['ended', { cause, ...codes }],
      ],
    );
  }
});

test('tells when a hook runs, and how it ends unless that is well', () => {
  const { hooks, told } = run();
  hooks.started('elected', 4711);
  hooks.ended('elected', { kind: 'code', code: 0 });
  hooks.ended('elected', { kind: 'code', code: 3 });
  hooks.ended('standby', { kind: 'signal', signal: 'SIGKILL' });
  hooks.ended('standby', { kind: 'not-started', errno: 'EACCES' });
  hooks.ended('lost', { kind: 'not-started', errno: 'ETIME' });
  assert.deepEqual(told(), [
    'info: hook started hook="elected" pid=4711',
    'debug: hook ended hook="elected"',
    'warn: hook failed hook="elected" because="it exited with 3"',
    'warn: hook failed hook="standby" because="it was ended by SIGKILL"',
    'warn: hook failed hook="standby" because="it could not be started: EACCES"',
    'warn: hook skipped hook="lost" because="the command had come to its end"',
  ]);
});

test('tells why a lost hook is left out', () => {
  const leader = run({ hooks: ['lost'] });
  stand(leader, []);
  assert.equal(
    leader.take(expired).at(-1),
    'warn: hook skipped hook="lost" because="the command is killed at once"',
  );
  const failing = run({ hooks: ['lost'] });
  stand(failing, []);
  assert.equal(
    failing.take({ type: 'child-exited', exit: { kind: 'not-started', errno: 'ENOENT' } }).at(-1),
    'warn: hook skipped hook="lost" because="the command could not be started"',
  );
});

test('complains each time that the command outlives SIGKILL', () => {
  const leader = run();
  stand(leader, []);
  leader.take(asked, 100);
  leader.take(asked, 200);
  for (const at of [1200, 2200, 3200]) {
    assert.deepEqual(leader.take({ type: 'clock' }, at), [
      'error: the command outlives SIGKILL: leadership is not let go because="processes are left"',
    ]);
  }
});

test('does not take a SIGKILL that is repeated for a lost watchdog for one that has failed', () => {
  const leader = run();
  stand(leader, []);
  leader.take(expired, 100);
  const lost: Event = { type: 'watchdog-lost', reason: 'it was ended by SIGKILL' };
  assert.deepEqual(leader.take(lost, 184), [
    'error: watchdog lost because="it was ended by SIGKILL"',
    'warn: killing the command because="leadership is lost"',
  ]);
  assert.match(leader.take({ type: 'clock' }, 1184).join(), /^error: the command outlives SIGKILL/);
  const stopping = run();
  stand(stopping, []);
  stopping.take(asked, 100);
  assert.deepEqual(stopping.take(lost, 200).slice(1), [
    'warn: killing the command because="the watchdog is lost"',
  ]);
});

const UNCONFIRMED =
  'warn: the ensemble did not confirm that our znode is gone danger="the next in line waits until our session has run out"';

test('says that nobody confirmed its end, whatever brought the time, but a confirmation', () => {
  for (const [event, isConfirmed] of [
    [{ type: 'clock' }, false],
    [{ type: 'wall-clock', offsetMs: 5 }, false],
    [cut, false],
    [{ type: 'removed', sentAt: 300, name: OURS }, true],
    [expired, true],
  ] as const) {
    const leader = run();
    stand(leader, []);
    for (const earlier of [asked, { type: 'tree-empty' }] as const) leader.take(earlier);
    const lines = leader.take(event, 300_000);
    assert.ok(
      lines.some((line) => line.startsWith('info: ended ')),
      event.type,
    );
    assert.equal(lines.includes(UNCONFIRMED), !isConfirmed, event.type);
  }
  const asksAgain = run();
  stand(asksAgain, []);
  for (const earlier of [asked, { type: 'tree-empty' }] as const) asksAgain.take(earlier);
  assert.deepEqual(asksAgain.take(cut), ['warn: connection lost because="the server closed the connection"']);
});

test('tells of a watchdog that is ready, and what nobody can promise with it', () => {
  const { journal, told } = run();
  journal.watchdogReady(4711, { type: 'ready', level: 'cgroup', passedOver: [] });
  journal.watchdogReady(4712, {
    type: 'ready',
    level: 'group',
    passedOver: [{ level: 'cgroup', because: 'no cgroup v2 is mounted here' }],
  });
  journal.unrecorded('there is no /proc here');
  assert.deepEqual(told(), [
    'info: watchdog ready containment="cgroup" watchdog_pid=4711',
    'warn: watchdog ready containment="group" watchdog_pid=4712 passed_over="cgroup: no cgroup v2 is mounted here" ' +
      'danger="a daemon that leaves its session and its environment behind escapes"',
    'warn: left-overs of this run could not be swept by a later one because="there is no /proc here"',
  ]);
});

test('tells of a lost watchdog, and what it costs a leader', () => {
  const leader = run();
  stand(leader, []);
  const lost: Event = { type: 'watchdog-lost', reason: 'it was ended by SIGKILL' };
  assert.deepEqual(leader.take(lost, 100), [
    'error: watchdog lost because="it was ended by SIGKILL"',
    'warn: ending the command because="the watchdog is lost: it was ended by SIGKILL" epoch="17" kill_in_ms=0',
    'warn: killing the command because="the watchdog is lost"',
  ]);
  assert.deepEqual(leader.take({ type: 'tree-empty' }, 110), [
    `info: resigning because="the term is over" znode="/job/${OURS}"`,
  ]);
  assert.deepEqual(leader.take({ type: 'removed', sentAt: 110, name: OURS }, 115), [
    'info: waiting for a watchdog because="znode deleted"',
  ]);
});

test('names strangers when they come, when others do, and when they have gone', () => {
  const standby = run();
  stand(standby, [FIRST]);
  let sentAt = 4;
  const reading = (...names: readonly string[]): readonly string[] => {
    standby.take({ type: 'clock' }, (sentAt += 3000));
    return standby.take({ type: 'contenders', sentAt, names: [FIRST, OURS, ...names] });
  };
  const complaint = (names: string): string =>
    `error: strangers stand under the election path strangers="${names}" expected="_c_<guid>-lock-NNNNNNNNNN" ` +
    'danger="whoever made them orders the line differently and may lead as well"';
  assert.deepEqual(reading('n_0000000001'), [complaint('n_0000000001')]);
  assert.deepEqual(reading('n_0000000001'), []);
  assert.deepEqual(reading('n_0000000001', 'latch-0000000002'), [complaint('n_0000000001 latch-0000000002')]);
  assert.deepEqual(reading(), ['info: no stranger stands under the election path any more']);
  assert.deepEqual(reading(), []);
});

test('says why it refuses to stand for election, once', () => {
  const refused = run();
  refused.take(connected);
  const lines = refused.take({ type: 'surveyed', sentAt: 1, names: ['n_0000000001'], own: [] });
  assert.equal(lines.length, 1);
  assert.match(
    String(lines[0]),
    /^error: refused to stand for election because=".*n_0000000001.* not of the pattern/,
  );
});

test('tells what the ensemble refused', () => {
  const standby = run();
  stand(standby, [FIRST]);
  assert.deepEqual(standby.take({ type: 'refused', message: 'the ensemble denies access (ACL)' }), [
    'error: the ensemble refused a request because="the ensemble denies access (ACL)"',
    `info: resigning because="the ensemble denies access (ACL)" znode="/job/${OURS}"`,
  ]);
});

test('says once that the ensemble does not have us, and never keeps a denial to itself', () => {
  const outside = run();
  const message = 'zk1:2281: it does not accept our certificate';
  assert.deepEqual(outside.take({ type: 'denied', message }), [
    `error: denied by the ensemble because="${message}"`,
  ]);
  const leader = run();
  stand(leader, []);
  leader.take(asked, 100);
  leader.take(killed);
  leader.take({ type: 'tree-empty' }, 300);
  assert.deepEqual(leader.take({ type: 'denied', message: 'no access' }), [
    'error: the ensemble refused a request because="no access"',
    'info: ended because="received SIGTERM"',
  ]);
});

test('says of a server that turns us away why, and again only when that has changed', () => {
  const { connections, told } = run();
  const server = { host: '::1', port: 2281 };
  for (const [reason, refused] of [
    ['it hangs up', false],
    ['it does not accept our certificate', true],
    ['it does not accept our certificate', true],
    ['its certificate has expired', true],
  ] as const) {
    connections.failed(server, reason, refused);
  }
  assert.deepEqual(told(), [
    'warn: turned away by a server because="it does not accept our certificate" server="[::1]:2281"',
    'warn: turned away by a server because="its certificate has expired" server="[::1]:2281"',
  ]);
});

test('says which option ends the waiting', () => {
  const late = run({ waitMs: 10_000 });
  assert.deepEqual(late.take({ type: 'clock' }, 10_000), [
    'warn: ended because="no answer from the ensemble in time"',
  ]);
  const behind = run({ waitMs: 0 });
  assert.deepEqual(stand(behind, [FIRST]).slice(-1), [
    `info: resigning because="not elected in the time that --wait allows" znode="/job/${OURS}"`,
  ]);
});

test('says after two seconds, and every ten, what it is still waiting for, and how often it has tried (patroni#1981)', () => {
  const waiting = run();
  const said: string[] = [];
  for (let attempt = 0; attempt <= 250; attempt += 1) {
    waiting.connections.attempt({ host: `zk${attempt % 2 === 0 ? 1 : 2}`, port: 2181 });
    if (attempt >= 100) waiting.connections.failed({ host: 'zk1', port: 2181 }, 'it hangs up', false);
    said.push(...waiting.told().filter((line) => !line.startsWith('debug: trying a server')));
    waiting.pass(100);
  }
  const still = 'warn: still waiting for the ensemble zookeeper="zk1,zk2"';
  assert.deepEqual(said, [
    `${still} attempts=21 last="zk1:2181"`,
    `${still} attempts=121 last="zk1:2181" because="it hangs up"`,
    `${still} attempts=221 last="zk1:2181" because="it hangs up"`,
  ]);
});

test('says whom it has tried, and what became of that, when it waits no longer', () => {
  const late = run({ waitMs: 500 });
  late.connections.attempt({ host: 'zk1', port: 2181 });
  late.connections.failed({ host: 'zk1', port: 2181 }, 'connect ECONNREFUSED', false);
  assert.deepEqual(late.take({ type: 'clock' }, 500).slice(-2), [
    'warn: still waiting for the ensemble zookeeper="zk1,zk2" attempts=1 last="zk1:2181" because="connect ECONNREFUSED"',
    'warn: ended because="no answer from the ensemble in time"',
  ]);
  assert.deepEqual(late.take({ type: 'clock' }, 600), []);
});

test('tells of every server it tries, on the level for those who look for it', () => {
  const waiting = run();
  waiting.connections.attempt({ host: '::1', port: 2181 });
  assert.deepEqual(waiting.told(), ['debug: trying a server server="[::1]:2181"']);
});
