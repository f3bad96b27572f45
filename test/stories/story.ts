// Owns the telling of one story: its text in, the same text out, with the output that the core really gives.
// Must never let a story say what cannot happen: an answer nobody asked for, the exit of a command that does not run.
import assert from 'node:assert/strict';
import type { Command, Event, HookName, Outcome, Settings, State } from '../../src/election/model.js';
import { wakeAt, watchdogDeadline } from '../../src/election/passing-time.js';
import { begin, step } from '../../src/election/step.js';
import { eventFrom, fieldsFrom, formatMoment, momentFrom, nameFrom, settingsFrom } from './notation.js';
import { outcomeLines } from './outcome.js';

/**
 * Tells the story again. Comments, settings and events stay as they are; the output behind each is made anew.
 * `storyCalled` returns the text of another story, which this one may begin with.
 */
export function tell(text: string, storyCalled: (name: string) => string): string {
  const told: string[] = [];
  let teller = new Teller(settingsFrom([]));
  for (const [index, line] of text.trimEnd().split('\n').entries()) {
    if (line.startsWith(INDENT)) continue;
    told.push(line);
    if (!isVerse(line)) continue;
    try {
      const [verb = '', ...words] = line.split(' ');
      if (verb === 'settings') teller = new Teller(settingsFrom(words));
      else if (verb === 'after') told.push(...indented(teller.recall(storyCalled(words.join(' ')))));
      else told.push(...indented(teller.take(verb, words)));
    } catch (error) {
      throw new Error(`line ${index + 1}: ${line}`, { cause: error });
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

/** The requests that the core has made on this connection and that nobody has answered. */
type Request = Extract<Command, { type: 'survey' | 'join' | 'read' | 'watch' | 'heartbeat' | 'remove' }>;

const ANSWERS: Partial<Record<Event['type'], Request['type']>> = {
  surveyed: 'survey',
  joined: 'join',
  contenders: 'read',
  watching: 'watch',
  heartbeat: 'heartbeat',
  removed: 'remove',
};

class Teller {
  readonly #settings: Settings;
  #state: State | undefined;
  #now = 0;
  #requests: { readonly request: Request; readonly sentAt: number }[] = [];
  #commandRuns = false;
  #startedEpochs: bigint[] = [];
  /** Those of the term that have neither been run nor left out. */
  #hooksDue: readonly HookName[] = [];

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Takes one line that is neither comment nor setting, and returns its output. */
  take(verb: string, words: readonly string[]): readonly string[] {
    const before = this.#state;
    const commands = verb === 'steady' ? this.#steady(words) : this.#at(verb, words);
    return outcomeLines(this.#settings, before, this.#known(), commands);
  }

  /** `after leads`: goes through the events of that story, and returns what they have led to. */
  recall(story: string): readonly string[] {
    for (const line of story.split('\n').filter(isVerse)) {
      const [verb = '', ...words] = line.split(' ');
      this.take(verb, words);
    }
    return outcomeLines(this.#settings, undefined, this.#known(), []);
  }

  /** `at 12ms EVENT` */
  #at(verb: string, [moment = '', ...words]: readonly string[]): readonly Command[] {
    if (verb !== 'at') throw new Error(`expected "at", "steady", "after" or "settings", got "${verb}"`);
    const now = momentFrom(moment);
    const what = words.join(' ');
    if (what === 'begin' || what === 'begin, the watchdog comes later') {
      this.#now = now;
      const commands = this.#perform(begin(this.#settings, now));
      return what === 'begin' ? [...commands, ...this.#step({ type: 'watchdog-ready' }, now)] : commands;
    }
    return this.#step(eventFrom(what), now);
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
      const [first] = this.#requests;
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
    this.#checkPossible(event);
    return this.#perform(step(this.#settings, this.#known(), event, now));
  }

  #known(): State {
    if (this.#state === undefined) throw new Error('a story starts with "at 0ms begin"');
    return this.#state;
  }

  #checkPossible(event: Event): void {
    const asked = ANSWERS[event.type];
    if (asked !== undefined && 'sentAt' in event) {
      const found = this.#requests.findIndex(
        ({ request, sentAt }) => request.type === asked && Math.abs(sentAt - event.sentAt) < 1,
      );
      assert.notEqual(found, -1, `no ${asked} was sent at ${formatMoment(event.sentAt)}, or it is answered`);
      this.#requests.splice(found, 1);
    }
    if (event.type === 'connected' || event.type === 'suspended' || event.type === 'lost')
      this.#requests = [];
    if (event.type === 'child-exited' || event.type === 'tree-empty')
      assert.ok(this.#commandRuns, 'no command runs');
    if (event.type !== 'tree-empty') return;
    assert.deepEqual(this.#hooksDue, [], 'an empty tree that a hook is to come to yet');
    this.#commandRuns = false;
  }

  /** What holds in every story, whatever it is about. */
  #perform({ state, commands }: Outcome): readonly Command[] {
    this.#state = state;
    for (const command of commands) {
      switch (command.type) {
        case 'start-child':
          assert.ok(!this.#commandRuns, 'a second command is started');
          assert.equal(state.watchdog, 'ready', 'a command is started that nobody watches');
          assert.equal(command.killAt, watchdogDeadline(this.#settings, state));
          assert.ok(!this.#startedEpochs.includes(command.znode.epoch), 'two commands under one epoch');
          this.#startedEpochs.push(command.znode.epoch);
          this.#commandRuns = true;
          this.#hooksDue = this.#settings.hooks.filter((hook) => hook !== 'standby');
          break;
        case 'run-hook':
        case 'skip-hook':
          if (command.hook === 'standby') break;
          assert.ok(this.#commandRuns, 'a hook of a term that is over');
          assert.ok(
            this.#hooksDue.includes(command.hook),
            `the ${command.hook} hook is run, or left out, twice`,
          );
          this.#hooksDue = this.#hooksDue.filter((hook) => hook !== command.hook);
          break;
        case 'set-deadline':
          assert.ok(this.#commandRuns, 'a deadline for no command');
          assert.equal(command.killAt, watchdogDeadline(this.#settings, state));
          break;
        case 'remove':
        case 'join':
        case 'halt':
        case 'end':
          assert.ok(!this.#commandRuns, `${command.type} while a process of the command may live`);
          break;
        case 'start-watchdog':
        case 'open-session':
        case 'survey':
        case 'read':
        case 'watch':
        case 'heartbeat':
        case 'listen':
        case 'listen-for-runs':
        case 'watch-ledger':
        case 'write-ledger':
        case 'run-check':
        case 'signal-child':
        case 'kill-child':
        case 'end-hook':
          break;
      }
      if (isRequest(command)) this.#requests.push({ request: command, sentAt: this.#now });
    }
    const wakesAt = wakeAt(this.#settings, state);
    assert.ok(
      wakesAt > this.#now,
      `it would wake at ${formatMoment(wakesAt)}, which is now, again and again`,
    );
    return commands;
  }
}

function isRequest(command: Command): command is Request {
  return (Object.values(ANSWERS) as string[]).includes(command.type);
}

function answer(request: Request, sentAt: number, names: readonly string[]): Event {
  switch (request.type) {
    case 'heartbeat':
      return { type: 'heartbeat', sentAt, znodeExists: true };
    case 'read':
      return { type: 'contenders', sentAt, names };
    case 'watch':
      return { type: 'watching', sentAt, name: request.name, exists: true };
    case 'survey':
    case 'join':
    case 'remove':
      throw new Error(`a story answers a ${request.type} itself: nothing is steady then`);
  }
}
