// What the tests of jobs have in common: contenders whose runs write down what they are told of themselves, the ledger
// as it stands at the ensemble, and the sum of both. No line of a log is relied on.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { decodeLedger } from '../../../src/ledger/format.js';
import { type Ledger, type RunEntry, runsOf } from '../../../src/ledger/ledger.js';
import { ledgerPath } from '../../../src/zookeeper/control-path.js';
import type { Contender } from '../../support/contender.js';
import { temporaryFolder } from '../../support/temporary.js';
import { eventually } from '../../support/wait.js';
import type { RawSession } from '../program/raw-session.js';
import { contend, newElection } from '../program/stage.js';

/** What a run has found in its environment. */
export interface Trace {
  readonly by: string;
  readonly id: string;
  readonly epoch: bigint;
  readonly attempt: number;
  /** ZK_LEADER_TICK as it stands there. */
  readonly tick: string;
}

/** A run that goes on until somebody ends it. */
export const HOLD = ['sleep', '120'] as const;

const TRACE =
  'echo "$ZK_LEADER_ID $ZK_LEADER_RUN_ID $ZK_LEADER_EPOCH $ZK_LEADER_ATTEMPT $ZK_LEADER_TICK" >> "$0"; exec "$@"';

export interface Ensemble {
  readonly zookeeper: string;
  readonly raw: RawSession;
}

/** One election whose command is a job. */
export class Job {
  readonly election = newElection();
  /** For whatever the runs share. */
  readonly folder = temporaryFolder();
  readonly ledgerPath = ledgerPath(this.election);
  readonly #trace = join(this.folder, 'runs');
  readonly #contenders: Contender[] = [];
  readonly #t: TestContext;
  readonly #ensemble: Ensemble;

  constructor(t: TestContext, ensemble: Ensemble) {
    this.#t = t;
    this.#ensemble = ensemble;
  }

  /** Starts a contender, whose runs leave a trace and then become the command. */
  start(
    id: string,
    args: readonly string[],
    command: readonly string[],
    {
      session,
      zookeeper = this.#ensemble.zookeeper,
    }: { session?: readonly string[]; zookeeper?: string } = {},
  ): Contender {
    const { election } = this;
    const traced = ['sh', '-c', TRACE, this.#trace, ...command];
    const contender = contend(this.#t, { id, zookeeper, election, args, command: traced }, session);
    this.#contenders.push(contender);
    return contender;
  }

  /** What the runs have written so far, in that order. */
  traces(): Trace[] {
    if (!existsSync(this.#trace)) return [];
    const lines = readFileSync(this.#trace, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => {
      const [by = '', id = '', epoch = '', attempt = '', tick = ''] = line.split(' ');
      return { by, id, epoch: BigInt(epoch), attempt: Number(attempt), tick };
    });
  }

  /** Waits for the trace of a run. */
  async traced(what: string, question: (trace: Trace, index: number) => boolean): Promise<Trace> {
    return this.#waited(`the trace of ${what}`, () => this.traces().find(question));
  }

  async ledger(): Promise<Ledger> {
    return decodeLedger(await this.#ensemble.raw.data(this.ledgerPath));
  }

  /** Waits until the ledger has what is looked for. */
  async recorded<T>(what: string, question: (ledger: Ledger) => T) {
    return this.#waited(`a ledger with ${what}`, async () => question(await this.ledger()));
  }

  /** Waits until a run is in the ledger for which that holds. */
  async recordedRun(what: string, question: (run: RunEntry) => boolean): Promise<RunEntry> {
    return this.recorded(what, (ledger) => runsOf(ledger).find(question));
  }

  /** Waits until so many contenders stand in line. */
  async inLine(count: number): Promise<void> {
    await this.#waited(`${count} in line`, async () => {
      const names = (await this.#ensemble.raw.children(this.election)) ?? [];
      return names.length === count;
    });
  }

  async #waited<T>(what: string, question: () => T | Promise<T>) {
    try {
      return await eventually(what, question);
    } catch (cause) {
      const contenders = this.#contenders.map((contender) => contender.story());
      throw new Error([what, await this.story(), ...contenders].join('\n'), { cause });
    }
  }

  /** What has been written down, by the runs and by the leaders, for the message of a failed test. */
  async story(): Promise<string> {
    const data = await this.#ensemble.raw.data(this.ledgerPath).catch(String);
    const traces = this.traces().map(({ by, id, attempt, tick }) => `${by} ${id} ${attempt} ${tick}`);
    return ['the ledger says:', String(data), 'the runs say:', ...traces].join('\n');
  }

  /** Every tick since the first has been run, or passed over in writing, and none twice; by the runs' own traces too. */
  async assertEachTickOnce(everyMs: number): Promise<void> {
    // Whatever has left a trace is in a ledger that is read later: it was claimed before.
    const traces = this.traces();
    const ledger = await this.ledger();
    const story = await this.story();
    const ticks = ledger.entries.flatMap((entry) => {
      if (entry.kind === 'run') return entry.attempt === 1 ? [entry.tick ?? NaN] : [];
      const { first, last, count } = entry;
      assert.equal((last - first) / everyMs + 1, count, story);
      return Array.from({ length: count }, (_, index) => first + index * everyMs);
    });
    const [first = NaN] = ticks;
    assert.deepEqual(
      ticks,
      ticks.map((_, index) => first + index * everyMs),
      story,
    );
    assert.equal(ticks.at(-1), ledger.tick, story);
    const told = traces.map(({ id, attempt, tick }) => `${id} ${attempt} ${tick}`);
    assert.equal(new Set(told.map((trace) => trace.replace(/^\S+ /, ''))).size, told.length, story);
    const claimed = runsOf(ledger).map(
      ({ id, attempt, tick = NaN }) => `${id} ${attempt} ${new Date(tick).toISOString()}`,
    );
    // The first word sorts by epoch and number: the order of the claims is that of the starts.
    assert.deepEqual(
      told,
      claimed.filter((run) => told.includes(run)),
      story,
    );
  }
}
