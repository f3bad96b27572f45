// Owns how exact a figure is told: what is read in a hurry has no more digits than it needs.

import { formatDuration } from '../options/duration.js';

/** Formats milliseconds to a tenth of a second, or to a millisecond below one. */
export function about(ms: number, round: (value: number) => number = Math.round): string {
  if (ms === 0) return '0s';
  return formatDuration(ms < 1000 ? round(ms) : round(ms / 100) * 100);
}
