// The lease when the way between the contender and its server fails: the real program, a command that beats.
import assert from 'node:assert/strict';
import { type TestContext, after, before, suite, test } from 'node:test';
import { MIDDLE_SESSION } from '../../support/contender.js';
import { Ensemble } from '../../support/ensemble.js';
import { TcpProxy } from '../../support/proxy.js';
import { PATIENCE_MS } from '../../support/wait.js';
import { RawClient } from '../session/raw-client.js';
import { Election, type Manner, Term } from './term.js';

const options = { timeout: 4 * PATIENCE_MS };
const SESSION_TIMEOUT_MS = 4000;
/** T less the clocks' rates (2 %) and MIDDLE_SESSION's margin. */
const LONGEST_LEASE_NS = BigInt(SESSION_TIMEOUT_MS * 0.98 - 200) * 1_000_000n;
/** Outlives the restart of a server. */
const LONG_SESSION = ['--session-timeout=10s', ...MIDDLE_SESSION.slice(1)] as const;

let ensemble: Ensemble;
before(async () => {
  ensemble = await Ensemble.start();
}, options);
after(() => ensemble.stop(), options);

// Each on an election of its own, and most of it waiting.
suite('the link', { ...options, concurrency: 3 }, () => {
  for (const manner of ['polite', 'stubborn'] as const) {
    for (const [fault, direction] of [
      ['requests and answers are held back', 'both'],
      ['requests alone are lost', 'toServer'],
      ['answers alone are lost', 'toClient'],
    ] as const) {
      test(`a ${manner} command is dead before its znode is gone when ${fault}`, options, async (t) => {
        const { link, election, observer, leader, standby } = await onStage(t, MIDDLE_SESSION, manner);
        const term = await Term.of(leader, election, observer);
        await standby.logged('standing by');
        const lostAt = process.hrtime.bigint();
        if (direction === 'both') link.stall();
        else link.drop(direction);
        // The server may hear the attempts to connect: were they for the old session, each would lengthen it.
        await leader.logged('waiting for the ensemble', {}, term.since);
        assert.ok(
          term.lastBeat < lostAt + LONGEST_LEASE_NS,
          'the command has outlived every lease it could have had',
        );
        const slackMs = await term.assertDeadBeforeDeletion();
        t.diagnostic(`last beat ${String(slackMs)} ms before the deletion`);
        const killed = leader.log.some(({ message }) => message === 'killing the command');
        // A polite one may be killed as well, where the machine is too busy for its grace.
        if (manner === 'stubborn') assert.ok(killed);
        link.pass();
        await leader.logged('standing by', {}, term.since);
        election.assertOneAtATime();
      });
    }
  }

  test('a reset of the connection does not disturb the command', options, async (t) => {
    const { link, election, observer, leader } = await onStage(t, MIDDLE_SESSION);
    const term = await Term.of(leader, election, observer);
    link.resetAll();
    const at = process.hrtime.bigint();
    await leader.logged('connected again');
    // Longer than any lease from before lasts.
    await term.assertUndisturbed(at, SESSION_TIMEOUT_MS);
  });
});

test('a restart of the server within the lease does not disturb the command', options, async (t) => {
  const { election, observer, leader } = await onStage(t, LONG_SESSION);
  const term = await Term.of(leader, election, observer);
  await ensemble.server(0).restart();
  await leader.logged('connected again');
  await term.assertUndisturbed(process.hrtime.bigint(), 1000);
});

let elections = 0;

async function onStage(t: TestContext, args: readonly string[], manner?: Manner) {
  const server = ensemble.server(0);
  const link = await TcpProxy.listen({ host: '127.0.0.1', port: server.port });
  const observer = await RawClient.connect(server.address);
  t.after(() => {
    observer.close();
  });
  elections += 1;
  const election = new Election(`/link-${String(elections)}`);
  const leader = election.stand('leader', link.address, args, manner);
  t.after(() => leader.end());
  await leader.logged('leading');
  const standby = election.stand('standby', server.address, args, manner);
  t.after(() => standby.end());
  t.after(() => link.close());
  return { link, election, observer, leader, standby };
}
