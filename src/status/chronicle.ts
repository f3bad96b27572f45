// Owns what is told of one look after the other: the changes, and the times without a connection.

import type { Election } from '../zookeeper/elections.js';
import { type Change, changesBetween } from './changes.js';
import { changeInJson, incidentInJson } from './json.js';
import { absenceInWords, changeInWords, timeOfDay } from './words.js';
import { printable, printableJson } from '../printable.js';

/** What is told: a change of an election, or something that happened to the view of all of them. */
export type Entry =
  | Change
  | { readonly kind: 'absent' | 'reconnected' }
  | { readonly kind: 'disconnected'; readonly because: string };

/** The elections as they were seen last, and since when the view is out of date, if it is. */
export class Chronicle {
  readonly #path: string;
  #elections: readonly Election[] | undefined;
  #staleBecause: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Undefined before the first look. */
  get elections(): readonly Election[] | undefined {
    return this.#elections;
  }

  /** Why it may be out of date; undefined while it is not. */
  get staleBecause(): string | undefined {
    return this.#staleBecause;
  }

  seen(elections: readonly Election[]): Entry[] {
    const entries: Entry[] = changesBetween(this.#elections ?? [], elections);
    if (this.#elections === undefined && elections.length === 0) entries.unshift({ kind: 'absent' });
    if (this.#staleBecause !== undefined) entries.unshift({ kind: 'reconnected' });
    this.#elections = elections;
    this.#staleBecause = undefined;
    return entries;
  }

  suspended(because: string): Entry[] {
    if (this.#elections === undefined || this.#staleBecause !== undefined) return [];
    this.#staleBecause = because;
    return [{ kind: 'disconnected', because }];
  }

  /** One line for people; the election is named where it is not the path itself. */
  inWords(entry: Entry, at: Date): string {
    const which =
      'election' in entry && entry.election.path !== this.#path
        ? `${printable(entry.election.path.slice(this.#path.length + 1))}: `
        : '';
    return `${timeOfDay(at)} ${which}${this.#sentence(entry)}`;
  }

  /** One line for programs. */
  inJson(entry: Entry, at: Date): string {
    switch (entry.kind) {
      case 'absent':
      case 'reconnected':
        return printableJson(incidentInJson(entry.kind, null, at));
      case 'disconnected':
        return printableJson(incidentInJson(entry.kind, entry.because, at));
      default:
        return printableJson(changeInJson(entry, at));
    }
  }

  #sentence(entry: Entry): string {
    switch (entry.kind) {
      case 'absent':
        return absenceInWords(this.#path);
      case 'reconnected':
        return 'connected again';
      case 'disconnected':
        return `not connected: ${entry.because}`;
      default:
        return changeInWords(entry);
    }
  }
}
