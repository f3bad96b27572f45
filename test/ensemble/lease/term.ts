// One term of a contender whose command beats, as the two witnesses saw it: the file of beats, and a client of the
// ensemble that watches the znode.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Contender, type LogLine } from '../../support/contender.js';
import { temporaryFolder } from '../../support/temporary.js';
import { eventually, withDeadline } from '../../support/wait.js';
import type { RawClient } from '../session/raw-client.js';

const BEAT = fileURLToPath(new URL('beat.js', import.meta.url));
const NS_PER_MS = 1_000_000n;

/** Whether the command heeds SIGTERM. */
export type Manner = 'polite' | 'stubborn';

/** Of one epoch, in nanoseconds of CLOCK_MONOTONIC. */
interface Span {
  first: bigint;
  last: bigint;
}

/** One election, and the file that whoever leads in it writes its beats to. */
export class Election {
  readonly path: string;
  readonly #file = join(temporaryFolder(), 'beats');

  constructor(path: string) {
    this.path = path;
  }

  stand(id: string, zookeeper: string, args: readonly string[], manner: Manner = 'polite'): Contender {
    return new Contender({
      id,
      zookeeper,
      election: this.path,
      args,
      command: [process.execPath, BEAT, this.#file, manner],
    });
  }

  /** When the command of each epoch was seen alive for the first and the last time so far. */
  spans(): Map<bigint, Span> {
    const spans = new Map<bigint, Span>();
    for (const line of this.#lines()) {
      const [epoch = '', beat = ''] = line.split(' ');
      const at = BigInt(beat);
      const span = spans.get(BigInt(epoch));
      if (span === undefined) spans.set(BigInt(epoch), { first: at, last: at });
      else span.last = at;
    }
    return spans;
  }

  span(epoch: bigint): Span {
    const span = this.spans().get(epoch);
    assert.ok(span !== undefined, `the command of epoch ${String(epoch)} has never beaten`);
    return span;
  }

  /** Fails if two commands were ever alive at once, or a later one had a smaller epoch. */
  assertOneAtATime(): void {
    const spans = [...this.spans()].sort(([, a], [, b]) => Number(a.first - b.first));
    for (const [index, [epoch, span]] of spans.entries()) {
      const next = spans[index + 1];
      if (next === undefined) return;
      const [nextEpoch, nextSpan] = next;
      assert.ok(span.last < nextSpan.first, `epochs ${String(epoch)} and ${String(nextEpoch)} overlap`);
      assert.ok(epoch < nextEpoch, `epoch ${String(nextEpoch)} came behind ${String(epoch)}`);
    }
  }

  #lines(): string[] {
    try {
      // The last line may be on its way to the file.
      return readFileSync(this.#file, 'latin1').split('\n').slice(0, -1);
    } catch {
      return [];
    }
  }
}

export class Term {
  readonly contender: Contender;
  readonly epoch: bigint;
  readonly commandPid: number;
  readonly #election: Election;
  readonly #deleted: Promise<{ at: bigint; commandAlive: boolean }>;
  /** How much the contender had logged when the term was met. */
  readonly #since: number;

  private constructor(
    contender: Contender,
    election: Election,
    epoch: bigint,
    commandPid: number,
    deleted: Promise<bigint>,
  ) {
    this.contender = contender;
    this.epoch = epoch;
    this.commandPid = commandPid;
    this.#election = election;
    this.#since = contender.log.length;
    this.#deleted = deleted.then((at) => ({ at, commandAlive: isAlive(commandPid) }));
  }

  /** Waits until the contender leads (again, if `since` is given) and its command beats, and watches its znode. */
  static async of(contender: Contender, election: Election, observer: RawClient, since = 0): Promise<Term> {
    const leading = await contender.logged('leading', {}, since);
    const started = await contender.logged('command started', {}, contender.log.indexOf(leading));
    const epoch = BigInt(String(leading['epoch']));
    const { deleted } = await observer.watchDeletion(String(leading['znode']));
    await eventually('the first beat', () => election.spans().has(epoch));
    return new Term(contender, election, epoch, Number(started['pid']), deleted);
  }

  get since(): number {
    return this.#since;
  }

  /**
   * Waits for the deletion of the znode and for the next command, and fails unless this one had ended before both.
   * Returns how many milliseconds before the deletion its last beat was.
   */
  async assertDeadBeforeDeletion(): Promise<number> {
    const { at, commandAlive } = await withDeadline('the znode to be deleted', this.#deleted);
    await eventually('the next command to beat', () =>
      [...this.#election.spans().keys()].some((epoch) => epoch > this.epoch),
    );
    const { last } = this.#election.span(this.epoch);
    const slackMs = Number(at - last) / Number(NS_PER_MS);
    assert.ok(last < at, `the command was alive ${String(-slackMs)} ms after its znode was gone`);
    assert.ok(!commandAlive, 'a process of the command was left when its znode was gone');
    this.#election.assertOneAtATime();
    return Math.round(slackMs);
  }

  /** The last time the command was seen alive so far. */
  get lastBeat(): bigint {
    return this.#election.span(this.epoch).last;
  }

  /** Waits until the command has beaten for so long after this moment, and fails unless it is still the same one. */
  async assertUndisturbed(since: bigint, forMs: number): Promise<void> {
    const until = since + BigInt(forMs) * NS_PER_MS;
    await eventually(`the command to beat ${String(forMs)} ms later`, () => {
      assert.deepEqual([...this.#election.spans().keys()], [this.epoch]);
      return this.#election.span(this.epoch).last > until;
    });
    assert.equal(this.contender.commandPid, this.commandPid);
    const ended = this.contender.log.filter(({ message }: LogLine) => message === 'ending the command');
    assert.deepEqual(ended, []);
  }
}

function isAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}
