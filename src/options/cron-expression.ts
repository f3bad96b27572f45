// Owns what is said of a cron expression that is none: the library's words, made into a sentence with a way out.

import { cronSchedule } from '../schedule/cron.js';
import type { Calendar } from '../schedule/schedule.js';
import { quote, UsageError } from './usage-error.js';

const NICKNAMES = new Set('@hourly @daily @midnight @weekly @monthly @yearly @annually'.split(' '));

const FIELDS = 'minute, hour, day of month, month, day of week';

/** What the library calls them, and what may stand in each; in its order, which begins with the seconds. */
const ENTRIES = [
  { entry: 'second', name: 'second', range: '0 to 59' },
  { entry: 'minute', name: 'minute', range: '0 to 59' },
  { entry: 'hour', name: 'hour', range: '0 to 23' },
  { entry: 'day', name: 'day of month', range: '1 to 31, or L' },
  { entry: 'month', name: 'month', range: '1 to 12, or JAN to DEC' },
  { entry: 'dayOfWeek', name: 'day of week', range: '0 to 7, or SUN to SAT' },
] as const;

/** Reads 5 fields, 6 with seconds first, or a nickname; throws a UsageError for anything else, and for what never comes. */
export function parseCron(option: string, text: string, timeZone: string): Calendar {
  const words = text.match(/\S+/g) ?? [];
  const expression = words.join(' ');
  const refuse = (problem: string): never => {
    throw new UsageError(
      option,
      `expected a cron expression such as "30 2 * * *", got ${quote(text)}${problem}`,
    );
  };
  if (expression.startsWith('@')) {
    if (!NICKNAMES.has(expression.toLowerCase())) {
      return refuse(`, which is none of ${[...NICKNAMES].join(', ')}`);
    }
  } else if (words.length !== 5 && words.length !== 6) {
    return refuse(
      `, whose number of fields is ${words.length}, not 5 (${FIELDS}), nor 6 with the second ahead of them`,
    );
  }
  const schedule = scheduleOf(expression, timeZone, (error) =>
    refuse(`: ${inWords(error)}${words.length === 6 ? '; the first of six fields is the second' : ''}`),
  );
  if (schedule.next(0) === Infinity) return refuse(', which never comes: no such month has such a day');
  return schedule;
}

function scheduleOf(expression: string, timeZone: string, refuse: (error: Error) => never): Calendar {
  try {
    return cronSchedule(expression, timeZone);
  } catch (error) {
    if (error instanceof Error) return refuse(error);
    throw error;
  }
}

// The library counts days and months from 0 where it says what came, so that is left out.
function inWords({ message }: Error): string {
  const words = message
    .replace(/^CronPattern: (?:Syntax error, )?/, '')
    .replace(/^nearestWeekdays/, 'day')
    .replace(/(?:, check for trailing spaces| \(NaN\)|\. Value: .*)?\.?$/, '')
    .replace('. Use', ', use')
    .replace(' ()', '');
  const invalid = entryOf(/^Invalid value for (\w+)/.exec(words)?.[1]);
  if (invalid !== undefined) return `the ${invalid.name} is not in the range of ${invalid.range}`;
  const [, subject, problem = ''] = /^(?:configuration entry )?(\w+)(.*)$/.exec(words) ?? [];
  const entry = entryOf(subject);
  if (entry !== undefined) return `the ${entry.name}${problem}`;
  return words.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}

/** It tells some by their names, and some by their place. */
function entryOf(subject: string | undefined): (typeof ENTRIES)[number] | undefined {
  return ENTRIES.find(({ entry }, place) => entry === subject || String(place) === subject);
}
