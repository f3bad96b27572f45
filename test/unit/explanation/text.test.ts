import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { explain, type Explanation, toJson } from '../../../src/explanation/explanation.js';
import { toText } from '../../../src/explanation/text.js';
import type { Timing } from '../../../src/election/timing.js';
import { parseEnsemble } from '../../../src/options/connect-string.js';
import { parseMembers } from '../../../src/zookeeper/membership.js';
import { anyTiming, DEFAULTS } from './timings.js';

const members = parseMembers(
  [1, 2, 3].map((id) => `server.${id}=zk${id}:2888:3888:participant;0.0.0.0:2181`).join('\n'),
);

function explained(timing: Timing = DEFAULTS, grantedMs = timing.sessionTimeoutMs): Explanation {
  return explain({
    ensemble: parseEnsemble('-z', 'zk1,zk2,zk3'),
    timing,
    answer: { facts: { grantedMs, shortestMs: 4000, members, server: { host: '::1', port: 2181 } } },
  });
}

const unanswered = explain({
  ensemble: parseEnsemble('-z', 'zk1'),
  timing: DEFAULTS,
  answer: { because: 'no server has let us in' },
});

test('tells the defaults so that they can be read in a hurry', () => {
  const [summary, moments, drawing, faults, advice, premises, ...more] = toText(explained()).split('\n\n');
  assert.equal(
    summary,
    'The ensemble at zk1,zk2,zk3 (voting servers: 3, observers: 0) grants a session of 15s.',
  );
  assert.equal(
    moments,
    `A leader that is cut off
      0s  the last heartbeat that will be answered is sent
      3s  silence is noticed at the latest, a closed connection at once: other servers are tried
    7.2s  SIGTERM to the command
   10.2s  SIGKILL to all that it has started
   11.2s  nothing of it is left: the lease ends
   11.7s  from now on the session may end, and the next in line lead
   19.9s  the session has ended, at the latest`,
  );
  assert.equal(
    drawing,
    `            0s              5s              10s             15s
            |---------------|---------------|---------------|---------------
  network   ----------rrrrrrrrrrrrrrrrrrrrrrrrrr
  command   =======================TTTTTTTTTTKKK
  session   ======================================??????????????????????????
            - silence   r others are tried   = alive   T asked to end   K killed   ? may end`,
  );
  const row = (name: string, ...cells: string[]): string =>
    `  ${name.padEnd(50)}${cells.map((cell) => cell.padStart(15)).join('')}`;
  for (const line of [
    row('zk-leader-run is killed (SIGKILL)', '-', 'at once ', '2s '),
    row('no packet comes through any more', '3.2s', '16s ', '19.9s '),
    row('the ZooKeeper server it is connected to is lost', 'goes on'),
    row("ZooKeeper's leader is lost", '3.2s', '16s*', '22.9s*'),
  ]) {
    assert.ok(faults?.split('\n').includes(line.trimEnd()), `${line}\n${faults ?? ''}`);
  }
  assert.ok(
    advice?.startsWith(`What could be changed
  to fail over sooner, with all else as it is:
      --session-timeout 12.8s
    machine lost: 17.7s at the longest (now 19.9s); silence outlasted: 1s (now 3.2s)
`),
    advice,
  );
  assert.match(premises ?? '', /^All this holds as long as clocks run at the same rate within 2 %/);
  assert.deepEqual(more, []);
});

test('leaves out what a run would never come to, and says what would fit', () => {
  const refused = explained({ ...DEFAULTS, sessionTimeoutMs: 14_000 }, 10_000);
  const text = toText(refused);
  assert.match(text, / grants a session of 10s, not the 14s\nasked for\.$/m);
  assert.match(text, /^A run would be refused: the timings leave 2300ms/m);
  assert.match(text, /^ {2}! a session of 14s was asked for/m);
  assert.match(
    text,
    /^ {2}to make the timings fit, with a shorter grace:\n {6}--session-timeout 10s --lease-grace 1\.9s$/m,
  );
  assert.doesNotMatch(text, /A leader that is cut off|What can happen|\(now /);
});

test('says what it rests on when no ensemble has answered', () => {
  assert.match(
    toText(unanswered).replaceAll('\n', ' '),
    /^The ensemble at zk1 has not answered: no server has let us in\. What follows holds if it grants a session of 15s/,
  );
});

test('keeps to characters that every terminal has, and to a hundred columns but for options', () => {
  fc.assert(
    fc.property(anyTiming, fc.integer({ min: 500, max: 60_000 }), (timing, grantedMs) => {
      const text = toText(explained(timing, grantedMs));
      assert.match(text, /^[\n\x20-\x7e]+$/);
      assert.doesNotMatch(text, /undefined|NaN|Infinity|[ \t]$/m);
      for (const line of text.split('\n')) assert.ok(line.length <= 100 || line.startsWith('      --'), line);
    }),
  );
});

test('promises these fields to scripts', () => {
  const keysOf = (value: unknown): string => Object.keys(Object(value) as object).join(' ');
  const json = toJson(explained()) as Record<string, unknown>;
  assert.equal(
    keysOf(json),
    'ensemble asked grantedSessionTimeoutMs sessionTimeoutMs refusal moments outlasts faults warnings advice premises',
  );
  assert.equal(
    keysOf(json['ensemble']),
    'connectString answered because server shortestSessionTimeoutMs members',
  );
  assert.equal((json['ensemble'] as Record<string, unknown>)['server'], '[::1]:2181');
  assert.equal(
    keysOf(json['moments']),
    'noticedMs terminateMs killMs leaseEndsMs sessionMayEndMs sessionEndsMs',
  );
  assert.equal(keysOf(json['outlasts']), 'silenceMs refusalMs standstillMs heartbeats');
  const [fault] = json['faults'] as readonly unknown[];
  assert.equal(keysOf(fault), 'name what fate enduredMs typicalMs longestMs longestIs countedFrom');
  const [advice] = json['advice'] as readonly unknown[];
  assert.equal(keysOf(advice), 'name purpose first options timing failoverMs silenceMs');
  assert.deepEqual(json['premises'], { clockRate: 0.02, killBudgetMs: 1000, tickTimeMs: 2000 });
  // Nothing is lost on the way: no undefined, no fraction of a millisecond.
  assert.deepEqual(JSON.parse(JSON.stringify(json)), json);
  const { ensemble, grantedSessionTimeoutMs } = toJson(unanswered) as Record<string, unknown>;
  assert.deepEqual(
    [ensemble, grantedSessionTimeoutMs],
    [
      {
        connectString: 'zk1',
        answered: false,
        because: 'no server has let us in',
        server: null,
        shortestSessionTimeoutMs: null,
        members: null,
      },
      null,
    ],
  );
});
