// Owns what a person is told of a job beside its runs: what a term finds, ticks that are not run, what others want.
// Must never be needed for anything else.

import type { Settings, State } from '../election/model.js';
import { type Ledger, type RunEntry, runsOf } from '../ledger/ledger.js';
import type { Log } from '../log/log.js';
import { describeAttempt, describeMoment, describePause, describeTick, nextInTerm } from './job-words.js';
import { nextRunOf, waitFor } from './next-run.js';
import { passedTicks, type PassedTicks } from './passed-ticks.js';
import type { Step } from './supervisor.js';
import { beginsTerm, foundLedger } from './terms.js';
import { describeInstruction } from './words.js';

export class JobJournal {
  readonly #log: Log;
  readonly #settings: Settings;
  /** The run that ticks were skipped for last. */
  #skippedFor: string | undefined;
  /** The request that was heard last. */
  #heard: string | undefined;

  constructor({ log, settings }: { readonly log: Log; readonly settings: Settings }) {
    this.#log = log;
    this.#settings = settings;
  }

  observe(step: Step): void {
    if (beginsTerm(step)) this.#termBegins(step);
    for (const ticks of passedTicks(this.#settings, step)) this.#passed(step, ticks);
    this.#asked(step);
    this.#withdrawn(step);
    this.#removed(step);
  }

  #termBegins(step: Step): void {
    const { after, now } = step;
    const found = foundLedger(step);
    for (const run of found === undefined ? [] : interruptedIn(found, after)) this.#interrupted(step, run);
    const { schedule } = this.#settings.job;
    if (schedule !== undefined) {
      const before = found?.schedule;
      const { next, next_tick } = nextInTerm(this.#settings, after, now);
      const isNew = before !== undefined && before !== schedule.text;
      this.#log.write('info', 'following-schedule', {
        because: isNew ? `it is new, the last leader followed ${before}` : undefined,
        schedule: schedule.text,
        next,
        next_tick,
      });
      return;
    }
    const next = nextRunOf(this.#settings, after);
    const pauseMs = waitFor(next, now, after) ?? 0;
    if (next.kind !== 'planned' || pauseMs === 0) return;
    this.#log.write('info', 'waiting-for-restart', {
      because: 'it has failed, here or where it ran before',
      failures: found?.failures ?? 0,
      next: `${describeAttempt(next.planned)} in ${describePause(pauseMs)}`,
      pause_ms: Math.round(pauseMs),
    });
  }

  #interrupted({ after }: Step, run: RunEntry): void {
    const { id, by, host } = run;
    this.#log.write('warn', 'run-interrupted', {
      run: id,
      tick: describeTick(run),
      by,
      host,
      next: isRunAgain(run, after) ? 'it is run again' : this.#whyNoRerun(run),
    });
  }

  #whyNoRerun({ tick, name }: RunEntry): string {
    const { schedule, oncePer, rerunInterrupted } = this.#settings.job;
    if (oncePer !== undefined) return 'it is not run again: it was for another tick';
    if (schedule === undefined) return 'the command is started anew';
    if (tick === undefined && name === undefined) return 'it is not run again: it was for no tick';
    return rerunInterrupted
      ? 'it is not run again: its tick is too long ago for --catch-up, or another one is run instead'
      : 'it is not run again: --rerun-interrupted would have it so';
  }

  #passed(step: Step, { kind, first, last, count }: PassedTicks): void {
    const ticks = { count, first_tick: describeMoment(first), last_tick: describeMoment(last) };
    if (kind === 'missed') {
      const { next } = nextInTerm(this.#settings, step.after, step.now);
      this.#log.write('warn', 'ticks-missed', {
        ...ticks,
        because: 'nobody could run them when they came',
        next,
      });
      return;
    }
    const run = runInTheWay(step);
    this.#log.write(run === this.#skippedFor ? 'debug' : 'info', 'ticks-skipped', {
      ...ticks,
      because: run === undefined ? 'another run was going' : `run ${run} was going`,
      run,
    });
    this.#skippedFor = run;
  }

  /** A request that is granted already is heard once more on every connection, as long as it stands there. */
  #asked(step: Step): void {
    const { event, before } = step;
    if (event.type !== 'run-asked' || !('term' in before.phase)) return;
    const { id, instruction } = event.request;
    const { records } = before.phase.term;
    const isGranted = records !== undefined && runsOf(records.ledger).some(({ request }) => request === id);
    if (id === this.#heard || isGranted) return;
    this.#heard = id;
    this.#log.write('info', 'run-asked', {
      because: describeInstruction(instruction),
      next: fateOfRequest(step, id),
      request: id,
    });
  }

  #withdrawn({ event, before, after }: Step): void {
    const request = 'term' in before.phase ? before.phase.term.request : undefined;
    if (event.type !== 'run-not-asked' || request === undefined) return;
    if (!('term' in after.phase) || after.phase.term.request !== undefined) return;
    this.#heard = undefined;
    this.#log.write('info', 'run-withdrawn', {
      because: `${describeInstruction(request.instruction)} does not wait for it any more`,
      next: 'it is not started',
      request: request.id,
    });
  }

  #removed({ event, before, after }: Step): void {
    if (event.type !== 'ledger-written' || event.outcome !== 'ledger-gone') return;
    if (!existed(before) || existed(after)) return;
    this.#log.write('info', 'records-removed', {
      next: 'they begin anew with the next run, and no tick is run twice',
    });
  }
}

/** Those whose end nobody has written down; and one whose leader did, if it matters still. */
function interruptedIn(found: Ledger, state: State): readonly RunEntry[] {
  return runsOf(found).filter((run) => run.result === undefined || isRunAgain(run, state));
}

/** The term that has just begun repeats that run. */
function isRunAgain({ tick, name, attempt }: RunEntry, { phase }: State): boolean {
  const coming = phase.name === 'idle' ? (phase.claim?.run ?? phase.term.planned) : undefined;
  return (
    coming?.reason === 'rerun' &&
    coming.tick === tick &&
    coming.name === name &&
    coming.attempt === attempt + 1
  );
}

/** The run during which ticks were skipped: one that is going, or has ended with this step. */
function runInTheWay({ before, after }: Step): string | undefined {
  if ('run' in after.phase) return after.phase.run.id;
  return 'run' in before.phase ? before.phase.run.id : undefined;
}

function fateOfRequest({ after: { phase } }: Step, id: string): string {
  switch (phase.name) {
    case 'idle': {
      const run = phase.claim?.run;
      if (run === undefined) return 'it is started as soon as there is a connection';
      return run.request === id ? `run ${run.id} follows at once` : `it is started behind run ${run.id}`;
    }
    case 'leading':
      return `it is started behind run ${phase.run.id}`;
    case 'stopping':
      return phase.stays ? `it is started behind run ${phase.run.id}` : 'it is left to whoever leads next';
    case 'connecting':
    case 'away':
    case 'joining':
    case 'standby':
    case 'elected':
    case 'resigning':
    case 'ended':
      return 'it is left to whoever leads next';
  }
}

function existed({ phase }: State): boolean {
  return 'term' in phase && phase.term.records?.exists === true;
}
