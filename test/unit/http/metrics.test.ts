import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../../../src/election/job.js';
import { Metrics } from '../../../src/http/metrics.js';
import { statusOf } from '../../../src/http/status.js';
import { JobWalk, left, runOf, SCHEDULED, WALL } from '../jobs/walk.js';
import { SETTINGS } from '../settings.js';
import { CONNECTED, CUT, FIRST, Walk } from './walk.js';

const FACTS = { version: '1.2.3', id: 'web3', electionPath: '/job', watchdog: undefined, term: undefined };
const ELECTION = 'election="/job"';

function observed(): { readonly metrics: Metrics; readonly walk: Walk } {
  const metrics = new Metrics(SETTINGS, '/job', '1.2.3');
  return { metrics, walk: new Walk(metrics) };
}

/** The values that are not zero, by series without its election; those of buckets and of the build are left out. */
async function values(metrics: Metrics, { state, now }: Walk): Promise<Record<string, number>> {
  return valuesIn(await metrics.text(statusOf(SETTINGS, state, FACTS, now)));
}

function valuesIn(text: string): Record<string, number> {
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
    zk_leader_run_runs_total: 'counter',
    zk_leader_run_run_duration_seconds: 'histogram',
    zk_leader_run_restarts_total: 'counter',
    zk_leader_run_ticks_missed_total: 'counter',
    zk_leader_run_ticks_skipped_total: 'counter',
    zk_leader_run_failures_in_a_row: 'gauge',
    zk_leader_run_last_success_timestamp_seconds: 'gauge',
    zk_leader_run_next_tick_timestamp_seconds: 'gauge',
    zk_leader_run_checks_total: 'counter',
    zk_leader_run_is_fit: 'gauge',
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
    `zk_leader_run_stop_duration_seconds_count{${ELECTION},cause="overran"} 0`,
    `zk_leader_run_runs_total{result="timed-out",${ELECTION}} 0`,
    `zk_leader_run_checks_total{result="failed",${ELECTION}} 0`,
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
    is_fit: 1,
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

/** A job that runs every ten seconds, its metrics, and what they tell of runs and ticks. */
function job(changed: Partial<Job> = {}) {
  const observers: Metrics[] = [];
  const walk = new JobWalk({ ...SCHEDULED, ...changed }, (_, settings) => {
    observers.push(new Metrics(settings, '/job', '1.2.3'));
    return observers;
  });
  const told = async (): Promise<Record<string, number>> => {
    const [metrics] = observers;
    const { settings, state, now } = walk;
    const all = valuesIn((await metrics?.text(statusOf(settings, state, FACTS, now))) ?? '');
    return Object.fromEntries(Object.entries(all).filter(([name]) => !ELSEWHERE.test(name)));
  };
  return { walk, told };
}

/** What other tests are about. */
const ELSEWHERE = /^(term|lease|connected|elections|command|heartbeat|stop)_|^connected$/;

test('tells of runs how they ended and how long they took, and of a leader between two that it leads', async () => {
  const { walk, told } = job();
  const seconds = WALL / 1000;
  walk.lead(left([runOf(0, { result: 'succeeded', endedAt: WALL - 1000 })]));
  assert.deepEqual(await told(), {
    is_leader: 1,
    is_fit: 1,
    last_success_timestamp_seconds: seconds - 1,
    next_tick_timestamp_seconds: seconds + 10,
  });
  walk.passTo(10_000).written().passTo(12_000).exit({ kind: 'code', code: 3 });
  assert.deepEqual(await told(), {
    is_leader: 1,
    is_fit: 1,
    'runs_total{result="failed"}': 1,
    run_duration_seconds_sum: 2.001,
    run_duration_seconds_count: 1,
    failures_in_a_row: 1,
    last_success_timestamp_seconds: seconds - 1,
    next_tick_timestamp_seconds: seconds + 20,
  });
});

test('counts ticks that were missed apart from those that were skipped', async () => {
  const missing = job({ catchUpMs: 0 });
  missing.walk
    .lead(left([]))
    .take({ type: 'wall-clock', offsetMs: WALL + 35_000 })
    .passTo(1000);
  const missed = await missing.told();
  assert.deepEqual([missed['ticks_missed_total'], missed['ticks_skipped_total']], [3, undefined]);
  const skipping = job();
  skipping.walk.lead(left([])).passTo(10_000).written().passTo(31_000);
  const skipped = await skipping.told();
  assert.deepEqual([skipped['ticks_missed_total'], skipped['ticks_skipped_total']], [undefined, 2]);
});

test('counts restarts, and no other start', async () => {
  const { walk, told } = job({ schedule: undefined, onExit: 'restart', onFailure: 'restart' });
  walk.lead().written().exit().written();
  assert.equal((await told())['restarts_total'], undefined);
  walk.passTo(3000).written();
  assert.equal((await told())['restarts_total'], 1);
});

test('counts checks by result, and tells whether they let it stand for election', async () => {
  const { walk, told } = job({ check: { intervalMs: 60_000, rise: 1, fall: 1 } });
  assert.deepEqual(await told(), {});
  walk.take({ type: 'checked', passed: true, because: 'the check exited with 0' });
  assert.deepEqual(await told(), { 'checks_total{result="passed"}': 1, is_fit: 1 });
  walk.take({ type: 'checked', passed: false, because: 'the check exited with 1' });
  assert.deepEqual(await told(), { 'checks_total{result="passed"}': 1, 'checks_total{result="failed"}': 1 });
});
