// Owns which time zone is meant. Every zone that this Node knows is one, under any of its names.

import { quote, UsageError } from './usage-error.js';

const EXAMPLE = 'Europe/Berlin or UTC';

/** Returns the name as given; throws a UsageError that guesses at a better one. */
export function parseTimeZone(option: string, text: string): string {
  if (isTimeZone(text)) return text;
  const city = `/${text.toLowerCase().replaceAll(' ', '_')}`;
  const meant = Intl.supportedValuesOf('timeZone').find((zone) => zone.toLowerCase().endsWith(city));
  throw new UsageError(
    option,
    `expected a time zone such as ${EXAMPLE}, got ${quote(text)}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
  );
}

/** Returns the time zone of this machine, or of TZ; throws a UsageError where nobody can tell. */
export function ownTimeZone(): string {
  // Where TZ names none that it knows, Node counts as in UTC, and says either of these.
  const timeZone = new Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined;
  if (timeZone !== undefined && timeZone !== 'Etc/Unknown') return timeZone;
  throw new UsageError(
    '--timezone',
    `expected a time zone such as ${EXAMPLE} beside --cron, got none, and that of this machine is unknown; pass --timezone`,
  );
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
