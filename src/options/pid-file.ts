// Owns the file that tells which process a run is: written by it, read by whoever wants that one and no other.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { quote, UsageError } from './usage-error.js';

/** Reads a process id; throws a UsageError when there is none to be had. */
export function readPidFile(option: string, path: string): number {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      option,
      `expected a file that zk-leader-run --pid-file has written, got ${quote(path)}, which cannot be read ` +
        `(${errnoOf(error)}); is it running?`,
    );
  }
  const pid = /^([1-9]\d{0,9})\n?$/.exec(text)?.[1];
  if (pid !== undefined) return Number(pid);
  throw new UsageError(
    option,
    `expected a file with a process id, got ${quote(path)}, which has ${quote(text.slice(0, 40))} in it; ` +
      'pass the file that zk-leader-run --pid-file has written',
  );
}

/**
 * Writes our process id; returns what removes the file, unless another has written there since. Throws a UsageError
 * when it cannot be written.
 */
export function writePidFile(option: string, path: string): () => void {
  const ours = `${String(process.pid)}\n`;
  try {
    writeFileSync(path, ours);
  } catch (error) {
    throw new UsageError(
      option,
      `expected a file that can be written, got ${quote(path)} (${errnoOf(error)}); choose another place`,
    );
  }
  const remove = (): void => {
    try {
      if (readFileSync(path, 'utf8') === ours) rmSync(path);
    } catch {
      // It has gone already, or is not ours to remove any more.
    }
  };
  // An end by a signal, which is how we end when one has asked us to, emits nothing.
  process.once('exit', remove);
  return remove;
}

function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
