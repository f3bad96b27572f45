// Takes one text out of a file of a copy of the program, for the tests that must fail without it.
import { readFileSync, writeFileSync } from 'node:fs';

/** Puts one text in the place of another, which must be there exactly once; `whose` says what is to be written anew. */
export function replaceOnce(path: string, from: string | RegExp, to: string, whose: string): void {
  const [before, after, ...more] = readFileSync(path, 'utf8').split(from);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${whose} no longer applies: expected this exactly once in ${path}: ${String(from)}`);
  writeFileSync(path, before + to + after);
}
