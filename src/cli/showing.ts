// Owns what `status` and `history` have in common: one look at the ensemble, or one after the other, and how it ends.

import { monotonicClock } from '../clock.js';
import { exitCodes } from '../exit-codes.js';
import { formatDuration } from '../options/duration.js';
import type { Ensemble } from '../options/connect-string.js';
import { Output, terminalSize } from '../status/output.js';
import type { View } from '../status/view.js';
import type { SignalSource } from '../supervisor/signals.js';
import { inquire } from '../zookeeper/inquiry.js';
import { Observer } from '../zookeeper/observer.js';
import type { Session } from '../zookeeper/session.js';
import { complain } from './complaint.js';
import type { ExitStatus } from './exit-status.js';
import { interruption } from './interruption.js';
import { endOfBroken } from './printing.js';

/** What a terminal that takes nothing more may cost at the end. */
const LAST_WRITE_MS = 1000;

/** A subcommand that shows something which stands at the ensemble. */
export interface Showing<Seen> {
  readonly subcommand: string;
  readonly options: ShowingOptions;
  /** Looks, and sets watches where there is a watcher. */
  readonly look: (session: Session, watcher?: () => void) => Promise<Seen>;
  /** Shows it once; returns the exit code. */
  readonly print: (seen: Seen, output: Output) => number;
  /** Shows it as it changes: as a picture that is redrawn, or in lines. */
  readonly view: (output: Output, isPicture: boolean) => View<Seen>;
}

export interface ShowingOptions {
  readonly ensemble: Ensemble;
  /** Without the chroot. */
  readonly path: string;
  readonly timeoutMs: number;
  readonly watch: boolean;
  readonly json: boolean;
}

/** Shows it, once or until a signal. Settles with the way to exit. */
export async function show<Seen>(showing: Showing<Seen>, signals: SignalSource): Promise<ExitStatus> {
  const { watch, json } = showing.options;
  const output = new Output();
  const broken = output.broken.then((error) => endOfBroken(showing.subcommand, error));
  if (!watch) return Promise.race([broken, interruption(signals), showOnce(showing, output)]);
  const isPicture = !json && process.env['TERM'] !== 'dumb' && terminalSize() !== undefined;
  const view = showing.view(output, isPicture);
  const asked = interruption(signals, (signal) => {
    view.signal(signal);
  });
  const end = await follow(showing, view, [broken, asked]);
  await output.end(LAST_WRITE_MS);
  return typeof end === 'string' ? cannotTell(showing, end) : end;
}

async function showOnce<Seen>(showing: Showing<Seen>, output: Output): Promise<ExitStatus> {
  const { ensemble, timeoutMs } = showing.options;
  const ask = (session: Session): Promise<Seen> => showing.look(session);
  const reply = await inquire({ ensemble, timeoutMs, clock: monotonicClock(), ask });
  if (reply.kind === 'unknown') return cannotTell(showing, reply.because);
  const code = showing.print(reply.answer, output);
  await output.end();
  return { kind: 'code', code };
}

/** Shows what happens until it is to end, or cannot be told from the start. */
async function follow<Seen>(
  { options, look }: Showing<Seen>,
  view: View<Seen>,
  ways: readonly Promise<ExitStatus>[],
): Promise<ExitStatus | string> {
  const { ensemble, path, timeoutMs } = options;
  let timer: NodeJS.Timeout | undefined;
  let observer: Observer<Seen> | undefined;
  const blind = new Promise<string>((resolve, reject) => {
    // The terminal is given back before a bug is told.
    process.once('uncaughtException', reject);
    const opened = new Observer<Seen>(
      { ensemble, path, look, clock: monotonicClock() },
      {
        seen: (seen) => {
          clearTimeout(timer);
          view.seen(seen);
        },
        suspended: (because) => {
          view.suspended(because);
        },
        refused: resolve,
      },
    );
    observer = opened;
    timer = setTimeout(() => {
      resolve(opened.missing);
    }, timeoutMs);
  });
  try {
    return await Promise.race([...ways, blind]);
  } finally {
    clearTimeout(timer);
    // Its last request is sent by then; whether it is answered changes nothing.
    void observer?.close();
    view.close();
  }
}

function cannotTell<Seen>({ subcommand, options }: Showing<Seen>, because: string): ExitStatus {
  const { ensemble, timeoutMs } = options;
  complain(
    subcommand,
    `cannot tell: ${because} (ensemble ${ensemble.text}, --timeout ${formatDuration(timeoutMs)})`,
  );
  return { kind: 'code', code: exitCodes.unavailable };
}
