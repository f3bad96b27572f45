// Owns what is told of one look at the records after the other: the changes, and the times without a connection.

import { printable, printableJson } from '../printable.js';
import { timeOfDay } from '../status/words.js';
import type { Records } from '../zookeeper/records.js';
import { type Change, changesBetween } from './changes.js';
import { changeInJson, incidentInJson } from './json.js';
import {
  absenceInWords,
  countInWords,
  durationInWords,
  durationOf,
  gapInWords,
  occasionInWords,
  resultInWords,
  unreadableInWords,
} from './words.js';

/** What is told: a change of the records, or something that happened to the view of them. */
export type Event =
  Change | { readonly kind: 'reconnected' } | { readonly kind: 'disconnected'; readonly because: string };

/** The records as they were seen last, and since when the view is out of date, if it is. */
export class Chronicle {
  readonly #path: string;
  readonly #last: number;
  #records: Records | undefined;
  #staleBecause: string | undefined;

  constructor(path: string, last: number) {
    this.#path = path;
    this.#last = last;
  }

  /** Undefined before the first look. */
  get records(): Records | undefined {
    return this.#records;
  }

  /** Why they may be out of date; undefined while they are not. */
  get staleBecause(): string | undefined {
    return this.#staleBecause;
  }

  seen(records: Records): Event[] {
    const events: Event[] = changesBetween(this.#records, records, this.#last);
    if (this.#staleBecause !== undefined) events.unshift({ kind: 'reconnected' });
    this.#records = records;
    this.#staleBecause = undefined;
    return events;
  }

  suspended(because: string): Event[] {
    if (this.#records === undefined || this.#staleBecause !== undefined) return [];
    this.#staleBecause = because;
    return [{ kind: 'disconnected', because }];
  }

  /** One line for people. */
  inWords(event: Event, at: Date): string {
    return `${timeOfDay(at)} ${this.#sentence(event, at)}`;
  }

  /** One line for programs. */
  inJson(event: Event, at: Date): string {
    switch (event.kind) {
      case 'reconnected':
        return printableJson(incidentInJson(this.#path, event.kind, null, at));
      case 'disconnected':
        return printableJson(incidentInJson(this.#path, event.kind, event.because, at));
      default:
        return printableJson(changeInJson(this.#path, event, at));
    }
  }

  #sentence(event: Event, at: Date): string {
    switch (event.kind) {
      case 'claimed':
      case 'ended': {
        const { entry } = event;
        const run = `run ${printable(entry.id)} of ${printable(entry.by)} (${occasionInWords(entry, at)})`;
        const ms = durationOf(entry);
        const took = ms === undefined ? '' : ` after ${durationInWords(ms)}`;
        return event.kind === 'claimed'
          ? `${run} begins`
          : `${run} ${resultInWords(entry, undefined)}${took}`;
      }
      case 'missed':
      case 'skipped':
        return `${countInWords(event.entry)}: ${gapInWords(event.entry, at)}`;
      case 'scheduled':
        return event.schedule === undefined
          ? 'no schedule any more'
          : `schedule: ${printable(event.schedule)}`;
      case 'removed':
        return 'the records have been removed';
      case 'absent':
        return absenceInWords(this.#path);
      case 'unreadable':
        return unreadableInWords(this.#path, event.because);
      case 'reconnected':
        return 'connected again';
      case 'disconnected':
        return `not connected: ${event.because}`;
    }
  }
}
