// Owns what Prometheus is told, and its names: those that have been released stay. Labels have few values, all known
// beforehand, so that every series is there from the start. Node's own metrics are left out: they would keep timers and
// observers of the garbage collector running.

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ChildExit, StopCause } from '../election/endings.js';
import type { PhaseOf, Settings } from '../election/model.js';
import type { Result } from '../ledger/ledger.js';
import { passedTicks } from '../supervisor/passed-ticks.js';
import type { Step } from '../supervisor/supervisor.js';
import { beginsTerm } from '../supervisor/terms.js';
import type { Status } from './status.js';

const PREFIX = 'zk_leader_run_';

/** A heartbeat that takes longer than two seconds has cost the connection. */
const HEARTBEAT_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2];
/** From a command that goes at once to one that needs more than the default of --stop-timeout. */
const STOP_BUCKETS = [0.05, 0.25, 1, 5, 10, 30, 60];

/** From a job of a moment to one of a day. */
const RUN_BUCKETS = [0.1, 1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400];

const CAUSES: readonly StopCause['kind'][] = [
  'asked',
  'resign',
  'exited',
  'lease',
  'lost',
  'unwatched',
  'overran',
  'replaced',
  'unfit',
];
const RUN_RESULTS: readonly Result[] = ['succeeded', 'failed', 'timed-out', 'replaced', 'interrupted'];
const RESULTS = ['success', 'failure', 'signal', 'not-started'] as const;

