// Owns one `status`: the elections in, a picture or lines on stdout and the exit status out. It only reads.

import { exitCodes } from '../exit-codes.js';
import type { StatusOptions } from '../options/status-options.js';
import { printableJson } from '../printable.js';
import { Chronicle } from '../status/chronicle.js';
import { electionsInJson } from '../status/json.js';
import { terminalSize } from '../status/output.js';
import { drawElections } from '../status/picture.js';
import { PictureView } from '../status/picture-view.js';
import { paint } from '../status/screen.js';
import { LineView } from '../status/view.js';
import type { SignalSource } from '../supervisor/signals.js';
import { type Election, leaderOf, readElections } from '../zookeeper/elections.js';
import type { ExitStatus } from './exit-status.js';
import { show } from './showing.js';

/** Shows the elections, once or until a signal. Settles with the way to exit. */
export function status(options: StatusOptions, signals: SignalSource): Promise<ExitStatus> {
  const { ensemble, path, znodePrefix, json } = options;
  const search = { chroot: ensemble.chroot, path, pattern: { prefix: znodePrefix } };
  return show<readonly Election[]>(
    {
      subcommand: 'status',
      options,
      look: (session, watcher) =>
        readElections(session, watcher === undefined ? search : { ...search, watcher }),
      print: (elections, output) => {
        const at = new Date();
        if (json) output.write(`${printableJson(electionsInJson(path, elections, at))}\n`);
        else for (const line of linesFor(elections, path, at)) output.write(`${line}\n`);
        const isLed = elections.length > 0 && elections.every((election) => leaderOf(election) !== undefined);
        return isLed ? 0 : exitCodes.no;
      },
      view: (output, isPicture) =>
        isPicture
          ? new PictureView(options, output, process.env)
          : new LineView(new Chronicle(path), json, output),
    },
    signals,
  );
}

function linesFor(elections: readonly Election[], path: string, at: Date): string[] {
  const size = terminalSize();
  const lines = drawElections(elections, { path, at, columns: size?.columns ?? Infinity });
  return lines.map((line) => (size === undefined ? line.text : paint(line, process.env)));
}
