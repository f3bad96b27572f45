import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metrics } from '../../../src/http/metrics.js';
import { statusOf } from '../../../src/http/status.js';
import { SETTINGS } from '../settings.js';
import { CONNECTED, CUT, FIRST, Walk } from './walk.js';

const FACTS = { version: '1.2.3', id: 'web3', electionPath: '/job', watchdog: undefined, term: undefined };
const ELECTION = 'election="/job"';

function observed(): { readonly metrics: Metrics; readonly walk: Walk } {
  const metrics = new Metrics('/job', '1.2.3');
  return { metrics, walk: new Walk(metrics) };
}

/** The values that are not zero, by series without its election; those of buckets and of the build are left out. */
async function values(metrics: Metrics, { state, now }: Walk): Promise<Record<string, number>> {
  const text = await metrics.text(statusOf(SETTINGS, state, FACTS, now));
  const series = text
    .split('\n')
    .filter((line) => !/^$|^#|_bucket\{|_build_info\{/.test(line))
    .map((line) => {
      const [, name = '', labels = '', value] = /^zk_leader_run_(\w+)\{(.*)\} (.*)$/.exec(line) ?? [];
      const others = labels.split(',').filter((label) => label !== ELECTION);
      return [others.length === 0 ? name : `${name}{${others.join(',')}}`, Number(value)] as const;
    });
  return Object.fromEntries(series.filter(([, value]) => value !== 0));
}

test('has every series from the start, by the conventions of Prometheus', async () => {
  const { metrics, walk } = observed();
  const lines = (await metrics.text(statusOf(SETTINGS, walk.state, FACTS, 0))).split('\n');
  const types = new Map(
    lines.flatMap((line) => {
      const [, name = '', type = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
      return name === '' ? [] : [[name, type]];
    }),
  );
  assert.deepEqual(Object.fromEntries(types), {
    zk_leader_run_is_leader: 'gauge',
    zk_leader_run_term_epoch: 'gauge',
    zk_leader_run_lease_left_seconds: 'gauge',
    zk_leader_run_connected: 'gauge',
    zk_leader_run_elections_total: 'counter',
    zk_leader_run_reconnects_total: 'counter',
    zk_leader_run_sessions_lost_total: 'counter',
    zk_leader_run_command_starts_total: 'counter',
    zk_leader_run_command_exits_total: 'counter',
    zk_leader_run_heartbeat_duration_seconds: 'histogram',
    zk_leader_run_stop_duration_seconds: 'histogram',
    zk_leader_run_build_info: 'gauge',
  });
  for (const [name, type] of types) {
    assert.ok(
      lines.some((line) => line.startsWith(`# HELP ${name} `)),
      name,
    );
    assert.equal(name.endsWith('_total'), type === 'counter', name);
  }
  for (const line of lines)
    assert.match(line, /^$|^#|^zk_leader_run_[a-z_]+\{.*election="\/job".*\} [\d.e+-]+$/);
  for (const series of [
    `zk_leader_run_elections_total{${ELECTION}} 0`,
    `zk_leader_run_command_exits_total{result="failure",${ELECTION}} 0`,
    `zk_leader_run_stop_duration_seconds_count{${ELECTION},cause="lease"} 0`,
    `zk_leader_run_build_info{version="1.2.3",${ELECTION}} 1`,
  ]) {
    assert.ok(lines.includes(series), series);
  }
});

test('tells a term: who leads, its number, what is left of the lease', async () => {
  const { metrics, walk } = observed();
  walk.lead();
  metrics.commandStarted();
  assert.deepEqual(await values(metrics, walk), {
    is_leader: 1,
    term_epoch: 17,
    lease_left_seconds: 14.195,
    connected: 1,
    elections_total: 1,
    command_starts_total: 1,
    heartbeat_duration_seconds_sum: 0.002,
    heartbeat_duration_seconds_count: 1,
  });
});

test('counts the ends of commands by result', async () => {
  for (const [exit, result] of [
    [{ kind: 'code', code: 0 }, 'success'],
    [{ kind: 'code', code: 3 }, 'failure'],
    [{ kind: 'signal', signal: 'SIGSEGV' }, 'signal'],
    [{ kind: 'not-started', errno: 'ENOENT' }, 'not-started'],
  ] as const) {
    const { metrics, walk } = observed();
    walk.lead().take({ type: 'child-exited', exit });
    const told = Object.entries(await values(metrics, walk)).filter(([name]) => name.includes('exits'));
    assert.deepEqual(told, [[`command_exits_total{result="${result}"}`, 1]]);
  }
});

test('tells how long a stop has taken, by what it began with', async () => {
  for (const [event, cause] of [
    [{ type: 'signal', signal: 'SIGTERM' }, 'asked'],
    [{ type: 'child-exited', exit: { kind: 'code', code: 0 } }, 'exited'],
    [{ type: 'lost', reason: 'expired' }, 'lost'],
    [{ type: 'watchdog-lost', reason: 'killed' }, 'unwatched'],
    [{ type: 'watchdog-expired' }, 'lease'],
  ] as const) {
    const { metrics, walk } = observed();
    walk.lead().takeAt(1000, event).takeAt(1100, { type: 'signal', signal: 'SIGTERM' });
    walk.takeAt(1250, { type: 'tree-empty' });
    const told = Object.entries(await values(metrics, walk)).filter(([name]) => name.includes('stop_'));
    assert.deepEqual(told, [
      [`stop_duration_seconds_sum{cause="${cause}"}`, 0.25],
      [`stop_duration_seconds_count{cause="${cause}"}`, 1],
    ]);
  }
});

test('counts connections regained apart from sessions lost', async () => {
  const { metrics, walk } = observed();
  walk.stand(FIRST).take(CUT, CONNECTED, CUT, CONNECTED);
  walk.take(CUT, { type: 'lost', reason: 'expired' }, CONNECTED);
  // A server may give another session on a reconnect.
  walk.take({ type: 'connected', sessionId: 'b2', sessionTimeoutMs: 15_000, sentAt: 0 });
  const told = await values(metrics, walk);
  assert.deepEqual([told['reconnects_total'], told['sessions_lost_total']], [2, 2]);
});
