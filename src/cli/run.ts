// Owns the wiring of one run: options in, adapters and supervisor built, exit status out.

import { type Clock, monotonicClock } from '../clock.js';
import { keepsLedger } from '../election/job.js';
import type { Settings } from '../election/model.js';
import { silenceLimitMs } from '../election/timing.js';
import { createLog } from '../log/log.js';
import type { RunOptions } from '../options/options.js';
import { writePidFile } from '../options/pid-file.js';
import { refuseContradiction } from '../options/timings.js';
import { FitnessCheck } from '../supervisor/check.js';
import { ConnectionJournal } from '../supervisor/connection-journal.js';
import { ClockJournal } from '../supervisor/clock-journal.js';
import { FitnessJournal } from '../supervisor/fitness-journal.js';
import { HookJournal } from '../supervisor/hook-journal.js';
import { JobJournal } from '../supervisor/job-journal.js';
import { Journal } from '../supervisor/journal.js';
import { RunJournal } from '../supervisor/run-journal.js';
import type { SignalSource } from '../supervisor/signals.js';
import { StandbyHook } from '../supervisor/standby-hook.js';
import { Supervisor } from '../supervisor/supervisor.js';
import { takeManager } from '../systemd/manager.js';
import { TerminalJournal } from '../supervisor/terminal-journal.js';
import { hasTerminal } from '../terminal.js';
import { WatchdogClient } from '../watchdog/client.js';
import { ElectionLine } from '../zookeeper/election-line.js';
import type { ExitStatus } from './exit-status.js';
import { exitStatusOf } from './exit-status.js';
import { hookVariables, sideEnvironment } from './hook-environment.js';
import {
  deliver,
  FLUSH_LIMIT_MS,
  leaveToWatchdogIfWeCrash,
  logWarnings,
  reapOrphans,
} from './process-events.js';
import { settingsOf } from './settings.js';
import { chargeOf, contenderData, termHooksOf, termlessEnvironment, termOf } from './term.js';

/** Once there is no place in line to give back, they ask for the end of what is left to wait for. */
const IMPATIENT = new Set(['SIGINT', 'SIGTERM']);

/**
 * Stands for election and runs the command whenever it leads. Settles with the way to exit, once no process of the
 * command is left and the session is closed, or cannot be.
 * @throws {UsageError} by rejection, before anything is started, when the timings contradict each other, or when there
 * is no listening on the address of --http.
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
  const { electionPath, ensemble } = options;
  const connections = new ConnectionJournal({ log, settings, ensemble: ensemble.text, clock });
  const journal = new Journal({ log, settings, electionPath, ensemble: ensemble.text });
  const hooks = new HookJournal(log);
  const runs = keepsLedger(settings.job) ? new RunJournal({ log, settings }) : undefined;
  if (http !== undefined) journal.serving(http.server.address);
  const service =
    manager &&
    (await import('../systemd/service.js')).openService({
      manager,
      log,
      settings,
      electionPath,
      ensemble: ensemble.text,
      turn: () => {
        supervisor.push({ type: 'clock' });
      },
    });
  const watchdog = new WatchdogClient(
    {
      charge: chargeOf(options),
      hooks: termHooksOf(options),
      termOf: (znode, run) => termOf(options, znode, run),
      variablesOf: hookVariables,
      clock,
      silenceLimitMs: silenceLimitMs(settings.timing.sessionTimeoutMs),
    },
    {
      ready: (pid, report) => {
        journal.watchdogReady(pid, report);
        http?.endpoint.watchdogReady(pid, report.level);
        supervisor.push({ type: 'watchdog-ready' });
      },
      refused: (message) => {
        supervisor.push({ type: 'refused', message });
      },
      sweeping: (what) => {
        journal.sweeping(what);
      },
      unrecorded: (because) => {
        journal.unrecorded(because);
      },
      lost: (reason) => {
        supervisor.push({ type: 'watchdog-lost', reason });
      },
      started: (pid) => {
        (runs ?? journal).started(pid);
        http?.endpoint.commandStarted(pid);
      },
      expired: () => {
        supervisor.push({ type: 'watchdog-expired' });
      },
      exited: (exit) => {
        supervisor.push({ type: 'child-exited', exit });
      },
      hookStarted: (hook, pid) => {
        hooks.started(hook, pid);
      },
      hookEnded: (hook, exit) => {
        hooks.ended(hook, exit);
      },
      empty: () => {
        supervisor.push({ type: 'tree-empty' });
      },
    },
  );
  const line = new ElectionLine({
    ensemble,
    electionPath,
    pattern: settings.pattern,
    keepsLedger: keepsLedger(settings.job),
    data: contenderData(options),
    sessionTimeoutMs: settings.timing.sessionTimeoutMs,
    clock,
    push: (event) => {
      supervisor.push(event);
    },
    onAttempt: (server) => {
      connections.attempt(server);
    },
    onFailure: (server, reason, refused) => {
      connections.failed(server, reason, refused);
    },
    onSession: (id, password, timeoutMs) => {
      watchdog.setSession({
        id,
        password: password.toString('hex'),
        timeoutMs,
        servers: [...ensemble.servers],
        authFile: ensemble.authFile,
        tls: ensemble.tls,
      });
    },
  });
  const standbyHook = new StandbyHook({
    command: options.hooks.standby,
    environment: sideEnvironment('standby', process.env, termlessEnvironment(options)),
    stopTimeoutMs: settings.timing.stopTimeoutMs,
    onStart: (leader) => {
      watchdog.setSideProcess('standby', leader);
      hooks.started('standby', leader.pid);
    },
    onEnd: (exit) => {
      watchdog.setSideProcess('standby', undefined);
      hooks.ended('standby', exit);
    },
  });
  const check = new FitnessCheck({
    command: options.checkCommand,
    environment: sideEnvironment('check', process.env, termlessEnvironment(options)),
    timeoutMs: settings.job.check?.intervalMs ?? Infinity,
    onStart: (leader) => {
      watchdog.setSideProcess('check', leader);
    },
    onEnd: () => {
      watchdog.setSideProcess('check', undefined);
    },
    onResult: (passed, because) => {
      supervisor.push({ type: 'checked', passed, because });
    },
  });
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
    observers: [
      connections,
      new FitnessJournal({ log, settings }),
      runs,
      journal,
      hooks,
      runs && new JobJournal({ log, settings }),
      runs && new ClockJournal({ log, settings }),
      new TerminalJournal({ log, settings, clock }),
      http?.endpoint,
      service?.observer,
    ].filter((observer) => observer !== undefined),
  });
  leaveToWatchdogIfWeCrash(watchdog, log);
  logWarnings(log);
  if (process.pid === 1) await reapOrphans(log);
  const ended = supervisor.run();
  deliver(signals, supervisor);
  const ending = await ended;
  http?.server.close();
  signals.deliverTo((signal) => {
    if (IMPATIENT.has(signal)) standbyHook.kill();
  });
  // Should we be killed while the hook ends, the watchdog ends it.
  await Promise.all([
    line.close(),
    Promise.all([standbyHook.leave(), check.leave()]).then(() => watchdog.leave()),
    service?.flush(FLUSH_LIMIT_MS),
  ]);
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
