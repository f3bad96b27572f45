// Owns what the benchmark's samples come to, and how they are printed.
import { readFileSync } from 'node:fs';

interface Figures {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** The median, and the range that holds the middle eight tenths. */
export function figures(samples: readonly number[]): Figures {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? NaN;
  return { median: at(0.5), low: at(0.1), high: at(0.9) };
}

export function report(what: string, samples: readonly number[], unit: string): void {
  const { median, low, high } = figures(samples);
  const text = `median ${median.toFixed(1)} ${unit}, 10th to 90th percentile ${low.toFixed(1)} to ${high.toFixed(1)}`;
  process.stdout.write(`${what.padEnd(58)} ${text} (n=${samples.length})\n`);
}

export interface Memory {
  readonly resident: number;
  readonly proportional: number;
  readonly own: number;
}

/** Memory in MiB: resident, proportional (shared pages divided among their users) and private. Linux alone. */
export function memoryOf(pid: number): Memory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const mib = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1]) / 1024;
  return { resident: mib('Rss'), proportional: mib('Pss'), own: mib('Private_Clean') + mib('Private_Dirty') };
}

export function reportMemory(what: string, samples: readonly Memory[]): void {
  for (const [kind, field] of [
    ['resident', 'resident'],
    ['proportional', 'proportional'],
    ['private', 'own'],
  ] as const) {
    report(
      `${what}, ${kind}`,
      samples.map((sample) => sample[field]),
      'MiB',
    );
  }
}
