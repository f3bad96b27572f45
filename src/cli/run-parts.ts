// Owns what the parts of a run are made of, and what each of them hears of the others. Must never start any of them, nor
// decide anything: what happens is pushed to the loop.

import type { MachineClock } from '../clock.js';
import { keepsLedger } from '../election/job.js';
import type { Event } from '../election/messages.js';
import type { Settings } from '../election/model.js';
import { silenceLimitMs } from '../election/timing.js';
import type { Endpoint } from '../http/endpoint.js';
import type { Log } from '../log/log.js';
import type { RunOptions } from '../options/options.js';
import { FitnessCheck } from '../supervisor/check.js';
import { ClockJournal } from '../supervisor/clock-journal.js';
import { ConnectionJournal } from '../supervisor/connection-journal.js';
import { FitnessJournal } from '../supervisor/fitness-journal.js';
import { HookJournal } from '../supervisor/hook-journal.js';
import { JobJournal } from '../supervisor/job-journal.js';
import { Journal } from '../supervisor/journal.js';
import { RunJournal } from '../supervisor/run-journal.js';
import { StandbyHook } from '../supervisor/standby-hook.js';
import type { Observer } from '../supervisor/supervisor.js';
import { TerminalJournal } from '../supervisor/terminal-journal.js';
import { WatchdogClient } from '../watchdog/client.js';
import { ElectionLine } from '../zookeeper/election-line.js';
import { hookVariables, sideEnvironment } from './hook-environment.js';
import { chargeOf, contenderData, termHooksOf, termlessEnvironment, termOf } from './term.js';

/** What they all have in common. */
export interface Basis {
  readonly options: RunOptions;
  readonly settings: Settings;
  readonly clock: MachineClock;
  readonly log: Log;
  /** Hands an event to the loop. */
  readonly push: (event: Event) => void;
}

/** The journals that hear of more than the steps of the loop. */
export interface Journals {
  readonly main: Journal;
  readonly connections: ConnectionJournal;
  readonly hooks: HookJournal;
  /** Undefined where nothing is remembered of runs. */
  readonly runs: RunJournal | undefined;
}

/** What the core's commands are performed with. */
export interface Parts {
  readonly watchdog: WatchdogClient;
  readonly line: ElectionLine;
  readonly standbyHook: StandbyHook;
  readonly check: FitnessCheck;
}

export function journalsOf({ options, settings, clock, log }: Basis): Journals {
  const { electionPath, ensemble } = options;
  return {
    main: new Journal({ log, settings, electionPath, ensemble: ensemble.text }),
    connections: new ConnectionJournal({ log, settings, ensemble: ensemble.text, clock }),
    hooks: new HookJournal(log),
    runs: keepsLedger(settings.job) ? new RunJournal({ log, settings }) : undefined,
  };
}

/** Everybody who looks on at the loop, in the order in which their lines are to stand. */
export function observersOf(
  { settings, clock, log }: Basis,
  { main, connections, hooks, runs }: Journals,
  others: readonly (Observer | undefined)[],
): readonly Observer[] {
  return [
    connections,
    new FitnessJournal({ log, settings }),
    runs,
    main,
    hooks,
    runs && new JobJournal({ log, settings }),
    runs && new ClockJournal({ log, settings }),
    new TerminalJournal({ log, settings, clock }),
    ...others,
  ].filter((observer) => observer !== undefined);
}

export function partsOf(basis: Basis, journals: Journals, endpoint: Endpoint | undefined): Parts {
  const watchdog = watchdogOf(basis, journals, endpoint);
  return {
    watchdog,
    line: lineOf(basis, journals, watchdog),
    standbyHook: standbyHookOf(basis, journals, watchdog),
    check: checkOf(basis, watchdog),
  };
}

function watchdogOf(
  { options, settings, clock, push }: Basis,
  { main, hooks, runs }: Journals,
  endpoint: Endpoint | undefined,
): WatchdogClient {
  return new WatchdogClient(
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
        main.watchdogReady(pid, report);
        endpoint?.watchdogReady(pid, report.level);
        push({ type: 'watchdog-ready' });
      },
      refused: (message) => {
        push({ type: 'refused', message });
      },
      sweeping: (what) => {
        main.sweeping(what);
      },
      unrecorded: (because) => {
        main.unrecorded(because);
      },
      lost: (reason) => {
        push({ type: 'watchdog-lost', reason });
      },
      started: (pid) => {
        (runs ?? main).started(pid);
        endpoint?.commandStarted(pid);
      },
      expired: () => {
        push({ type: 'watchdog-expired' });
      },
      exited: (exit) => {
        push({ type: 'child-exited', exit });
      },
      hookStarted: (hook, pid) => {
        hooks.started(hook, pid);
      },
      hookEnded: (hook, exit) => {
        hooks.ended(hook, exit);
      },
      empty: () => {
        push({ type: 'tree-empty' });
      },
    },
  );
}

function lineOf(
  { options, settings, clock, push }: Basis,
  { connections }: Journals,
  watchdog: WatchdogClient,
): ElectionLine {
  const { ensemble, electionPath } = options;
  return new ElectionLine({
    ensemble,
    electionPath,
    pattern: settings.pattern,
    keepsLedger: keepsLedger(settings.job),
    data: contenderData(options),
    sessionTimeoutMs: settings.timing.sessionTimeoutMs,
    clock,
    push,
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
}

function standbyHookOf(
  { options, settings }: Basis,
  { hooks }: Journals,
  watchdog: WatchdogClient,
): StandbyHook {
  return new StandbyHook({
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
}

function checkOf({ options, settings, push }: Basis, watchdog: WatchdogClient): FitnessCheck {
  return new FitnessCheck({
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
      push({ type: 'checked', passed, because });
    },
  });
}
