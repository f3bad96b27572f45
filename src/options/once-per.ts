// Owns what a run can be done once for: a time, or a name.

import { parsePositiveDuration } from './duration.js';
import { quote, UsageError } from './usage-error.js';

/** What one run is made for. */
export type OncePer =
  /** Each window of that length since the Unix epoch, in UTC. */
  { readonly kind: 'window'; readonly windowMs: number } | { readonly kind: 'name'; readonly name: string };

const NAME = /^[\w.:+/-]{1,200}$/;

const UNIT =
  '(?:ms|msecs?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|months?|y|years?)';

/** What was meant for a duration: as a name, 90sec would run once, and never again. */
const LIKE_A_DURATION = new RegExp(`^(?:\\d+(?:\\.\\d+)?${UNIT})+$`, 'i');

/** Reads a duration such as 1h, or else a name; throws a UsageError for what is neither, and for what may be both. */
export function parseOncePer(option: string, text: string): OncePer {
  if (LIKE_A_DURATION.test(text)) {
    return { kind: 'window', windowMs: parsePositiveDuration(option, text) };
  }
  // A number would be meant for seconds by some, and run once, and never again.
  if (NAME.test(text) && !/^[\d.]+$/.test(text)) return { kind: 'name', name: text };
  throw new UsageError(
    option,
    'expected a duration such as 1h, or a name of up to 200 letters, digits and . _ : + - / that is no number, such as ' +
      `build-4711 or 2026-11-22, got ${quote(text)}`,
  );
}
