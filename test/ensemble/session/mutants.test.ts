// Takes one work-around after the other out of a copy of the program, and sees that its scenario notices.
import assert from 'node:assert/strict';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ensemble } from '../../support/ensemble.js';
import { replaceOnce } from '../../support/mutant.js';
import { temporaryFolder } from '../../support/temporary.js';
import { PATIENCE_MS } from '../../support/wait.js';
import { PROGRAM_FOLDER, act } from './act.js';
import type { ScenarioName } from './scenarios.js';
import { SESSION_TIMEOUT_MS } from './subject.js';

const options = { timeout: 3 * PATIENCE_MS };

interface Mutant {
  readonly without: string;
  readonly scenario: ScenarioName;
  readonly file: string;
  /** Must be there exactly once. */
  readonly text: string | RegExp;
  readonly becomes: string;
  readonly fails: RegExp;
}

const MUTANTS: readonly Mutant[] = [
  {
    without: 'D1: the silence limit of a request',
    scenario: 'silence',
    file: 'zookeeper/session.js',
    text: /this\.drop\(`no answer/,
    becomes: 'void (`no answer',
    fails: /in vain: connect number 2/,
  },
  {
    without: 'D2: the limit of an attempt to connect',
    scenario: 'unansweredConnect',
    file: 'zookeeper/workarounds/d02-unanswered-connect.js',
    text: 'timer = setTimeout(giveUp, limitMs());',
    becomes: '',
    fails: /in vain: connect number 2/,
  },
  {
    without: "D2: the end of an ended attempt's timer",
    scenario: 'staleConnectTimer',
    file: 'zookeeper/workarounds/d02-unanswered-connect.js',
    text: 'clearTimeout(manager.connectTimeoutHandler);',
    becomes: '',
    fails: /the stale timer has ended the next connection/,
  },
  {
    without: 'D3: a request of its own every T/6',
    scenario: 'watchTraffic',
    file: 'election/passing-time.js',
    text: 'return (session.link.readSentAt ?? -Infinity) + standbyIntervalMs(session.timeoutMs);',
    becomes: 'return Infinity;',
    fails: /the session has expired/,
  },
  {
    without: 'D4: the end of a partial reply',
    scenario: 'cutReply',
    file: 'zookeeper/workarounds/d04-kept-partial-reply.js',
    text: 'manager.pendingBuffer = null;',
    becomes: ';',
    fails: /the session was lost|expected one session throughout|in vain: connect number|Unknown code|ERR_/,
  },
  {
    without: 'D5: a name for every error code',
    scenario: 'unknownErrorCodes',
    file: 'zookeeper/session.js',
    text: /^nameEveryErrorCode\(\);$/m,
    becomes: '',
    fails: /code: -4|Unknown code/,
  },
  {
    without: 'D5: a net below the socket handler',
    scenario: 'unreadableFrames',
    file: 'zookeeper/session.js',
    text: 'surviveUnreadableAnswers(this.#client);',
    becomes: '',
    fails: /Unknown event type|ERR_OUT_OF_RANGE|RangeError/,
  },
  {
    without: 'D6: a way to let go of a client that is not connected',
    scenario: 'closeInEveryState',
    file: 'zookeeper/workarounds/d06-close.js',
    text: /if \(manager\.state !== STATE\.CONNECTED\)\s*return;/,
    becomes: '',
    fails: /TypeError|Unknown code|in vain/,
  },
  {
    without: 'D9: the refusal of requests without a connection',
    scenario: 'lateRequests',
    file: 'zookeeper/session.js',
    text: 'this.#over || this.#client.connectionManager.state !== STATE.CONNECTED',
    becomes: 'this.#over',
    fails: /requests were executed after their connection was lost/,
  },
  {
    without: 'D11: the end of SET_WATCHES not yet sent',
    scenario: 'failedConnects',
    file: 'zookeeper/workarounds/d09-late-requests.js',
    text: 'if (state !== STATE.DISCONNECTED)',
    becomes: 'if (state !== undefined)',
    fails: /more than one SET_WATCHES was sent/,
  },
  {
    without: 'D14: a choice of servers of our own',
    scenario: 'oneGoodServer',
    file: 'zookeeper/workarounds/d14-connect-attempts.js',
    text: 'manager.findNextServer = ',
    becomes: 'manager.unused = ',
    fails: /in vain: three rounds/,
  },
];

let ensemble: Ensemble;
before(async () => {
  ensemble = await Ensemble.start();
}, options);
after(() => ensemble.stop(), options);

suite('mutants', { concurrency: 4 }, () => {
  for (const mutant of MUTANTS) mustFail(mutant);
});

function mustFail(mutant: Mutant): void {
  test(`without ${mutant.without}, "${mutant.scenario}" fails`, options, async () => {
    const { code, errors } = await act({
      folder: mutated(mutant),
      scenario: mutant.scenario,
      port: ensemble.server(0).port,
      patienceMs: 2 * SESSION_TIMEOUT_MS,
    });
    assert.notEqual(code, 0, 'the mutant got through');
    assert.match(errors, mutant.fails);
  });
}

test('a copy with nothing taken out passes', options, async () => {
  const played = await act({
    folder: copied(),
    scenario: 'unansweredConnect',
    port: ensemble.server(0).port,
  });
  assert.deepEqual(played, { code: 0, errors: '' });
});

function mutated({ without, file, text, becomes }: Mutant): string {
  const folder = copied();
  replaceOnce(join(folder, file), text, becomes, `the mutant without ${without}`);
  return folder;
}

function copied(): string {
  const root = temporaryFolder();
  const folder = join(root, 'src');
  cpSync(PROGRAM_FOLDER, folder, { recursive: true });
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  symlinkSync(
    fileURLToPath(new URL('../../../../node_modules', import.meta.url)),
    join(root, 'node_modules'),
  );
  return folder;
}
