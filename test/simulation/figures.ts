// Owns the sums over many runs: whether the plans did anything worth checking.

import type { Run } from './simulate.js';

/** More than a kill, the end of a session and a start take together; less than any session. */
export const LONGEST_HAND_OVER_MS = 500;

export class Figures {
  readonly #counts = new Map<string, number>();
  #plans = 0;
  #longestGapMs = 0;
  #mostEvidence = 0;
  #simulatedMs = 0;
  #events = 0;
  #plansWithSeveralTerms = 0;

  get plans(): number {
    return this.#plans;
  }

  /** How long no command ran between two terms, at most. */
  get longestGapMs(): number {
    return this.#longestGapMs;
  }

  add(run: Run): void {
    this.#plans += 1;
    this.#longestGapMs = Math.max(this.#longestGapMs, run.longestGapMs);
    this.#mostEvidence = Math.max(this.#mostEvidence, run.mostEvidence);
    this.#simulatedMs += run.simulatedMs;
    this.#events += run.events;
    if ((run.counts.get('terms') ?? 0) > 1) this.#plansWithSeveralTerms += 1;
    for (const [figure, count] of run.counts)
      this.#counts.set(figure, (this.#counts.get(figure) ?? 0) + count);
  }

  count(figure: string): number {
    return this.#counts.get(figure) ?? 0;
  }

  describe(): string {
    return [
      `plans ${this.#plans}, of them with more than one term ${this.#plansWithSeveralTerms}`,
      `events ${this.#events}, simulated time ${(this.#simulatedMs / 3_600_000).toFixed(1)}h`,
      `longest time without a command ${(this.#longestGapMs / 1000).toFixed(1)}s, longest evidence ${this.#mostEvidence}`,
      ...[...this.#counts]
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([figure, count]) => `${figure} ${count}`),
    ].join('\n');
  }
}
