// Owns what must hold between a run and the next: the pauses, the failures that make them longer, the restarts in a
// period. All moments are in true time.

import type { Job } from '../../src/election/job.js';
import type { RunEntry } from '../../src/ledger/ledger.js';
import { Violation } from './checks.js';

const LEAST_PART_OF_PAUSE = 0.8;
/** A machine's clock may be so much faster; and some bits are lost on the way between two. */
const CLOCK_RATE = 0.98;
const ROUNDING_MS = 1;

export class PauseChecks {
  readonly #job: Job;
  readonly #now: () => number;
  #startedAt = -Infinity;
  #endedAt = -Infinity;
  /** A run that somebody has asked for is in nobody's row: what had failed before it is restarted when it would be. */
  #isAskedFor = false;
  /** Of each contender: for each restart, when the run before it had ended. */
  readonly #restarts = new Map<string, number[]>();

  constructor(job: Job, now: () => number) {
    this.#job = job;
    this.#now = now;
  }

  ended(): void {
    if (!this.#isAskedFor) this.#endedAt = this.#now();
  }

  /** `run` is its number in the term; `failures` are those in a row when it was claimed. */
  started({ id, reason, by }: RunEntry, run: number, failures: number): void {
    if (reason === 'restart' || (reason === 'start' && failures > 0)) this.#checkPause(id, failures);
    if (reason === 'restart' && run > 1) this.#checkRestarts(by);
    this.#isAskedFor = reason === 'request';
    this.#startedAt = this.#now();
  }

  /** Failures in a row are only forgotten where a run has succeeded, or went on for as long as the longest pause. */
  failuresWritten(before: number, after: number, concluded: readonly RunEntry[]): void {
    if (after === before) return;
    const results = concluded.map(({ result }) => result);
    const hasFailed = results.includes('failed') || results.includes('timed-out');
    const wasHealthy =
      this.#now() - this.#startedAt >= this.#job.restartDelayMaxMs * CLOCK_RATE - ROUNDING_MS;
    const isRight =
      (hasFailed && after === before + 1) ||
      (after === 0 && results.includes('succeeded')) ||
      (wasHealthy && after === (hasFailed ? 1 : 0));
    if (!isRight)
      throw new Violation('failures forgotten', `${before} become ${after} by ${results.join(', ')}`);
  }

  #checkPause(id: string, failures: number): void {
    const { restartDelayMs, restartDelayMaxMs } = this.#job;
    const wholeMs = Math.min(restartDelayMaxMs, restartDelayMs * 2 ** Math.max(0, failures - 1));
    const leastMs = wholeMs * LEAST_PART_OF_PAUSE * CLOCK_RATE - ROUNDING_MS;
    const pauseMs = this.#now() - this.#endedAt;
    if (pauseMs < leastMs)
      throw new Violation(
        'no pause',
        `${id} starts ${pauseMs}ms after the run before it, behind ${failures} failures`,
      );
  }

  #checkRestarts(by: string): void {
    const { maxRestarts } = this.#job;
    if (maxRestarts === undefined) return;
    const restarts = this.#restarts.get(by) ?? [];
    restarts.push(this.#endedAt);
    this.#restarts.set(by, restarts);
    const { count, periodMs } = maxRestarts;
    const [first] = restarts.slice(-count - 1);
    if (restarts.length <= count || first === undefined) return;
    const withinMs = this.#now() - first;
    if (withinMs < periodMs * CLOCK_RATE - ROUNDING_MS)
      throw new Violation('too many restarts', `${by} has ${count + 1} within ${withinMs}ms of ${periodMs}`);
  }
}
