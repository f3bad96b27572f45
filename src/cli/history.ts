// Owns one `history`: the records in, a picture or lines on stdout and the exit status out; or their removal.

import { monotonicClock } from '../clock.js';
import { exitCodes } from '../exit-codes.js';
import { Chronicle } from '../history/chronicle.js';
import { recordsInJson } from '../history/json.js';
import { nextTick } from '../history/next-tick.js';
import { drawRecords } from '../history/picture.js';
import { stripStyle } from '../history/strip.js';
import { totalsOf } from '../history/totals.js';
import { type HistoryView, paintParts, PictureView } from '../history/picture-view.js';
import { absenceInWords, countInWords, unreadableInWords } from '../history/words.js';
import type { HistoryOptions } from '../options/history-options.js';
import { printableJson } from '../printable.js';
import { type Output, terminalSize } from '../status/output.js';
import { LineView } from '../status/view.js';
import type { SignalSource } from '../supervisor/signals.js';
import { ledgerPath } from '../zookeeper/control-path.js';
import { inquire } from '../zookeeper/inquiry.js';
import { removeLedger } from '../zookeeper/ledger.js';
import { readRecords, type Records } from '../zookeeper/records.js';
import type { Session } from '../zookeeper/session.js';
import { complain } from './complaint.js';
import type { ExitStatus } from './exit-status.js';
import { interruption } from './interruption.js';
import { show } from './showing.js';
import { tellAnswer, tellProblem } from './steering-words.js';

/** Shows the records, once or until a signal, or removes them. Settles with the way to exit. */
export function history(options: HistoryOptions, signals: SignalSource): Promise<ExitStatus> {
  if (options.remove) return Promise.race([interruption(signals), remove(options)]);
  const { ensemble, path, last, json } = options;
  const style = stripStyle(terminalSize() !== undefined, process.env);
  const view: HistoryView = { path, last, json, style, nextTick, zookeeper: ensemble.text };
  return show<Records>(
    {
      subcommand: 'history',
      options,
      look: (session, watcher) => readRecords(session, { ...searchFor(options), watcher }),
      print: (records, output) => print(records, view, output),
      view: (output, isPicture) =>
        isPicture
          ? new PictureView(view, output, process.env)
          : new LineView(new Chronicle(path, last), json, output),
    },
    signals,
  );
}

function print(records: Records, view: HistoryView, output: Output): number {
  const at = new Date();
  if (records.kind === 'unreadable') {
    complain('history', unreadableInWords(view.path, records.because));
    return exitCodes.unavailable;
  }
  if (view.json) {
    output.write(`${printableJson(recordsInJson(records, { ...view, at }))}\n`);
  } else {
    const size = terminalSize();
    const { head, table } = drawRecords(records, { ...view, at, columns: size?.columns ?? Infinity });
    for (const line of [...head, ...table]) {
      const text =
        size === undefined ? line.map((part) => part.text).join('') : paintParts(line, process.env);
      output.write(`${text}\n`);
    }
  }
  return records.kind === 'none' ? exitCodes.no : 0;
}

/** It may take more than one connection: what was there before the first attempt is what was removed. */
async function remove(options: HistoryOptions): Promise<ExitStatus> {
  const search = searchFor(options);
  let found: Records = { kind: 'none' };
  const ask = async (session: Session): Promise<Records> => {
    const records = await readRecords(session, search);
    if (records.kind !== 'none') found = records;
    await removeLedger(session, ledgerPath(search.path));
    return found;
  };
  const reply = await inquire({ ...options, clock: monotonicClock(), ask });
  if (reply.kind === 'unknown') return tellProblem('history', options, reply.because);
  return tellRemoval(options.path, reply.answer);
}

function tellRemoval(path: string, found: Records): ExitStatus {
  switch (found.kind) {
    case 'none':
      complain('history', absenceInWords(path));
      return { kind: 'code', code: exitCodes.no };
    case 'unreadable':
      return tellAnswer(`removed what stood beside ${path} and could not be read: ${found.because}`);
    case 'kept': {
      const { runs, missed, skipped } = totalsOf(found.ledger.entries);
      const counts = [
        `${runs} ${runs === 1 ? 'run' : 'runs'}`,
        countInWords({ kind: 'missed', count: missed }),
        countInWords({ kind: 'skipped', count: skipped }),
      ];
      return tellAnswer(`removed the records of ${path}: ${counts.join(', ')}`);
    }
  }
}

function searchFor({ ensemble, path, znodePrefix }: HistoryOptions): {
  readonly path: string;
  readonly pattern: { readonly prefix: string | undefined };
} {
  return { path: ensemble.chroot + path, pattern: { prefix: znodePrefix } };
}
