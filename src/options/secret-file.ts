// Owns the reading of files that hold secrets, at the start: one that others may read is no secret, and is refused.

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { errnoOf } from '../errno.js';
import { quote, UsageError } from './usage-error.js';

/** A file that an option names: its absolute path, since it will be read again, and its text. */
export interface NamedFile {
  readonly path: string;
  readonly text: string;
}

/** Reads a file of the operator's; throws a UsageError that names the option when it cannot be read. */
export function readNamedFile(option: string, text: string, what: string): NamedFile {
  return read(option, text, what, () => undefined);
}

/**
 * Reads a file that holds a secret; throws a UsageError, too, when others than its owner and its group may read it: they
 * could show what we show.
 */
export function readSecretFile(option: string, text: string, what: string): NamedFile {
  return read(option, text, what, (descriptor) => {
    const mode = fstatSync(descriptor).mode;
    if ((mode & 0o006) === 0) return undefined;
    return (
      `which everybody on this machine may ${(mode & 0o004) !== 0 ? 'read' : 'write'}; ` +
      `take that right away with chmod o-rw ${text} (in Kubernetes, with defaultMode: 0440 of the volume)`
    );
  });
}

function read(
  option: string,
  text: string,
  what: string,
  objection: (descriptor: number) => string | undefined,
): NamedFile {
  const refuse = (problem: string): never => {
    throw new UsageError(option, `expected ${what}, got ${quote(text)}, ${problem}`);
  };
  let descriptor: number;
  try {
    descriptor = openSync(text, 'r');
  } catch (error) {
    return refuse(`which cannot be opened (${errnoOf(error)}); correct the path, or its permissions`);
  }
  try {
    const problem = objection(descriptor);
    return problem === undefined
      ? { path: resolve(text), text: readFileSync(descriptor, 'utf8') }
      : refuse(problem);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    return refuse(`which cannot be read (${errnoOf(error)}); name a file`);
  } finally {
    closeSync(descriptor);
  }
}
