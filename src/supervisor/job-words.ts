// Owns how the runs of a job, and what comes next, are called in the log and in the lines that tell how things stand.

import { afterLoss, sequelOf } from '../election/after-run.js';
import type { Retreat } from '../election/endings.js';
import type { PhaseOf, Settings, State } from '../election/model.js';
import type { PlannedRun } from '../election/term.js';
import { comesBack } from '../election/transitions.js';
import type { Occasion, Reason } from '../ledger/ledger.js';
import { formatDuration } from '../options/duration.js';
import { type NextTick, nextRunOf, waitFor } from './next-run.js';
import type { Step } from './supervisor.js';
import { describeRetreat } from './words.js';

/** RFC 3339, in UTC: ticks look the same on every server. */
export function describeMoment(wallMs: number): string {
  return new Date(wallMs).toISOString();
}

/** What a run is for: its tick, or what stands in for one. */
export function describeTick({ tick, name }: Pick<Occasion, 'tick' | 'name'>): string | undefined {
  return name ?? (tick === undefined ? undefined : describeMoment(tick));
}

export function describeReason(reason: Reason): string {
  switch (reason) {
    case 'tick':
      return 'its tick has come';
    case 'late':
      return 'its tick came while nobody could run it';
    case 'queued':
      return 'its tick came while another run was going';
    case 'start':
      return 'the term has begun';
    case 'restart':
      return 'the run before it has ended';
    case 'rerun':
      return 'the run of its tick was interrupted';
    case 'request':
      return 'somebody asked for it';
  }
}

/** Whole tenths of a second, unless that is too coarse. */
export function describePause(ms: number): string {
  return formatDuration(ms < 1000 ? ms : Math.round(ms / 100) * 100);
}

/** A command that is kept running has no attempts, unless it fails. */
export function describeAttempt({ attempt }: PlannedRun): string {
  return attempt === 1 ? 'again' : `attempt ${attempt}`;
}

/** What comes next, for people and for machines. */
export interface Next {
  readonly next: string;
  readonly next_tick: string | undefined;
  readonly pause_ms: number | undefined;
}

function nothingButWords(next: string): Next {
  return { next, next_tick: undefined, pause_ms: undefined };
}

/** What an idle leader does next. */
export function nextInTerm(settings: Settings, state: State, now: number): Next {
  const next = nextRunOf(settings, state);
  const waitMs = Math.round(waitFor(next, now, state) ?? 0);
  switch (next.kind) {
    case 'claimed':
      return nothingButWords(`run ${next.run.id} follows at once`);
    case 'planned':
      return {
        next: `${describeAttempt(next.planned)} ${waitMs === 0 ? 'at once' : `in ${describePause(waitMs)}`}`,
        next_tick: undefined,
        pause_ms: waitMs,
      };
    case 'tick':
      return describeNextTick(next);
    case 'none':
      return nothingButWords('no tick is left');
  }
}

function describeNextTick({ tick, dueAt }: NextTick): Next {
  const putOff = dueAt > tick ? `, put off by ${describePause(dueAt - tick)}` : '';
  return {
    next: `tick ${describeMoment(tick)}${putOff}`,
    next_tick: describeMoment(tick),
    pause_ms: undefined,
  };
}

/** A run ends with this step. */
type LastStep = Pick<Step, 'before' | 'after' | 'now'>;

/** What follows the run that has ended with this step. */
export function nextAfterRun(settings: Settings, step: LastStep, ended: PhaseOf<'stopping'>): Next {
  const { after, now } = step;
  if ('term' in after.phase) return nextInTerm(settings, after, now);
  const { next, awayMs } = departure(settings, step, ended);
  if (!comesBack(next)) return nothingButWords('this program ends');
  const back = 'back to the end of the line';
  const why =
    next.kind === 'rejoin' && next.because !== undefined ? `: ${describeRetreat(next.because)}` : '';
  if (awayMs === 0) return nothingButWords(back + why);
  return {
    next: `${back} in ${describePause(awayMs)}${why}`,
    next_tick: undefined,
    pause_ms: Math.round(awayMs),
  };
}

/** Why the place in line is given back behind the run, if that is not since the term was lost or its end asked for. */
export function retreatAfter(
  settings: Settings,
  step: LastStep,
  ended: PhaseOf<'stopping'>,
): Retreat | undefined {
  const { next } = departure(settings, step, ended);
  return next.kind === 'rejoin' ? next.because : undefined;
}

/** A term that was to go on may have been lost in the same step. */
function departure(settings: Settings, { before, now }: LastStep, ended: PhaseOf<'stopping'>) {
  const sequel = sequelOf(settings, before, ended, now);
  return sequel.kind === 'leave' ? sequel : { next: afterLoss(settings), awayMs: 0 };
}
