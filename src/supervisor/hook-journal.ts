// Owns what a person is told of hooks: that one runs, and how it ends where that is not well, or why it was left out.
// Must never be needed for anything else: nothing depends on how a hook ends.

import type { ChildExit } from '../election/endings.js';
import type { HookName } from '../election/term.js';
import type { Log } from '../log/log.js';
import { TOO_LATE } from '../watchdog/rules.js';
import type { Step } from './supervisor.js';
import { describeExit, describeSkip, exitFields } from './words.js';

export class HookJournal {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  started(hook: HookName, pid: number): void {
    this.#log.write('info', 'hook-started', { hook, pid });
  }

  ended(hook: HookName, exit: ChildExit): void {
    if (exit.kind === 'code' && exit.code === 0) this.#log.write('debug', 'hook-ended', { hook });
    else if (exit.kind === 'not-started' && exit.errno === TOO_LATE) {
      this.#log.write('warn', 'hook-skipped', { hook, because: 'the command had come to its end' });
    } else {
      const because = describeExit(exit, 'it');
      this.#log.write('warn', 'hook-failed', { hook, because, ...exitFields(exit) });
    }
  }

  observe({ commands }: Step): void {
    for (const command of commands) {
      if (command.type !== 'skip-hook') continue;
      // Nothing is left out there: the hooks of a term are not those of each run.
      const level = command.because === 'term-goes-on' ? 'debug' : 'warn';
      this.#log.write(level, 'hook-skipped', { hook: command.hook, because: describeSkip(command.because) });
    }
  }
}
