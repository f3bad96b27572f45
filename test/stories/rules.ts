// Owns what holds in every story, whatever that is about.
import assert from 'node:assert/strict';
import { keepsLedger } from '../../src/election/job.js';
import type { Command, Event } from '../../src/election/messages.js';
import type { Settings, State } from '../../src/election/model.js';
import type { FoundLedger, HookName } from '../../src/election/term.js';
import { wakeAt, watchdogDeadline } from '../../src/election/passing-time.js';
import { leaseOf } from '../../src/election/transitions.js';
import { type Ledger, runsOf, unfinished } from '../../src/ledger/ledger.js';
import { formatMoment } from './words.js';

type Start = Extract<Command, { type: 'start-child' }>;
type Write = Extract<Command, { type: 'write-ledger' }>;

export class Rules {
  readonly #settings: Settings;
  #commandRuns = false;
  #checkRuns = false;
  /** The last run of each epoch: its number in the term. */
  readonly #started = new Map<bigint, number>();
  /** Ticks, and how often each has been tried. */
  readonly #attempts = new Map<number | string, number>();
  /** Those of the run that have neither been run nor left out. */
  #hooksDue: readonly HookName[] = [];
  #written: Ledger | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Whether the event can happen: nothing that is not there ends. */
  checkPossible(event: Event): void {
    if (event.type === 'child-exited' || event.type === 'tree-empty')
      assert.ok(this.#commandRuns, 'no command runs');
    if (event.type === 'checked') {
      assert.ok(this.#checkRuns, 'no check runs');
      this.#checkRuns = false;
    }
    if (event.type !== 'tree-empty') return;
    assert.deepEqual(this.#hooksDue, [], 'an empty tree that a hook is to come to yet');
    this.#commandRuns = false;
  }

  checkCommand(command: Command, state: State, stored: FoundLedger, now: number): void {
    switch (command.type) {
      case 'start-child':
        this.#checkStart(command, state, stored, now);
        break;
      case 'write-ledger':
        this.#checkWrite(command, state);
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
      case 'run-check':
        assert.ok(!this.#checkRuns, 'a second check is started');
        this.#checkRuns = true;
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
      case 'signal-child':
      case 'kill-child':
      case 'end-hook':
        break;
    }
  }

  checkWake(state: State, now: number): void {
    const wakesAt = wakeAt(this.#settings, state);
    assert.ok(wakesAt > now, `it would wake at ${formatMoment(wakesAt)}, which is now, again and again`);
  }

  #checkStart(command: Start, state: State, { ledger }: FoundLedger, now: number): void {
    const { znode, run, killAt } = command;
    assert.ok(!this.#commandRuns, 'a second command is started');
    assert.equal(state.watchdog, 'ready', 'a command is started that nobody watches');
    assert.equal(killAt, watchdogDeadline(this.#settings, state));
    const terminateAt = leaseOf(this.#settings, state)?.terminateAt ?? -Infinity;
    assert.ok(terminateAt > now, 'a command is started on a lease that is over');
    const [epoch, number] = run.id.split('-');
    assert.equal(epoch, String(znode.epoch), 'a run of another term');
    const before = this.#started.get(znode.epoch) ?? 0;
    assert.ok(Number(number) > before, `run ${run.id} is not later than the last one of its term`);
    if (keepsLedger(this.#settings.job)) {
      const claims = ledger === undefined ? [] : unfinished(ledger);
      assert.ok(
        claims.some(({ id }) => id === run.id),
        `run ${run.id} is started without a claim that was answered`,
      );
      this.#checkAttempt(run);
    } else assert.equal(before, 0, 'two commands under one epoch');
    this.#started.set(znode.epoch, Number(number));
    this.#commandRuns = true;
    this.#hooksDue = this.#settings.hooks.filter((hook) => hook !== 'standby');
  }

  /** A tick is run once, and again only as a restart or a rerun of it. */
  #checkAttempt({ reason, tick, name, attempt }: Start['run']): void {
    const what = tick ?? name;
    if (what === undefined) return;
    const before = this.#attempts.get(what);
    if (before !== undefined) {
      assert.ok(reason === 'restart' || reason === 'rerun', 'a tick is run for a second time');
      assert.ok(attempt > before, 'an attempt has the number of an earlier one');
    }
    this.#attempts.set(what, attempt);
  }

  #checkWrite({ ledger, name }: Write, state: State): void {
    if ('znode' in state.phase) assert.equal(name, state.phase.znode.name, 'a write of another term');
    const before = this.#written;
    if (before?.tick !== undefined)
      assert.ok((ledger.tick ?? -Infinity) >= before.tick, 'the ledger goes back behind a tick');
    assert.ok(unfinished(ledger).length <= 1, 'two runs of one job at a time');
    for (const run of before === undefined ? [] : runsOf(before)) {
      if (run.result === undefined) continue;
      const after = runsOf(ledger).find(({ id }) => id === run.id);
      assert.ok(after === undefined || after.result === run.result, `run ${run.id} ends twice`);
    }
    assert.ok(ledger.entries.length <= this.#settings.job.history + 1, 'a ledger that grows');
    this.#written = ledger;
  }
}
