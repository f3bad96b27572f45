// Owns how a duration is written: a number and its unit, never a bare number.
import { quote, UsageError } from './usage-error.js';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What setTimeout can hold: a longer delay would fire at once instead of late. */
export const MAX_DURATION_MS = 2 ** 31 - 1;

const EXPECTED = 'a duration such as 500ms, 10s or 2m';

/**
 * Parses "500ms", "1.5s", "2m", "1h" or "1d" to whole milliseconds. Throws a UsageError that names the option
 * for anything else, and for what a timer cannot hold.
 */
export function parseDuration(option: string, text: string, expected = EXPECTED): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) {
    throw new UsageError(option, `expected ${expected}, got ${quote(text)}`);
  }
  const ms = Math.round(Number(amount) * UNITS[unit as keyof typeof UNITS]);
  if (ms > MAX_DURATION_MS) {
    throw new UsageError(
      option,
      `expected at most ${String(MAX_DURATION_MS)}ms (24 days), which is all a timer can hold, got ${quote(text)}`,
    );
  }
  return ms;
}

/** Parses a duration of at least a millisecond; throws a UsageError for anything else. */
export function parsePositiveDuration(option: string, text: string): number {
  const ms = parseDuration(option, text);
  if (ms > 0) return ms;
  throw new UsageError(option, `expected a duration of at least 1ms, got ${quote(text)}`);
}

/** Formats milliseconds in the largest unit that divides them, else in seconds: "2m", "1.5s", "forever". */
export function formatDuration(ms: number): string {
  if (ms === Infinity) return 'forever';
  const whole = Math.round(ms);
  const size = Math.abs(whole);
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (size !== 0 && size % UNITS[unit] === 0) return `${String(whole / UNITS[unit])}${unit}`;
  }
  return size < UNITS.s ? `${String(whole)}ms` : `${String(whole / UNITS.s)}s`;
}
