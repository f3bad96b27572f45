// Owns what a person is told of this server's fitness, by its check, and of the time that it stays out of the line.
// Must never repeat what has not changed: checks go on for as long as a server is unfit.

import type { Check } from '../election/job.js';
import type { Event } from '../election/messages.js';
import type { Settings, State } from '../election/model.js';
import type { Log } from '../log/log.js';
import { describePause } from './job-words.js';
import type { Step } from './supervisor.js';
import { describeAbsence } from './words.js';

type Checked = Extract<Event, { type: 'checked' }>;

export class FitnessJournal {
  readonly #log: Log;
  readonly #settings: Settings;
  #away: { readonly since: number; readonly wasUnfit: boolean } | undefined;

  constructor({ log, settings }: { readonly log: Log; readonly settings: Settings }) {
    this.#log = log;
    this.#settings = settings;
  }

  observe(step: Step): void {
    const { check } = this.#settings.job;
    if (check !== undefined && step.event.type === 'checked') this.#checked(check, step, step.event);
    this.#presence(step);
  }

  #checked(check: Check, { before, after }: Step, { passed, because }: Checked): void {
    const was = before.fitness;
    const is = after.fitness;
    if (is.status !== was.status) {
      this.#verdict(check, before, is.status === 'fit', because);
    } else if (is.status === 'fit') {
      if (!passed) {
        this.#log.write('warn', 'check-failed', { because, in_a_row: is.streak, needed: check.fall });
      } else if (was.streak > 0) {
        this.#log.write('info', 'check-passed', { in_a_row: undefined, needed: undefined });
      }
    } else if (passed) {
      this.#log.write('debug', 'check-passed', { in_a_row: is.streak, needed: check.rise });
    } else {
      const level = is.because === was.because ? 'debug' : 'warn';
      this.#log.write(level, 'check-failed', { because, in_a_row: undefined, needed: undefined });
    }
  }

  #verdict({ rise }: Check, { phase }: State, isFit: boolean, because: string): void {
    if (isFit) {
      this.#log.write('info', 'fit', {
        because: rise === 1 ? 'its check has passed' : `its check has passed ${rise} times in a row`,
        next: 'it may stand for election',
      });
      return;
    }
    const back = rise === 1 ? 'its check passes' : `its check has passed ${rise} times in a row`;
    this.#log.write('warn', 'unfit', {
      because,
      next: 'znode' in phase ? `it resigns, and is back once ${back}` : `it is out of the line until ${back}`,
    });
  }

  #presence({ before, after, now }: Step): void {
    const wasUnfit = after.fitness.status !== 'fit';
    if (after.phase.name === 'away') {
      const { since = now, wasUnfit: wasUnfitBefore = false } = this.#away ?? {};
      this.#away = { since, wasUnfit: wasUnfit || wasUnfitBefore };
      if (before.phase.name === 'away') return;
      const pauseMs = after.awayUntil - now;
      this.#log.write('info', 'away', {
        because: describeAbsence(after),
        next: wasUnfit ? 'back once its check passes' : `back in ${describePause(pauseMs)}`,
        pause_ms: wasUnfit ? undefined : Math.round(pauseMs),
      });
    } else if (after.phase.name === 'joining' && this.#away !== undefined) {
      this.#log.write('info', 'back-in-line', {
        because: this.#away.wasUnfit ? 'its check passes' : 'its pause is over',
        away_ms: Math.round(now - this.#away.since),
      });
      this.#away = undefined;
    }
  }
}
