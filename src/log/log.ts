// Owns how a line of our log looks. Every line is a constant message, then fields.

import { fstatSync } from 'node:fs';
import { Writable } from 'node:stream';
import winston from 'winston';
import type { Destination } from './destination.js';
import { openDestination } from './destination.js';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export type LogFormat = 'text' | 'json';
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  /** Writes one line: a constant lower-case message, then the fields that are not undefined. */
  write(level: LogLevel, message: string, fields?: LogFields): void;
  /** Settles when everything is written, or after `limitMs`; never rejects. */
  flush(limitMs: number): Promise<void>;
}

/** Makes the log on stderr; `id` is in every line. */
export function createLog(
  options: { readonly level: LogLevel; readonly format: LogFormat; readonly id: string },
  destination: Destination = openDestination(),
): Log {
  const logger = winston.createLogger({
    level: options.level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    format: options.format === 'json' ? jsonLines(options.id) : textLines(options.id),
    transports: [
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston types its own transports so
      new winston.transports.Stream({
        stream: new Writable({
          decodeStrings: false,
          write(line: string, _encoding, done) {
            destination.write(line);
            done();
          },
        }),
        eol: '\n',
      }),
    ],
  });
  return {
    write: (level, message, fields = {}) => {
      logger.log({ level, message, fields });
    },
    flush: (limitMs) => destination.flush(limitMs),
  };
}

function jsonLines(id: string): winston.Logform.Format {
  return winston.format.printf(({ level, message, fields }) =>
    JSON.stringify({ time: new Date().toISOString(), level, message, id, ...(fields as LogFields) }),
  );
}

function textLines(id: string): winston.Logform.Format {
  const stamped = !isJournald();
  return winston.format.printf(({ level, message, fields }) => {
    const time = stamped ? `${new Date().toISOString()} ` : '';
    const described = Object.entries<LogFields[string]>({ ...(fields as LogFields), id })
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}=${quoteIfNeeded(String(value))}`);
    return `${time}zk-leader-run ${level}: ${[message, ...described].join(' ')}`;
  });
}

function quoteIfNeeded(value: string): string {
  return /^[\w.,:;@/+-]+$/.test(value) ? value : JSON.stringify(value);
}

/** Whether stderr is the stream that systemd connected to the journal, which stamps lines itself. */
function isJournald(): boolean {
  const stream = process.env['JOURNAL_STREAM'];
  if (stream === undefined) return false;
  const { dev, ino } = fstatSync(2);
  return stream === `${dev}:${ino}`;
}
