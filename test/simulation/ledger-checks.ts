// Owns what must hold of a ledger that a quorum has taken, and of the runs that are started by it. It sees every
// commit in true time, and changes nothing.

import type { Job } from '../../src/election/job.js';
import type { Entry, Ledger, RunEntry } from '../../src/ledger/ledger.js';
import { account } from './accounts.js';
import { type Running, Violation } from './checks.js';
import { PauseChecks } from './pause-checks.js';
import type { Cue } from './stage.js';

/** What is taken up within this time has not been late; and moments are written in whole milliseconds. */
const ON_TIME_MS = 1000 + 1;

export class LedgerChecks {
  readonly #job: Job;
  readonly #count: (figure: string) => void;
  readonly #pauses: PauseChecks;
  #first: Ledger | undefined;
  #ledger: Ledger | undefined;
  /** Of a tick: those that have been started. */
  readonly #attempts = new Set<string>();
  readonly #granted = new Set<string>();
  #runs = 0;

  constructor(job: Job, now: () => number, count: (figure: string) => void) {
    this.#job = job;
    this.#count = count;
    this.#pauses = new PauseChecks(job, now);
  }

  /** As a quorum has it. */
  get ledger(): Ledger | undefined {
    return this.#ledger;
  }

  /** How many have been started. */
  get runs(): number {
    return this.#runs;
  }

  hasGranted(request: string): boolean {
    return this.#granted.has(request);
  }

  /** Takes what is committed, and says which point of a run that is. */
  committed(ledger: Ledger): Cue | undefined {
    const before = this.#ledger ?? { ...ledger, entries: [], failures: 0 };
    this.#first ??= ledger;
    this.#ledger = ledger;
    this.#checkTick(before, ledger);
    this.#checkRecords(before, ledger);
    const known = new Map(runsOf(before).map((run) => [run.id, run]));
    const claimed = runsOf(ledger).filter(({ id }) => !known.has(id));
    const concluded = runsOf(ledger).filter(({ id, result }) => result && !known.get(id)?.result);
    this.#pauses.failuresWritten(before.failures, ledger.failures, concluded);
    for (const run of claimed) this.#checkClaim(run, before, ledger);
    this.#checkInTheWay(before, ledger, claimed);
    for (const { result } of concluded) this.#count(`result ${result ?? ''}`);
    if (claimed.length > 0) return 'claimed';
    return concluded.length > 0 ? 'concluded' : undefined;
  }

