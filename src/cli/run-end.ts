// Owns waiting for the end of a run, and what this program exits with then.

import { constants } from 'node:os';
import { monotonicClock } from '../clock.js';
import { exitCodes, signalExitCode } from '../exit-codes.js';
import { unreadableInWords } from '../history/words.js';
import { type RunEntry, runsOf } from '../ledger/ledger.js';
import type { RunNowOptions } from '../options/run-now-options.js';
import { printable } from '../printable.js';
import { Observer } from '../zookeeper/observer.js';
import { readRecords, type Records } from '../zookeeper/records.js';
import { complain, say } from './complaint.js';
import { type ExitStatus, startFailureCode } from './exit-status.js';
import { endInWords } from './run-words.js';
import { tellProblem } from './steering-words.js';

/** Waits until the ledger has a result of the run. Settles with the way to exit, and has said what has become of it. */
export async function followToEnd(options: RunNowOptions, id: string): Promise<ExitStatus> {
  const { ensemble, electionPath, znodePrefix } = options;
  const search = { path: ensemble.chroot + electionPath, pattern: { prefix: znodePrefix } };
  let observer: Observer<Records> | undefined;
  const end = await new Promise<ExitStatus>((resolve) => {
    observer = new Observer<Records>(
      {
        ensemble,
        path: electionPath,
        look: (session, watcher) => readRecords(session, { ...search, watcher }),
        clock: monotonicClock(),
      },
      {
        seen: (records) => {
          const status = endIn(records, id, electionPath);
          if (status !== undefined) resolve(status);
        },
        suspended: (because) => {
          complain(
            'run-now',
            `not connected, and still waiting for the end of run ${printable(id)}: ${because}`,
          );
        },
        refused: (because) => {
          resolve(tellProblem('run-now', options, because));
        },
      },
    );
  });
  await observer?.close();
  return end;
}

/** The way to exit, once the records tell; undefined while the run goes on. */
function endIn(records: Records, id: string, path: string): ExitStatus | undefined {
  if (records.kind === 'unreadable') return unknownEnd(unreadableInWords(path, records.because));
  const run = records.kind === 'kept' ? runsOf(records.ledger).find((each) => each.id === id) : undefined;
  if (run === undefined)
    return unknownEnd(`run ${printable(id)} is not recorded any more: its result is not known`);
  if (run.result === undefined) return undefined;
  say(`${endInWords(run)}\n`);
  return { kind: 'code', code: exitCodeOf(run) };
}

function unknownEnd(sentence: string): ExitStatus {
  complain('run-now', sentence);
  return { kind: 'code', code: exitCodes.no };
}

/** The command's own exit code where it ended by itself, and 1 where it was made to end. */
function exitCodeOf({ result, exit }: RunEntry): number {
  if (result === 'succeeded') return 0;
  if (result !== 'failed') return exitCodes.no;
  switch (exit?.kind) {
    case undefined:
      return exitCodes.no;
    case 'code':
      return exit.code;
    case 'signal':
      return isSignal(exit.signal) ? signalExitCode(exit.signal) : exitCodes.no;
    case 'not-started':
      return startFailureCode(exit.errno);
  }
}

/** Its host may know signals that ours does not. */
function isSignal(name: string): name is NodeJS.Signals {
  return Object.hasOwn(constants.signals, name);
}