export class Metrics {
  readonly #registry = new Registry();
  readonly #isLeader = this.#gauge('is_leader', 'Whether this contender leads: what /leader says.');
  readonly #epoch = this.#gauge('term_epoch', 'The number of the present term, or 0.');
  readonly #leaseLeft = this.#gauge(
    'lease_left_seconds',
    'Until another could have been elected; 0 outside of a term.',
  );
  readonly #connected = this.#gauge(
    'connected',
    'Whether there is a connection to the ensemble, in a session.',
  );
  readonly #elections = this.#counter(
    'elections_total',
    'How often this contender was elected: terms begun.',
  );
  readonly #reconnects = this.#counter('reconnects_total', 'Connections on which a session went on.');
  readonly #sessionsLost = this.#counter('sessions_lost_total', 'Sessions that were lost or given up.');
  readonly #starts = this.#counter('command_starts_total', 'Commands started.');
  readonly #exits = this.#counter(
    'command_exits_total',
    'Ends of the main process of a command, by result.',
    'result',
  );
  readonly #heartbeats = this.#histogram(
    'heartbeat_duration_seconds',
    'From the sending of a quorum write to its answer.',
    HEARTBEAT_BUCKETS,
  );
  readonly #stops = this.#histogram(
    'stop_duration_seconds',
    'From the moment when a command is to end to its last process gone, by cause.',
    STOP_BUCKETS,
    'cause',
  );
  readonly #runs = this.#counter('runs_total', 'Runs ended, by result.', 'result');
  readonly #runDurations = this.#histogram(
    'run_duration_seconds',
    'From the start of a run to its last process gone.',
    RUN_BUCKETS,
  );
  readonly #restarts = this.#counter(
    'restarts_total',
    'Runs started since the one before had ended by itself.',
  );
  readonly #missed = this.#counter('ticks_missed_total', 'Ticks that came while nobody could run them.');
  readonly #skipped = this.#counter('ticks_skipped_total', 'Ticks that came while another run was going.');
  readonly #failures = this.#gauge('failures_in_a_row', 'Failed runs in a row; 0 outside of a term.');
  readonly #lastSuccess = this.#gauge(
    'last_success_timestamp_seconds',
    'When the last run that succeeded had ended; 0 where none is known, and outside of a term.',
  );
  readonly #nextTick = this.#gauge(
    'next_tick_timestamp_seconds',
    'The next tick; 0 where there is none, and outside of a term.',
  );
  readonly #checks = this.#counter('checks_total', 'Checks of this server, by result.', 'result');
  readonly #isFit = this.#gauge('is_fit', 'Whether this server may stand for election, by its check.');
  readonly #settings: Settings;
  #stopping: { readonly cause: StopCause['kind']; readonly since: number } | undefined;

  /** The election stands in every series, so that the leaders of each can be counted. */
  constructor(settings: Settings, electionPath: string, version: string) {
    this.#settings = settings;
    this.#registry.setDefaultLabels({ election: electionPath });
    for (const result of RESULTS) this.#exits.inc({ result }, 0);
    for (const result of RUN_RESULTS) this.#runs.inc({ result }, 0);
    for (const result of ['passed', 'failed']) this.#checks.inc({ result }, 0);
    for (const cause of CAUSES) this.#stops.zero({ cause });
    this.#gauge('build_info', 'Always 1; the version of zk-leader-run.', 'version').set({ version }, 1);
  }

  observe(step: Step): void {
    const { before, event, after, now } = step;
    if (event.type === 'heartbeat') this.#heartbeats.observe((now - event.sentAt) / 1000);
    if (event.type === 'child-exited') this.#exits.inc({ result: resultOf(event.exit) });
    if (before.session.status === 'live' && after.session.status === 'opening') this.#sessionsLost.inc();
    else if (before.session.status === 'live' && event.type === 'connected') this.#reconnects.inc();
    if (beginsTerm(step)) this.#elections.inc();
    if (event.type === 'checked') this.#checks.inc({ result: event.passed ? 'passed' : 'failed' });
    this.#observeStop(step);
    this.#observeRuns(step);
  }

  commandStarted(): void {
    this.#starts.inc();
  }

  /** The text that Prometheus scrapes. */
  async text(status: Status): Promise<string> {
    this.#isLeader.set(status.leading ? 1 : 0);
    // Exact up to 2^53: until an ensemble has elected its own leader two million times.
    this.#epoch.set(Number(status.epoch ?? 0));
    this.#leaseLeft.set((status.lease_left_ms ?? 0) / 1000);
    this.#connected.set(status.connected ? 1 : 0);
    this.#failures.set(status.failures ?? 0);
    this.#lastSuccess.set(inSeconds(status.last_success));
    this.#nextTick.set(inSeconds(status.next_tick));
    this.#isFit.set(status.fit ? 1 : 0);
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #gauge(name: string, help: string, ...labelNames: string[]): Gauge {
    return new Gauge({ name: PREFIX + name, help, labelNames, registers: [this.#registry] });
  }

  #counter(name: string, help: string, ...labelNames: string[]): Counter {
    return new Counter({ name: PREFIX + name, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string, buckets: number[], ...labelNames: string[]): Histogram {
    return new Histogram({ name: PREFIX + name, help, buckets, labelNames, registers: [this.#registry] });
  }

  #observeRuns(step: Step): void {
    const { before, event, commands, now } = step;
    if (event.type === 'tree-empty' && before.phase.name === 'stopping') this.#ended(before.phase, now);
    for (const command of commands) {
      if (command.type === 'start-child' && command.run.reason === 'restart') this.#restarts.inc();
    }
    for (const { kind, count } of passedTicks(this.#settings, step)) {
      (kind === 'missed' ? this.#missed : this.#skipped).inc(count);
    }
  }

  #ended({ run, result }: PhaseOf<'stopping'>, now: number): void {
    this.#runs.inc({ result });
    this.#runDurations.observe((now - run.startedAt) / 1000);
  }

  #observeStop({ before, after, now }: Step): void {
    if (before.phase.name !== 'stopping' && after.phase.name === 'stopping') {
      this.#stopping = { cause: after.phase.cause.kind, since: now };
    } else if (this.#stopping !== undefined && after.phase.name !== 'stopping') {
      const { cause, since } = this.#stopping;
      this.#stops.observe({ cause }, (now - since) / 1000);
      this.#stopping = undefined;
    }
  }
}

function inSeconds(moment: string | null): number {
  return moment === null ? 0 : Date.parse(moment) / 1000;
}

function resultOf(exit: ChildExit): (typeof RESULTS)[number] {
  switch (exit.kind) {
    case 'code':
      return exit.code === 0 ? 'success' : 'failure';
    case 'signal':
      return 'signal';
    case 'not-started':
      return 'not-started';
  }
}
