// A log that is listened to, line by line.
import { entryOf } from '../../src/log/events.js';
import type { Entry } from '../../src/log/line.js';
import type { Log } from '../../src/log/log.js';

export function logTo(
  listener: (entry: Entry) => void,
  show: (status: string | undefined) => void = () => undefined,
): Log {
  return {
    write: (level, event, fields) => {
      listener(entryOf(level, event, fields));
    },
    show,
    flush: () => Promise.resolve(),
  };
}
