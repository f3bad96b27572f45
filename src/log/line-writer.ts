// Owns how a line of our log looks.

import { fstatSync } from 'node:fs';
import { Writable } from 'node:stream';
import winston from 'winston';
import { printableJson } from '../printable.js';
import { jsonLine } from './json-line.js';
import type { Destination, Line, LogFields, LogOptions } from './line.js';

/** Makes what writes lines to this destination, those below the level left out. */
export function createLineWriter(options: LogOptions, destination: Destination): (line: Line) => void {
  const print = options.format === 'json' ? jsonLine : textLine(!isJournald());
  const logger = winston.createLogger({
    level: options.level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    format: winston.format.printf((info) => print(info as unknown as Line, options.id)),
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
  return (line) => {
    logger.log(line);
  };
}

function textLine(stamped: boolean): (line: Line, id: string) => string {
  return ({ time, level, message, fields }, id) => {
    const described = Object.entries<LogFields[string]>({ ...fields, id })
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}=${quoteIfNeeded(String(value))}`);
    return `${stamped ? `${time} ` : ''}zk-leader-run ${level}: ${[message, ...described].join(' ')}`;
  };
}

function quoteIfNeeded(value: string): string {
  return /^[\w.,:;@/+-]+$/.test(value) ? value : printableJson(value);
}

/** Whether stderr is the stream that systemd connected to the journal, which stamps lines itself. */
function isJournald(): boolean {
  const stream = process.env['JOURNAL_STREAM'];
  if (stream === undefined) return false;
  const { dev, ino } = fstatSync(2);
  return stream === `${dev}:${ino}`;
}
