// Owns what happens to this process rather than to its election: signals, orphans, warnings, our own mistakes.

import { exitCodes } from '../exit-codes.js';
import type { Log } from '../log/log.js';
import type { SignalSource } from '../supervisor/signals.js';
import type { Supervisor } from '../supervisor/supervisor.js';
import { eventOf } from '../supervisor/terminal-signals.js';
import { hasTerminal, isControlled, isUnderJobControl } from '../terminal.js';
import type { WatchdogClient } from '../watchdog/client.js';
import { exitWith } from './exit-status.js';

/** What a log reader who has stopped reading may cost at the end. */
export const FLUSH_LIMIT_MS = 1000;

/** Hands every signal on as the event that it is. */
export function deliver(signals: SignalSource, supervisor: Supervisor): void {
  const wasControlled = isControlled();
  const circumstances = {
    terminalIsOurs: hasTerminal(),
    terminalHasGone: () => wasControlled && !isControlled(),
    isUnderJobControl,
  };
  signals.takeStops();
  signals.deliverTo((signal) => {
    const event = eventOf(signal, circumstances);
    if (event !== undefined) supervisor.push(event);
  });
}

/** As PID 1 we are the parent of whoever has lost theirs. */
export async function reapOrphans(log: Log): Promise<void> {
  const { Orphans } = await import('../containment/orphans.js');
  new Orphans({
    onHelpless: (because) => {
      log.write('warn', 'orphans-stay', {
        because: `we are PID 1, and the package koffi cannot be loaded: ${because}`,
        instead: 'install koffi, or have an init: docker run --init',
      });
    },
  }).watch();
}

/** Node would print them to stderr, and wait for a reader who has stopped reading. */
export function logWarnings(log: Log): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ message }) => {
    log.write('warn', 'node-warning', { because: message });
  });
}

/** A bug must not leave a command behind: the watchdog ends it, and then the session. */
export function leaveToWatchdogIfWeCrash(watchdog: WatchdogClient, log: Log): void {
  process.on('uncaughtException', (error) => {
    watchdog.desert();
    log.write('error', 'internal-error', { because: error.stack ?? String(error) });
    void log.flush(FLUSH_LIMIT_MS).finally(() => {
      exitWith({ kind: 'code', code: exitCodes.ownError });
    });
  });
}
