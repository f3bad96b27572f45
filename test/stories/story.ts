// Owns the telling of one story: its text in, the same text out, with the output that the core really gives.
// Must never let a story say what cannot happen: an answer nobody asked for, the exit of a command that does not run.
import assert from 'node:assert/strict';
import type { Command, Event } from '../../src/election/messages.js';
import type { Outcome, Settings, State } from '../../src/election/model.js';
import { wakeAt } from '../../src/election/passing-time.js';
import { begin, step } from '../../src/election/step.js';
import { EMPTY_LEDGER, type Ledger } from '../../src/ledger/ledger.js';
import { eventFrom, settingsFrom } from './notation.js';
import { outcomeLines } from './outcome.js';
import { type Request, Requests } from './requests.js';
import { Rules } from './rules.js';
import { fieldsFrom, formatMoment, momentFrom, nameFrom, wallFrom } from './words.js';

/** The supervisor tells it before anything else. */
const WALL_CLOCK_AT_BEGIN = '12:00:00';

/**
 * Tells the story again. Comments, settings and events stay as they are; the output behind each is made anew.
 * `storyCalled` returns the text of another story, which this one may begin with.
 */
export function tell(text: string, storyCalled: (name: string) => string): string {
  const told: string[] = [];
  let teller = new Teller(settingsFrom([]), storyCalled);
  for (const [index, line] of text.trimEnd().split('\n').entries()) {
    if (line.startsWith(INDENT)) continue;
    told.push(line);
    if (!isVerse(line)) continue;
    try {
      const [verb = '', ...words] = line.split(' ');
      if (verb === 'settings') teller = new Teller(settingsFrom(words), storyCalled);
      else if (verb === 'after') told.push(...indented(teller.recall(words)));
      else told.push(...indented(teller.take(verb, words)));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`line ${index + 1}: ${line}: ${why}`, { cause: error });
    }
  }
  return `${told.join('\n')}\n`;
}

const INDENT = '  ';

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => INDENT + line);
}

/** Whether something happens in a line: neither output, nor comment, nor a pause. */
function isVerse(line: string): boolean {
  return line !== '' && !line.startsWith('#') && !line.startsWith(INDENT);
}

class Teller {
  readonly #settings: Settings;
  readonly #storyCalled: (name: string) => string;
  readonly #requests: Requests;
  readonly #rules: Rules;
  #state: State | undefined;
  #now = 0;
  /** As it was found, or as the lines before this one have left it. */
  #ledger: Ledger = EMPTY_LEDGER;

  constructor(settings: Settings, storyCalled: (name: string) => string) {
    this.#settings = settings;
    this.#storyCalled = storyCalled;
    this.#requests = new Requests(settings);
    this.#rules = new Rules(settings);
  }

  /** Takes one line that is neither comment nor setting, and returns its output. */
  take(verb: string, words: readonly string[]): readonly string[] {
    const before = this.#state;
    const commands = verb === 'steady' ? this.#steady(words) : this.#at(verb, words);
    const ledger = this.#ledger;
    for (const command of commands) if (command.type === 'write-ledger') this.#ledger = command.ledger;
    return outcomeLines(this.#settings, { before, after: this.#known(), commands, ledger });
  }

  /** `after leads`: goes through the events of that story by the settings of this one; returns what they have led to. */
  recall(name: readonly string[]): readonly string[] {
    for (const line of this.#storyCalled(name.join(' ')).split('\n').filter(isVerse)) {
      const [verb = '', ...words] = line.split(' ');
      if (verb === 'after') this.recall(words);
      else if (verb !== 'settings') this.take(verb, words);
    }
    return outcomeLines(this.#settings, {
      before: undefined,
      after: this.#known(),
      commands: [],
      ledger: this.#ledger,
    });
  }

  /** `at 12ms EVENT` */
  #at(verb: string, [moment = '', ...words]: readonly string[]): readonly Command[] {
    if (verb !== 'at') throw new Error(`expected "at", "steady", "after" or "settings", got "${verb}"`);
    const now = momentFrom(moment);
    const what = words.join(' ');
    if (what === 'begin' || what === 'begin, the watchdog comes later') {
      this.#now = now;
      const commands = this.#perform(begin(this.#settings, now));
      const clock = this.#step({ type: 'wall-clock', offsetMs: wallFrom(WALL_CLOCK_AT_BEGIN) - now }, now);
      const ready = what === 'begin' ? this.#step({ type: 'watchdog-ready' }, now) : [];
      return [...commands, ...clock, ...ready];
    }
    return this.#step(eventFrom(what, now), now);
  }

  /**
   * `steady until=8s after=5ms names=us#1,web2#2`: the ensemble answers every heartbeat and every read after that
   * time. What is left unanswered at the end goes on being so.
   */
  #steady(words: readonly string[]): readonly Command[] {
    const fields = fieldsFrom(words);
    const until = momentFrom(fields.required('until'));
    const afterMs = momentFrom(fields.required('after'));
    const names = fields.required('names').split(',').map(nameFrom);
    fields.finish();
    const commands: Command[] = [];
    for (;;) {
      const first = this.#requests.first();
      const answerAt = first === undefined ? Infinity : Math.max(this.#now, first.sentAt + afterMs);
      const wakesAt = wakeAt(this.#settings, this.#known());
      const next = Math.min(answerAt, wakesAt);
      if (next > until) break;
      const event: Event =
        first !== undefined && answerAt <= wakesAt
          ? answer(first.request, first.sentAt, names)
          : { type: 'clock' };
      commands.push(...this.#step(event, next));
    }
    this.#now = until;
    return commands;
  }

  #step(event: Event, now: number): readonly Command[] {
    assert.ok(now >= this.#now, `time goes back from ${formatMoment(this.#now)}`);
    this.#now = now;
    this.#rules.checkPossible(event);
    const taken = this.#requests.take(event);
    if (taken.type === 'heartbeat' && taken.ledger !== undefined)
      this.#ledger = taken.ledger.ledger ?? EMPTY_LEDGER;
    return this.#perform(step(this.#settings, this.#known(), taken, now));
  }

  #known(): State {
    if (this.#state === undefined) throw new Error('a story starts with "at 0ms begin"');
    return this.#state;
  }

  #perform({ state, commands }: Outcome): readonly Command[] {
    this.#state = state;
    for (const command of commands) {
      this.#rules.checkCommand(command, state, this.#requests.stored, this.#now);
      this.#requests.add(command, this.#now);
    }
    this.#rules.checkWake(state, this.#now);
    return commands;
  }
}

function answer(request: Request, sentAt: number, names: readonly string[]): Event {
  switch (request.type) {
    case 'heartbeat':
      return { type: 'heartbeat', sentAt, znodeExists: true };
    case 'read':
      return { type: 'contenders', sentAt, names };
    case 'watch':
      return { type: 'watching', sentAt, name: request.name, exists: true };
    case 'write-ledger':
      return { type: 'ledger-written', sentAt, revision: request.revision, outcome: 'written' };
    case 'survey':
    case 'join':
    case 'remove':
      throw new Error(`a story answers a ${request.type} itself: nothing is steady then`);
  }
}
