// Owns the options that the lease is computed from, for every subcommand that has them.
import type { Timing } from '../election/timing.js';
import { formatDuration, parseDuration, parsePositiveDuration } from './duration.js';
import { given, type OptionTable, type Settings } from './option.js';
import { optionTable } from './option-table.js';
import { quote, UsageError } from './usage-error.js';

export const timingTable = {
  'session-timeout': optionTable['session-timeout'],
  heartbeat: optionTable.heartbeat,
  'tick-time': optionTable['tick-time'],
  'lease-grace': optionTable['lease-grace'],
  'kill-budget': optionTable['kill-budget'],
  margin: optionTable.margin,
  'stop-timeout': optionTable['stop-timeout'],
} as const satisfies OptionTable;

type TimingOptionName = keyof typeof timingTable;

/** Checks each timing by itself, and the session against two ticks; throws a UsageError at the first mistake. */
export function parseTiming(settings: Settings<TimingOptionName>): Timing {
  const parse = given(timingTable, settings);
  const tickTimeMs = parse('tick-time', parsePositiveDuration);
  const sessionTimeoutMs = parse('session-timeout', (option, text) => {
    const ms = parsePositiveDuration(option, text);
    if (ms >= 2 * tickTimeMs) return ms;
    throw new UsageError(
      option,
      `expected at least ${formatDuration(2 * tickTimeMs)}, two ticks, since ZooKeeper grants no shorter session ` +
        `by default, got ${quote(text)}; lengthen it, or correct --tick-time`,
    );
  });
  return {
    sessionTimeoutMs,
    tickTimeMs,
    heartbeatMs: parse('heartbeat', parsePositiveDuration),
    leaseGraceMs: parse('lease-grace', parseDuration),
    killBudgetMs: parse('kill-budget', parsePositiveDuration),
    marginMs: parse('margin', parseDuration),
    stopTimeoutMs: parse('stop-timeout', parseDuration),
  };
}
