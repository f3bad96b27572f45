// Owns the log as the rest of the program sees it. A line is taken at once, with its time; what writes it is loaded a
// moment later, since that takes longer than to be elected, and a command must not wait for it.

import type { Destination } from './destination.js';
import { openDestination } from './destination.js';
import type { Line, LogFields, LogLevel, LogOptions } from './line.js';

export interface Log {
  /** Writes one line: a constant lower-case message, then the fields that are not undefined. */
  write(level: LogLevel, message: string, fields?: LogFields): void;
  /** Says how things stand, in a line that the next one replaces; on a terminal, in a text log that tells as much. */
  show(status: string | undefined): void;
  /** Settles when everything is written, or after `limitMs`; never rejects. */
  flush(limitMs: number): Promise<void>;
}

/** From the first line to the loading of what writes it: an election that nobody contests is over by then. */
const LOAD_AFTER_MS = 100;

/** Makes the log on stderr. */
export function createLog(options: LogOptions, destination: Destination = openDestination()): Log {
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
    write: (level, message, fields = {}) => {
      write({ time: new Date().toISOString(), level, message, fields });
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
