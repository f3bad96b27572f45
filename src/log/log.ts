// Owns the log as the rest of the program sees it. A line is taken at once, with its time; what writes it is loaded a
// moment later, since that takes longer than to be elected, and a command must not wait for it.

import { openDestination } from './destination.js';
import { type EventName, type FieldsOf, type LevelOf, entryOf } from './events.js';
import { jsonLine } from './json-line.js';
import type { Destination, Line, LogOptions } from './line.js';

export interface Log {
  /** Writes the line of an event: its message, then the fields that are not undefined. */
  write<Name extends EventName>(level: LevelOf<Name>, event: Name, fields: FieldsOf<Name>): void;
  /** Says how things stand, in a line that the next one replaces; on a terminal, in a text log that tells as much. */
  show(status: string | undefined): void;
  /** Settles when everything is written, or after `limitMs`; never rejects. */
  flush(limitMs: number): Promise<void>;
}

/** From the first line to the loading of what writes it: an election that nobody contests is over by then. */
const LOAD_AFTER_MS = 100;

/** Makes the log on stderr. */
export function createLog(
  options: LogOptions,
  destination: Destination = openDestination((lines) => leftOutLine(options, lines)),
): Log {
  const early: Line[] = [];
  let write = (line: Line): void => {
    early.push(line);
  };
  let loading: Promise<void> | undefined;
  const load = (): Promise<void> =>
    (loading ??= import('./line-writer.js').then(({ createLineWriter }) => {
      write = createLineWriter(options, destination);
      for (const line of early.splice(0)) write(line);
    }));
  let timer: NodeJS.Timeout | undefined;
  const shows = options.format === 'text' && (options.level === 'info' || options.level === 'debug');
  return {
    write: (level, event, fields) => {
      write({ time: new Date().toISOString(), ...entryOf(level, event, fields) });
      timer ??= setTimeout(() => void load(), LOAD_AFTER_MS);
    },
    show: (status) => {
      if (shows) destination.show?.(status);
    },
    flush: async (limitMs) => {
      clearTimeout(timer);
      await load();
      await destination.flush(limitMs);
    },
  };
}

/** Written whatever the level: it tells what is missing. */
function leftOutLine({ format, id }: LogOptions, lines: number): string {
  const because = 'nobody read them';
  if (format === 'text') return `zk-leader-run: ${lines} log lines were left out: ${because}\n`;
  const entry = entryOf('warn', 'lines-left-out', { because, lines });
  return `${jsonLine({ time: new Date().toISOString(), ...entry }, id)}\n`;
}
