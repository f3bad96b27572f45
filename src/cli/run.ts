// Owns one run from its options to its exit status: what is made and started, in which order, and how it is left.

import { type Clock, monotonicClock } from '../clock.js';
import type { Event } from '../election/messages.js';
import type { Settings } from '../election/model.js';
import { createLog } from '../log/log.js';
import type { RunOptions } from '../options/options.js';
import { writePidFile } from '../options/pid-file.js';
import { refuseContradiction } from '../options/timings.js';
import type { SignalSource } from '../supervisor/signals.js';
import { Supervisor } from '../supervisor/supervisor.js';
import { type Manager, takeManager } from '../systemd/manager.js';
import { hasTerminal } from '../terminal.js';
import type { ExitStatus } from './exit-status.js';
import { exitStatusOf } from './exit-status.js';
import {
  deliver,
  FLUSH_LIMIT_MS,
  leaveToWatchdogIfWeCrash,
  logWarnings,
  reapOrphans,
} from './process-events.js';
import { type Basis, journalsOf, observersOf, type Parts, partsOf } from './run-parts.js';
import { settingsOf } from './settings.js';

/** Once there is no place in line to give back, they ask for the end of what is left to wait for. */
const IMPATIENT = new Set(['SIGINT', 'SIGTERM']);

/**
 * Stands for election and runs the command whenever it leads. Settles with the way to exit, once no process of the
 * command is left and the session is closed, or cannot be.
 * @throws {UsageError} by rejection, before anything is started, when the timings contradict each other, when there is
 * no listening on the address of --http, or no writing of --pid-file.
 */
export async function run(options: RunOptions, signals: SignalSource): Promise<ExitStatus> {
  refuseContradiction(options.timing);
  const settings = settingsOf(options, { startedAt: Date.now(), hasTerminal: hasTerminal() });

  // Before anything is started that would inherit the way to it: the log may be the first.
  const manager = takeManager(process.env);
  const clock = monotonicClock();
  const http = await openHttp(options, settings, clock);
  // Behind whatever can refuse to run: the file may be that of a contender that does.
  const { pidFile } = options;
  const removePidFile = pidFile === undefined ? undefined : writePidFile('--pid-file', pidFile);
  const log = createLog({ level: options.logLevel, format: options.logFormat, id: options.id });
  logWarnings(log);
  if (process.pid === 1) await reapOrphans(log);

  const push = (event: Event): void => {
    supervisor.push(event);
  };
  const basis: Basis = { options, settings, clock, log, push };
  const journals = journalsOf(basis);
  if (http !== undefined) journals.main.serving(http.server.address);
  const service = manager && (await tellManager(manager, basis));
  const parts = partsOf(basis, journals, http?.endpoint);
  const { line, watchdog, standbyHook, check } = parts;
  const supervisor = new Supervisor({
    settings,
    clock,
    wallClock: Date.now,
    line,
    watchdog,
    standbyHook,
    runCheck: () => {
      check.run();
    },
    halt: () => {
      signals.halt();
    },
    observers: observersOf(basis, journals, [http?.endpoint, service?.observer]),
  });
  leaveToWatchdogIfWeCrash(watchdog, log);
  const ended = supervisor.run();
  deliver(signals, supervisor);
  const ending = await ended;

  http?.server.close();
  await Promise.all([leave(parts, signals), service?.flush(FLUSH_LIMIT_MS)]);
  await log.flush(FLUSH_LIMIT_MS);
  removePidFile?.();
  return exitStatusOf(ending, options);
}

/** Listens before anything is started, so that a port that is taken is told first; nothing of it is loaded unasked. */
async function openHttp({ http, id, electionPath }: RunOptions, settings: Settings, clock: Clock) {
  if (http === undefined) return undefined;
  const { Endpoint } = await import('../http/endpoint.js');
  const endpoint = new Endpoint({ settings, clock, id, electionPath });
  return { endpoint, server: await endpoint.listen(http) };
}

/** Settles when the session is closed, or cannot be, and no process of ours is left. */
async function leave({ line, watchdog, standbyHook, check }: Parts, signals: SignalSource): Promise<void> {
  signals.deliverTo((signal) => {
    if (IMPATIENT.has(signal)) standbyHook.kill();
  });
  // Should we be killed while the hook ends, the watchdog ends it.
  await Promise.all([
    line.close(),
    Promise.all([standbyHook.leave(), check.leave()]).then(() => watchdog.leave()),
  ]);
}

/** Tells the service manager from now on: by the time it asks for a turn, the loop has to be there. */
async function tellManager(manager: Manager, { options, settings, log, push }: Basis) {
  const { electionPath, ensemble } = options;
  const { openService } = await import('../systemd/service.js');
  const turn = (): void => {
    push({ type: 'clock' });
  };
  return openService({ manager, log, settings, electionPath, ensemble: ensemble.text, turn });
}
