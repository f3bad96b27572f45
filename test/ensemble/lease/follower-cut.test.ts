// The lease on three servers that lose each other: the case in which reads and pings go on being answered while the
// other side lets the session end. Three elections side by side meet every cut at three phases of their heartbeats;
// the command of the third ignores SIGTERM.
import assert from 'node:assert/strict';
import { type TestContext, after, before, test } from 'node:test';
import { type Contender, type LogLine, MIDDLE_SESSION } from '../../support/contender.js';
import { Ensemble, type ZooKeeperServer } from '../../support/ensemble.js';
import { TcpProxy } from '../../support/proxy.js';
import { PATIENCE_MS, eventually, withDeadline } from '../../support/wait.js';
import { RawClient } from '../session/raw-client.js';
import { OP, Wire } from '../session/wire.js';
import { Election, type Manner, Term } from './term.js';

const options = { timeout: 6 * PATIENCE_MS };
const DELAY_MS = 60;

let ensemble: Ensemble;
before(async () => {
  ensemble = await Ensemble.start({ servers: 3, quorumProxies: true });
}, options);
after(() => ensemble.stop(), options);

test('on a follower that is cut off a command is dead before its znode is gone', options, async (t) => {
  ensemble.explains(t);
  const [lonely] = await ensemble.followers();
  assert.ok(lonely !== undefined);
  const stage = await Stage.set(t, lonely);
  for (const [cut, direction, delayMs] of [
    ['in both directions', 'both', 0],
    ['in what it says', 'said', 0],
    ['in what it hears', 'heard', 0],
    ['in both directions, its links having been slow', 'both', DELAY_MS],
  ] as const) {
    await t.test(`cut off ${cut}`, options, async (step) => {
      ensemble.explains(step);
      const terms = await stage.terms();
      if (delayMs > 0) {
        ensemble.delay(lonely, delayMs);
        await stage.heartbeats(5);
      } else {
        await stage.heartbeats(1 + Math.floor(Math.random() * 3));
      }
      step.after(() => {
        ensemble.heal();
      });
      ensemble.isolate(lonely, direction);
      await reportSlack(step, terms);
      ensemble.heal();
      await lonely.serving();
      await stage.backInLine(terms);
      // Or the next cut would be one of a leader.
      assert.equal(await lonely.role(), 'follower');
    });
  }
});

test(
  'on a leader that is deposed and does not know it a command is dead before its znode is gone',
  options,
  async (t) => {
    for (const [cut, direction] of [
      ['in both directions', 'both'],
      ['in what it says', 'said'],
    ] as const) {
      const deposed = await ensemble.leader();
      await t.test(`cut off ${cut}`, options, async (step) => {
        ensemble.explains(step);
        const stage = await Stage.set(step, deposed);
        const terms = await stage.terms();
        await stage.heartbeats(1 + Math.floor(Math.random() * 3));
        step.after(() => {
          ensemble.heal();
        });
        ensemble.isolate(deposed, direction);
        await reportSlack(step, terms);
        ensemble.heal();
        await deposed.serving();
        await stage.backInLine(terms);
        assert.notEqual(await ensemble.leader(), deposed);
      });
    }
  },
);

async function reportSlack(t: TestContext, terms: readonly Term[]): Promise<void> {
  const slackMs = await Promise.all(terms.map((term) => term.assertDeadBeforeDeletion()));
  t.diagnostic(`last beat ${slackMs.join(', ')} ms before the deletion`);
}

/** The line in which a contender says where it stands. */
function inLine(contender: Contender, since = 0): Promise<LogLine> {
  return contender.until('a place in line', () =>
    contender.log.slice(since).find(({ message }) => message === 'standing by' || message === 'leading'),
  );
}

async function resign(contender: Contender): Promise<void> {
  contender.signal('SIGTERM');
  await withDeadline('a contender to resign', contender.exited);
}

/** Contenders in three elections: each time one by way of the lonely server leads, and one by the others stands by. */
class Stage {
  readonly #t: TestContext;
  readonly #lonely: ZooKeeperServer;
  readonly #majority: string;
  readonly #observer: RawClient;
  readonly #elections: { election: Election; wire: Wire; lonely: Contender; other: Contender }[] = [];

  static #count = 0;

  private constructor(t: TestContext, lonely: ZooKeeperServer, majority: string, observer: RawClient) {
    this.#t = t;
    this.#lonely = lonely;
    this.#majority = majority;
    this.#observer = observer;
  }

  static async set(t: TestContext, lonely: ZooKeeperServer): Promise<Stage> {
    const others = ensemble.servers.filter((server) => server !== lonely);
    const majority = others.map(({ address }) => address).join(',');
    const observer = await RawClient.connect(majority);
    t.after(() => {
      observer.close();
    });
    const stage = new Stage(t, lonely, majority, observer);
    await Promise.all(
      (['polite', 'polite', 'stubborn'] as const).map((manner) => stage.#addElection(manner)),
    );
    return stage;
  }

  async #addElection(manner: Manner): Promise<void> {
    Stage.#count += 1;
    const election = new Election(`/cut-${String(Stage.#count)}`);
    const link = await TcpProxy.listen({ host: '127.0.0.1', port: this.#lonely.port });
    const wire = new Wire(link);
    const lonely = election.stand('lonely', link.address, MIDDLE_SESSION, manner);
    this.#t.after(() => lonely.end());
    this.#t.after(() => link.close());
    await lonely.logged('leading');
    this.#elections.push({ election, wire, lonely, other: await this.#standby(election, lonely) });
  }

  /** One that stands behind the lonely one. It does not where that loses its session meanwhile: then anew. */
  async #standby(election: Election, lonely: Contender): Promise<Contender> {
    const other = election.stand('other', this.#majority, MIDDLE_SESSION);
    this.#t.after(() => other.end());
    const { message } = await inLine(other);
    if (message === 'standing by') return other;
    const since = lonely.log.length;
    await resign(other);
    await lonely.logged('command started', {}, since);
    return this.#standby(election, lonely);
  }

  /** The terms of the lonely ones, all of which lead, with the others behind them. */
  async terms(): Promise<Term[]> {
    return Promise.all(
      this.#elections.map(({ election, lonely }) => {
        const since = lonely.log.findLastIndex(({ message }) => message === 'leading');
        return Term.of(lonely, election, this.#observer, since);
      }),
    );
  }

  /** Waits until so many more heartbeats of the first election were answered. */
  async heartbeats(count: number): Promise<void> {
    const wire = this.#elections[0]?.wire;
    assert.ok(wire !== undefined);
    const answers = (): number => wire.replies.filter(({ op }) => op === OP.multi).length;
    const before = answers();
    await eventually('heartbeats', () => answers() >= before + count);
  }

  /**
   * Waits until the lonely ones are back in line, then ends the others, so that the lonely ones lead again. One may do so
   * already: the return of a deposed leader can cost the ensemble its leader once more, and the other its session.
   */
  async backInLine(terms: readonly Term[]): Promise<void> {
    await Promise.all(
      this.#elections.map(async (each, index) => {
        const { election, lonely, other } = each;
        const term = terms[index];
        assert.ok(term !== undefined);
        const back = await inLine(lonely, term.since);
        await resign(other);
        await lonely.logged('command started', {}, lonely.log.indexOf(back));
        each.other = await this.#standby(election, lonely);
        election.assertOneAtATime();
      }),
    );
  }
}
