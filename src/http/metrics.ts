// Owns what Prometheus is told, and its names: those that have been released stay. Labels have few values, all known
// beforehand, so that every series is there from the start. Node's own metrics are left out: they would keep timers and
// observers of the garbage collector running.

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ChildExit, StopCause } from '../election/model.js';
import type { Step } from '../supervisor/supervisor.js';
import type { Status } from './status.js';

const PREFIX = 'zk_leader_run_';

/** A heartbeat that takes longer than two seconds has cost the connection. */
const HEARTBEAT_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2];
/** From a command that goes at once to one that needs more than the default of --stop-timeout. */
const STOP_BUCKETS = [0.05, 0.25, 1, 5, 10, 30, 60];

const CAUSES: readonly StopCause['kind'][] = ['asked', 'resign', 'exited', 'lease', 'lost', 'unwatched'];
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
    'From the end of a term to the last process of its command gone, by cause.',
    STOP_BUCKETS,
    'cause',
  );
  #stopping: { readonly cause: StopCause['kind']; readonly since: number } | undefined;

  /** The election stands in every series, so that the leaders of each can be counted. */
  constructor(electionPath: string, version: string) {
    this.#registry.setDefaultLabels({ election: electionPath });
    for (const result of RESULTS) this.#exits.inc({ result }, 0);
    for (const cause of CAUSES) this.#stops.zero({ cause });
    this.#gauge('build_info', 'Always 1; the version of zk-leader-run.', 'version').set({ version }, 1);
  }

  observe(step: Step): void {
    const { before, event, after, now } = step;
    if (event.type === 'heartbeat') this.#heartbeats.observe((now - event.sentAt) / 1000);
    if (event.type === 'child-exited') this.#exits.inc({ result: resultOf(event.exit) });
    if (before.session.status === 'live' && after.session.status === 'opening') this.#sessionsLost.inc();
    else if (before.session.status === 'live' && event.type === 'connected') this.#reconnects.inc();
    if (!('term' in before.phase) && 'term' in after.phase) this.#elections.inc();
    this.#observeStop(step);
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