  started({ contender, epoch, run }: Running, id: string): void {
    const entry = runsOf(this.#ledger).find((known) => known.id === id);
    if (entry === undefined || entry.epoch !== epoch || entry.result !== undefined)
      throw new Violation(
        'unclaimed run',
        `${contender} starts ${id} in epoch ${epoch}, and a quorum has ${JSON.stringify(entry?.result ?? 'no such run')}`,
      );
    const of = entry.tick ?? entry.name;
    if (of !== undefined) {
      const attempt = `attempt ${entry.attempt} of ${of}`;
      if (this.#attempts.has(attempt))
        throw new Violation('run twice', `${contender} starts ${attempt} again`);
      this.#attempts.add(attempt);
    }
    this.#runs += 1;
    this.#pauses.started(entry, run, this.#ledger?.failures ?? 0);
  }

  /** No process of the last run is left. */
  ended(): void {
    this.#pauses.ended();
  }

  /** A run without a result, of a term that is over. */
  leftOpen(isOver: (epoch: bigint) => boolean): RunEntry | undefined {
    return runsOf(this.#ledger).find((run) => run.result === undefined && isOver(run.epoch));
  }

  /** When all is calm. */
  atRest(): void {
    const ledger = this.#ledger;
    if (ledger === undefined) return;
    if (this.#first !== undefined && ledger.entries.length < this.#job.history)
      account(this.#job, this.#first, ledger);
    for (const entry of ledger.entries)
      if (entry.kind !== 'run') for (let tick = 0; tick < entry.count; tick += 1) this.#count(entry.kind);
  }

  #checkTick({ tick: before }: Ledger, { tick: after }: Ledger): void {
    if (before !== undefined && (after === undefined || after < before))
      throw new Violation('tick fell', `from ${before} to ${after ?? 'nothing'}`);
  }

  /** Nothing that was written is changed, but that runs get their results; or lost, but for what is too old. */
  #checkRecords(before: Ledger, after: Ledger): void {
    const isFull = after.entries.length >= this.#job.history;
    for (const [place, entry] of before.entries.entries()) {
      const kept =
        entry.kind === 'run' ? runsOf(after).find(({ id }) => id === entry.id) : after.entries[place];
      if (isFull && (kept === undefined || entry.kind !== 'run')) continue;
      if (kept === undefined || !isSameOrMore(entry, kept, place === before.entries.length - 1))
        throw new Violation(
          'record lost',
          `${JSON.stringify(kept, inDigits)} for ${JSON.stringify(entry, inDigits)}`,
        );
    }
  }

  #checkClaim(run: RunEntry, before: Ledger, ledger: Ledger): void {
    const { id, reason, tick, attempt, claimedAt, request } = run;
    const { schedule, oncePer, catchUpMs } = this.#job;
    this.#count(`run ${reason}`);
    if (request !== undefined) {
      if (this.#granted.has(request)) throw new Violation('run twice', `request ${request} is granted again`);
      this.#granted.add(request);
    }
    if (reason === 'rerun' || (reason === 'restart' && (schedule ?? oncePer) !== undefined)) {
      this.#checkAgain(run, ledger);
      return;
    }
    if (schedule === undefined || tick === undefined) return;
    if (attempt !== 1 || (before.tick !== undefined && tick <= before.tick))
      throw new Violation('run twice', `${id} claims ${tick} with ${before.tick ?? 'nothing'} claimed`);
    const lateMs = claimedAt - schedule.dueAt(tick);
    if (reason !== 'queued' && (lateMs < -1 || lateMs > Math.max(catchUpMs, ON_TIME_MS) + 1))
      throw new Violation('too late', `${id} claims ${tick} ${lateMs}ms late`);
  }

  /** A run is in the way of those ticks alone that come due behind its claim: none is skipped for it, nor takes its place. */
  #checkInTheWay(before: Ledger, after: Ledger, claimed: readonly RunEntry[]): void {
    const { schedule } = this.#job;
    const run = runsOf(before).at(-1);
    if (schedule === undefined || run === undefined) return;
    const wasDue = (tick: number): boolean => schedule.dueAt(tick) < run.claimedAt - 1;
    const [next] = claimed;
    const replacing = next?.reason === 'queued' && isReplaced(after, run.id) ? next.tick : undefined;
    // With a claim, what is skipped is what the claimed tick stands for.
    const skipped = next === undefined ? firstSkipped(before, after) : undefined;
    const tick = replacing ?? skipped;
    if (tick !== undefined && wasDue(tick))
      throw new Violation(
        'in the way',
        `${run.id} is in the way of ${tick}, which was due ahead of its claim`,
      );
  }

  #checkAgain({ id, reason, tick, name, attempt, claimedAt }: RunEntry, ledger: Ledger): void {
    const { rerunInterrupted, catchUpMs, onExit, onFailure } = this.#job;
    const others = runsOf(ledger).filter((run) => run.id !== id);
    const earlier = others.findLast((run) => run.tick === tick && run.name === name);
    // Nothing is known any more of what it follows.
    if (earlier === undefined && this.#job.history <= ledger.entries.length) return;
    const isInvited =
      reason === 'rerun'
        ? rerunInterrupted && earlier?.result === 'interrupted'
        : earlier?.result === 'succeeded'
          ? onExit === 'restart'
          : onFailure === 'restart' && ['failed', 'timed-out'].includes(earlier?.result ?? '');
    const isLast = tick === undefined || others.every((run) => (run.tick ?? tick) <= tick);
    const follows = isLast && earlier?.attempt === attempt - 1;
    const isLate =
      this.#job.schedule !== undefined && reason === 'rerun' && claimedAt - (tick ?? 0) > catchUpMs + 1;
    if (isInvited && follows && !isLate) return;
    throw new Violation(
      'uninvited rerun',
      `${id}: ${reason}, attempt ${attempt} of ${tick ?? name ?? 'a request'}, after ${JSON.stringify(earlier, inDigits)}`,
    );
  }
}

function runsOf(ledger: Ledger | undefined): readonly RunEntry[] {
  return ledger?.entries.filter((entry) => entry.kind === 'run') ?? [];
}

/** The last gap may grow. */
function isSameOrMore(before: Entry, after: Entry, isLast: boolean): boolean {
  if (before.kind === 'run')
    return after.kind === 'run' && (before.result === undefined || before.result === after.result);
  if (after.kind !== before.kind || after.first !== before.first) return false;
  return isLast ? after.count >= before.count : after.count === before.count;
}

function isReplaced(ledger: Ledger, run: string): boolean {
  return runsOf(ledger).some(({ id, result }) => id === run && result === 'replaced');
}

/** The first tick of a gap that is new. */
function firstSkipped(before: Ledger, after: Ledger): number | undefined {
  const gap = after.entries.at(-1);
  if (gap?.kind !== 'skipped') return undefined;
  const known = before.entries.some((entry) => entry.kind === 'skipped' && entry.first === gap.first);
  return known ? undefined : gap.first;
}

function inDigits(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
