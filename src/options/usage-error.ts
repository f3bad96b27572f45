// Owns the form of every message about what the operator wrote.
import { exitCodes } from '../exit-codes.js';

/** The exit codes that a mistake on the command line can end with; 69 where time will mend it, or has made it. */
export type UsageExitCode =
  | typeof exitCodes.ownError
  | typeof exitCodes.notExecutable
  | typeof exitCodes.notFound
  | typeof exitCodes.unavailable;

/** A mistake of the operator: its message names the option, what was expected, what came, and a way out. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode: UsageExitCode;

  constructor(option: string, problem: string, exitCode: UsageExitCode = exitCodes.ownError) {
    super(`${option}: ${problem}`);
    this.exitCode = exitCode;
  }
}

/** Quotes what came, so that spaces and control characters in it are seen. */
export function quote(text: string): string {
  return JSON.stringify(text);
}
