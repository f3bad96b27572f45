// Owns what a person is told of each run of a job: one line when it has started, one when it has ended, and one for a
// term that is lost between two. Must never say more: a job that runs every few seconds would fill the log with it.

import { failuresAfter } from '../election/after-run.js';
import type { StopCause } from '../election/endings.js';
import type { PhaseOf, Settings } from '../election/model.js';
import type { Run } from '../election/term.js';
import { leaseOf } from '../election/transitions.js';
import type { Result } from '../ledger/ledger.js';
import type { Log } from '../log/log.js';
import { describeReason, describeTick, nextAfterRun, retreatAfter } from './job-words.js';
import { passedTicks } from './passed-ticks.js';
import type { Step } from './supervisor.js';
import { describeCause, exitFields } from './words.js';

/** Somebody should look at these. */
const COMPLAINTS: ReadonlySet<Result> = new Set(['failed', 'timed-out']);

export class RunJournal {
  readonly #log: Log;
  readonly #settings: Settings;
  /** The last one that was to be started. */
  #run: Run | undefined;
  /** Ticks that came while it was going. */
  #skipped = 0;

  constructor({ log, settings }: { readonly log: Log; readonly settings: Settings }) {
    this.#log = log;
    this.#settings = settings;
  }

  started(pid: number): void {
    if (this.#run === undefined) return;
    const { id, reason, attempt } = this.#run;
    this.#log.write('info', 'run-started', {
      run: id,
      tick: describeTick(this.#run),
      because: describeReason(reason),
      attempt,
      pid,
      reason,
    });
  }

  observe(step: Step): void {
    const { before, event, commands } = step;
    for (const { count, kind } of passedTicks(this.#settings, step))
      if (kind === 'skipped') this.#skipped += count;
    if (event.type === 'tree-empty' && before.phase.name === 'stopping') this.#ended(step, before.phase);
    for (const command of commands) if (command.type === 'start-child') this.#run = command.run;
    this.#lostBetweenRuns(step);
  }

  #ended(step: Step, ended: PhaseOf<'stopping'>): void {
    const { run, term, cause, result } = ended;
    const { job } = this.#settings;
    const before = term.records?.ledger.failures ?? 0;
    const next = nextAfterRun(this.#settings, step, ended);
    const failures = failuresAfter(job, before, run, result, step.now);
    this.#log.write(COMPLAINTS.has(result) ? 'warn' : 'info', 'run-ended', {
      run: run.id,
      tick: describeTick(run),
      result,
      because: describeCause(cause),
      duration_ms: Math.round(step.now - run.startedAt),
      failures: failures === 0 ? undefined : failures,
      skipped: this.#skipped === 0 ? undefined : this.#skipped,
      ...next,
      ...exitFields(run.exit),
    });
    this.#skipped = 0;
    const { maxRestarts } = job;
    if (maxRestarts === undefined || retreatAfter(this.#settings, step, ended) !== 'too-many-restarts')
      return;
    this.#log.write('warn', 'too-many-restarts', {
      restarts: maxRestarts.count,
      period_ms: maxRestarts.periodMs,
      next: next.next,
    });
  }

  /** With a run, the end of that says why. */
  #lostBetweenRuns(step: Step): void {
    const { before, after } = step;
    if (!isBetweenRuns(step) || !('znode' in before.phase) || 'term' in after.phase) return;
    const cause = this.#loss(step);
    if (cause === undefined) return;
    this.#log.write('warn', 'term-lost', {
      because: describeCause(cause),
      epoch: String(before.phase.znode.epoch),
    });
  }

  /** Undefined where the place is given back, which is told with that. */
  #loss({ before, event, after, now }: Step): StopCause | undefined {
    const lease = leaseOf(this.#settings, before);
    if (lease === undefined || now >= lease.terminateAt) return { kind: 'lease' };
    if (event.type === 'lost') return { kind: 'lost', reason: event.reason };
    if (after.phase.name === 'resigning' || after.fitness.status !== 'fit') return undefined;
    return after.session.status === 'live'
      ? { kind: 'lost', reason: 'its znode was deleted by somebody else' }
      : { kind: 'lost', reason: 'its session was replaced by another one' };
  }
}

/** No command runs, or none any more. */
function isBetweenRuns({ before: { phase }, event }: Step): boolean {
  return phase.name === 'idle' || (phase.name === 'stopping' && phase.stays && event.type === 'tree-empty');
}
