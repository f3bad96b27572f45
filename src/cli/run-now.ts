// Owns one `run-now`: the request out, and what is said of the run that comes of it.
// Must never leave a request behind that nobody waits for.

import { monotonicClock } from '../clock.js';
import { unreadableInWords } from '../history/words.js';
import { LedgerFormatError } from '../ledger/format.js';
import type { RunEntry } from '../ledger/ledger.js';
import { MAX_DURATION_MS } from '../options/duration.js';
import type { RunNowOptions } from '../options/run-now-options.js';
import { printable } from '../printable.js';
import type { SignalSource } from '../supervisor/signals.js';
import { OPEN } from '../zookeeper/acl.js';
import { ledgerPath } from '../zookeeper/control-path.js';
import { inquire } from '../zookeeper/inquiry.js';
import { readLedger } from '../zookeeper/ledger.js';
import { checkExists } from '../zookeeper/requests.js';
import { readRoster } from '../zookeeper/roster.js';
import { RunRequest } from '../zookeeper/run-request.js';
import type { Session } from '../zookeeper/session.js';
import type { ExitStatus } from './exit-status.js';
import { interruptible } from './interruption.js';
import { followToEnd } from './run-end.js';
import { beginInWords, whyNotRun } from './run-words.js';
import { instructionOf, tellAnswer, tellProblem } from './steering-words.js';

/** What it may take, behind --timeout, to take a request back and to see what it has waited for. */
const LAST_LOOK_MS = 2000;

/** What has come of it. */
type Outcome =
  | { readonly kind: 'runs'; readonly run: RunEntry }
  | { readonly kind: 'does not run'; readonly because: string };

/** Asks for a run, and waits for it. Settles with the way to exit, and has said what has become of it. */
export function runNow(options: RunNowOptions, signals: SignalSource): Promise<ExitStatus> {
  const wish = new Wish(options);
  return interruptible(
    signals,
    (session) => wish.carryOut(session),
    (ask) => carryOut(options, ask),
  );
}

async function carryOut(
  options: RunNowOptions,
  ask: (session: Session) => Promise<Outcome>,
): Promise<ExitStatus> {
  const reply = await inquire({
    ...options,
    timeoutMs: Math.min(options.timeoutMs + LAST_LOOK_MS, MAX_DURATION_MS),
    clock: monotonicClock(),
    ask,
  });
  if (reply.kind === 'unknown') return tellProblem('run-now', options, reply.because);
  if (reply.answer.kind === 'does not run') return tellProblem('run-now', options, reply.answer.because);
  const { run } = reply.answer;
  const status = tellAnswer(beginInWords(run));
  return options.untilEnd ? followToEnd(options, run.id) : status;
}

/** It may be carried out over more than one connection, and for a limited time. */
class Wish {
  readonly #options: RunNowOptions;
  readonly #path: string;
  readonly #request: RunRequest;
  readonly #timeIsUp: Promise<'time is up'>;

  constructor(options: RunNowOptions) {
    const { ensemble, electionPath, because, timeoutMs } = options;
    this.#options = options;
    this.#path = ensemble.chroot + electionPath;
    this.#request = new RunRequest({
      path: this.#path,
      acl: ensemble.acl ?? OPEN,
      instruction: instructionOf(because),
    });
    this.#timeIsUp = new Promise((resolve) => {
      setTimeout(resolve, timeoutMs, 'time is up');
    });
  }

  async carryOut(session: Session): Promise<Outcome> {
    const { electionPath } = this.#options;
    // Nobody has ever stood there: it is another path that is meant.
    if (!(await checkExists(session, 'look for an election', this.#path)))
      return { kind: 'does not run', because: `there is no election ${electionPath}` };
    try {
      const granted = await Promise.race([this.#request.granted(session), this.#timeIsUp]);
      const run = granted === 'time is up' ? await this.#request.withdraw(session) : granted;
      return run === undefined ? await this.#giveUp(session) : { kind: 'runs', run };
    } catch (error) {
      if (!(error instanceof LedgerFormatError)) throw error;
      return { kind: 'does not run', because: unreadableInWords(electionPath, error.message) };
    }
  }

  async #giveUp(session: Session): Promise<Outcome> {
    const { electionPath, znodePrefix } = this.#options;
    const roster = await readRoster(session, this.#path, { prefix: znodePrefix });
    const ledger = await readLedger(session, ledgerPath(this.#path));
    const { asker } = this.#request;
    const request =
      asker === undefined
        ? 'the request has been taken back'
        : `the request of ${printable(asker.by)} on ${printable(asker.host)} still stands`;
    return { kind: 'does not run', because: `${whyNotRun(electionPath, roster, ledger)}; ${request}` };
  }
}
