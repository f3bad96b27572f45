// Owns one `status`: the elections in, a picture or lines on stdout and the exit status out. It only reads.

import { monotonicClock } from '../clock.js';
import { exitCodes } from '../exit-codes.js';
import { formatDuration } from '../options/duration.js';
import type { StatusOptions } from '../options/status-options.js';
import { printableJson } from '../printable.js';
import { electionsInJson } from '../status/json.js';
import { Output, terminalSize } from '../status/output.js';
import { drawElections } from '../status/picture.js';
import { paint } from '../status/screen.js';
import { LineView, PictureView, type View } from '../status/views.js';
import type { SignalSource } from '../supervisor/signals.js';
import { type Election, leaderOf, readElections } from '../zookeeper/elections.js';
import { inquire } from '../zookeeper/inquiry.js';
import { Observer } from '../zookeeper/observer.js';
import { complain } from './complaint.js';
import { type ExitStatus, exitStatusOf } from './exit-status.js';
import { interruption } from './interruption.js';

/** What a terminal that takes nothing more may cost at the end. */
const LAST_WRITE_MS = 1000;

/** Shows the elections, once or until a signal. Settles with the way to exit. */
export async function status(options: StatusOptions, signals: SignalSource): Promise<ExitStatus> {
  const output = new Output();
  const broken = output.broken.then(endOfBroken);
  if (!options.watch) return Promise.race([broken, interruption(signals), showOnce(options, output)]);
  const view = viewFor(options, output);
  const asked = interruption(signals, (signal) => {
    view.signal(signal);
  });
  const end = await follow(options, view, [broken, asked]);
  await output.end(LAST_WRITE_MS);
  return typeof end === 'string' ? cannotTell(options, end) : end;
}

async function showOnce(options: StatusOptions, output: Output): Promise<ExitStatus> {
  const { ensemble, path, znodePrefix, timeoutMs, json } = options;
  const search = { chroot: ensemble.chroot, path, pattern: { prefix: znodePrefix } };
  const reply = await inquire({
    ensemble,
    timeoutMs,
    clock: monotonicClock(),
    ask: (session) => readElections(session, search),
  });
  if (reply.kind === 'unknown') return cannotTell(options, reply.because);
  const elections = reply.answer;
  const at = new Date();
  if (json) output.write(`${printableJson(electionsInJson(path, elections, at))}\n`);
  else for (const line of linesFor(elections, path, at)) output.write(`${line}\n`);
  await output.end();
  const isLed = elections.length > 0 && elections.every((election) => leaderOf(election) !== undefined);
  return { kind: 'code', code: isLed ? 0 : exitCodes.no };
}

function linesFor(elections: readonly Election[], path: string, at: Date): string[] {
  const size = terminalSize();
  const lines = drawElections(elections, { path, at, columns: size?.columns ?? Infinity });
  return lines.map((line) => (size === undefined ? line.text : paint(line, process.env)));
}

function viewFor(options: StatusOptions, output: Output): View {
  const isPicture = !options.json && process.env['TERM'] !== 'dumb' && terminalSize() !== undefined;
  return isPicture ? new PictureView(options, output, process.env) : new LineView(options, output);
}

/** Shows what happens until it is to end, or cannot be told from the start. */
async function follow(
  { ensemble, path, znodePrefix, timeoutMs }: StatusOptions,
  view: View,
  ways: readonly Promise<ExitStatus>[],
): Promise<ExitStatus | string> {
  let timer: NodeJS.Timeout | undefined;
  let observer: Observer | undefined;
  const blind = new Promise<string>((resolve, reject) => {
    // The terminal is given back before a bug is told.
    process.once('uncaughtException', reject);
    const opened = new Observer(
      { ensemble, search: { path, pattern: { prefix: znodePrefix } }, clock: monotonicClock() },
      {
        seen: (elections) => {
          clearTimeout(timer);
          view.seen(elections);
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

/** A reader that has seen enough is no error. */
function endOfBroken(error: unknown): ExitStatus {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EPIPE' || code === 'EIO') return exitStatusOf({ kind: 'asked', signal: 'SIGPIPE' });
  complain('status', `cannot write: ${error instanceof Error ? error.message : String(error)}`);
  return { kind: 'code', code: exitCodes.ownError };
}

function cannotTell({ ensemble, timeoutMs }: StatusOptions, because: string): ExitStatus {
  complain(
    'status',
    `cannot tell: ${because} (ensemble ${ensemble.text}, --timeout ${formatDuration(timeoutMs)})`,
  );
  return { kind: 'code', code: exitCodes.unavailable };
}
