// Owns the program's entry: arguments in, exit status out. Errors are printed here and nowhere else, once.

import { isatty, WriteStream } from 'node:tty';
import { checkArgumentBytes } from './cli/argument-bytes.js';
import { parseArguments } from './cli/arguments.js';
import { exitWith } from './cli/exit-status.js';
import { run } from './cli/run.js';
import { exitCodes } from './exit-codes.js';
import { UsageError } from './options/usage-error.js';
import type { SignalSource } from './supervisor/signals.js';
import { readVersion } from './version.js';

/** Runs the program with these signals, the arguments and the environment of this process. Never settles otherwise than by its end. */
export async function main(signals: SignalSource): Promise<void> {
  try {
    checkArgumentBytes(process.argv);
    const parsed = parseArguments(process.argv.slice(2), process.env);
    switch (parsed.kind) {
      case 'help': {
        const { helpText } = await import('./cli/help.js');
        process.stdout.write(helpText(parsed.subcommand, isatty(1) ? new WriteStream(1).columns : undefined));
        return;
      }
      case 'version':
        process.stdout.write(`${readVersion()}\n`);
        return;
      case 'run':
        exitWith(await run(parsed.options, signals));
        return;
      case 'verify': {
        const { verify } = await import('./cli/verify.js');
        exitWith(await verify(parsed.options, signals));
        return;
      }
      case 'status': {
        const { status } = await import('./cli/status.js');
        exitWith(await status(parsed.options, signals));
      }
    }
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`zk-leader-run: ${error.message}\n`);
      process.exit(error.exitCode);
    }
    process.stderr.write(`zk-leader-run: internal error: ${describe(error)}\n`);
    process.exit(exitCodes.ownError);
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by: ${describe(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
