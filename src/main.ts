// Owns the program's entry: arguments in, exit status out. Errors are printed here and nowhere else, once.

import { isatty, WriteStream } from 'node:tty';
import { checkArgumentBytes } from './cli/argument-bytes.js';
import { namedConfigFile, parseArguments } from './cli/arguments.js';
import { report } from './cli/complaint.js';
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
    const argv = process.argv.slice(2);
    const named = namedConfigFile(argv, process.env);
    const file = named && (await import('./cli/config-file.js')).readConfigFile(named);
    const parsed = parseArguments(argv, process.env, undefined, file);
    const tell = async (text: string): Promise<void> => {
      const { print } = await import('./cli/printing.js');
      exitWith(await print(parsed.kind, text, signals));
    };
    switch (parsed.kind) {
      case 'help': {
        const { helpText } = await import('./cli/help.js');
        const columns = isatty(1) ? new WriteStream(1).columns : undefined;
        await tell(helpText(parsed.subcommand, columns));
        return;
      }
      case 'version':
        await tell(`${readVersion()}\n`);
        return;
      case 'run':
        exitWith(await run(parsed.options, signals));
        return;
      case 'verify': {
        const { verify } = await import('./cli/verify.js');
        exitWith(await verify(parsed.options, signals));
        return;
      }
      case 'history': {
        const { history } = await import('./cli/history.js');
        exitWith(await history(parsed.options, signals));
        return;
      }
      case 'run-now': {
        const { runNow } = await import('./cli/run-now.js');
        exitWith(await runNow(parsed.options, signals));
        return;
      }
      case 'resign': {
        const { resign } = await import('./cli/resign.js');
        exitWith(await resign(parsed.options, signals));
        return;
      }
      case 'pause': {
        const { pause } = await import('./cli/pause.js');
        exitWith(await pause(parsed.options, signals));
        return;
      }
      case 'unpause': {
        const { unpause } = await import('./cli/pause.js');
        exitWith(await unpause(parsed.options, signals));
        return;
      }
      case 'config': {
        const { configText } = await import('./cli/config.js');
        await tell(configText(parsed.options));
        return;
      }
      case 'completion': {
        const { completionScript } = await import('./completion/script.js');
        await tell(completionScript(parsed.shell));
        return;
      }
      case 'explain': {
        const { explain } = await import('./cli/explain.js');
        exitWith(await explain(parsed.options, signals));
        return;
      }
      case 'systemd': {
        const { systemdFiles } = await import('./cli/systemd.js');
        await tell(systemdFiles(parsed.options));
        return;
      }
      case 'status': {
        const { status } = await import('./cli/status.js');
        exitWith(await status(parsed.options, signals));
      }
    }
  } catch (error) {
    if (error instanceof UsageError) {
      report(error.message);
      exitWith({ kind: 'code', code: error.exitCode });
      return;
    }
    report(`internal error: ${describe(error)}`);
    exitWith({ kind: 'code', code: exitCodes.ownError });
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by: ${describe(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
