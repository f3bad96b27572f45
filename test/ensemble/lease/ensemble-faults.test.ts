// The lease while the ensemble loses servers and gets them back.
import assert from 'node:assert/strict';
import { type TestContext, after, before, test } from 'node:test';
import { SHORT_SESSION } from '../../support/contender.js';
import { Ensemble } from '../../support/ensemble.js';
import { PATIENCE_MS } from '../../support/wait.js';
import { RawClient } from '../session/raw-client.js';
import { Election, Term } from './term.js';

const options = { timeout: 6 * PATIENCE_MS };
/** Outlives the election of a leader among the servers. */
const LONG_SESSION = ['--session-timeout=10s', ...SHORT_SESSION.slice(1)] as const;

let ensemble: Ensemble;
before(async () => {
  ensemble = await Ensemble.start({ servers: 3 });
}, options);
after(() => ensemble.stop(), options);

test(
  "the death of the ensemble's leader does not disturb the command, whoever it is connected to",
  options,
  async (t) => {
    ensemble.explains(t);
    const dying = await ensemble.leader();
    const [follower] = await ensemble.followers();
    assert.ok(follower !== undefined);
    const observer = await observe(t);
    const connectStrings = [`${dying.address},${follower.address}`, follower.address, ensemble.connectString];
    const terms = await Promise.all(
      connectStrings.map(async (zookeeper, index) => {
        const election = new Election(`/leader-dies-${String(index)}`);
        const contender = election.stand(`a${String(index)}`, zookeeper, LONG_SESSION);
        t.after(() => contender.end());
        return Term.of(contender, election, observer);
      }),
    );
    await dying.kill();
    await Promise.all(
      terms.map(async (term) => {
        await term.contender.logged('connected again');
        await term.assertUndisturbed(process.hrtime.bigint(), 1000);
      }),
    );
    await dying.restart();
  },
);

test(
  'without a quorum the command ends with the lease, and with one a new term begins',
  options,
  async (t) => {
    ensemble.explains(t);
    const observer = await observe(t);
    const election = new Election('/no-quorum');
    const contender = election.stand('a', ensemble.connectString, SHORT_SESSION);
    t.after(() => contender.end());
    const term = await Term.of(contender, election, observer);
    const [one, two] = await ensemble.followers();
    assert.ok(one !== undefined && two !== undefined);
    await Promise.all([one.kill(), two.kill()]);
    await contender.logged('ending the command', {}, term.since);
    await contender.logged('waiting for the ensemble', {}, term.since);
    await Promise.all([one.restart(), two.restart()]);
    const slackMs = await term.assertDeadBeforeDeletion();
    t.diagnostic(`last beat ${String(slackMs)} ms before the deletion`);
  },
);

async function observe(t: TestContext): Promise<RawClient> {
  const observer = await RawClient.connect(ensemble.connectString);
  t.after(() => {
    observer.close();
  });
  return observer;
}
