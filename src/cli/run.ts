// Owns the wiring of one run: options in, adapters and supervisor built, exit status out.

import { hostname } from 'node:os';
import { isatty } from 'node:tty';
import { Job } from '../child/job.js';
import { monotonicClock } from '../clock.js';
import type { Settings } from '../election/model.js';
import { contradiction } from '../election/timing.js';
import { exitCodes } from '../exit-codes.js';
import type { Log } from '../log/log.js';
import { createLog } from '../log/log.js';
import type { RunOptions } from '../options/options.js';
import { UsageError } from '../options/usage-error.js';
import { Journal } from '../supervisor/journal.js';
import type { SignalSource } from '../supervisor/signals.js';
import { Supervisor } from '../supervisor/supervisor.js';
import { type ContenderData, ElectionLine } from '../zookeeper/election-line.js';
import type { ExitStatus } from './exit-status.js';
import { exitStatusOf } from './exit-status.js';

/** What a log reader who has stopped reading may cost at the end. */
const FLUSH_LIMIT_MS = 1000;

/**
 * Stands for election and runs the command whenever it leads. Settles with the way to exit, once no process of the
 * command is left and the session is closed, or cannot be.
 * @throws {UsageError} by rejection, before anything is started, when the timings contradict each other.
 */
export async function run(options: RunOptions, signals: SignalSource): Promise<ExitStatus> {
  const settings = settingsOf(options);
  const wrong = contradiction(settings.timing, settings.timing.sessionTimeoutMs);
  if (wrong !== undefined) throw new UsageError('--session-timeout', wrong);

  const clock = monotonicClock();
  const log = createLog({ level: options.logLevel, format: options.logFormat, id: options.id });
  const { electionPath, ensemble } = options;
  const journal = new Journal({ log, settings, electionPath, ensemble: ensemble.text, clock });
  const job = new Job(
    { command: options.command, stdin: options.stdin },
    {
      started: (pid) => {
        journal.started(pid);
      },
      exited: (exit) => {
        supervisor.push({ type: 'child-exited', exit });
      },
      empty: () => {
        supervisor.push({ type: 'tree-empty' });
      },
    },
  );
  const line = new ElectionLine({
    servers: ensemble.servers,
    chroot: ensemble.chroot,
    electionPath,
    pattern: settings.pattern,
    data: contenderData(options),
    sessionTimeoutMs: settings.timing.sessionTimeoutMs,
    clock,
    push: (event) => {
      supervisor.push(event);
    },
    onAttempt: (server) => {
      journal.attempt(server);
    },
  });
  const supervisor = new Supervisor({
    settings,
    clock,
    line,
    containment: {
      start: (znode) => {
        job.start({
          ZK_LEADER_ELECTION: electionPath,
          ZK_LEADER_ZNODE: `${electionPath}/${znode.name}`,
          ZK_LEADER_EPOCH: String(znode.epoch),
          ZK_LEADER_ID: options.id,
        });
      },
      signal: (signal) => {
        job.signal(signal);
      },
      kill: () => {
        job.kill();
      },
    },
    observe: (step) => {
      journal.observe(step);
    },
  });
  killCommandIfWeCrash(job, log);
  const ended = supervisor.run();
  signals.deliverTo((signal) => {
    supervisor.push({ type: 'signal', signal });
  });
  const ending = await ended;
  await line.close();
  await log.flush(FLUSH_LIMIT_MS);
  return exitStatusOf(ending);
}

function settingsOf(options: RunOptions): Settings {
  return {
    timing: options.timing,
    pattern: { prefix: options.znodePrefix },
    waitMs: options.waitMs,
    onLost: options.onLost,
    stopSignal: options.stopSignal,
    hangupEnds: [0, 1, 2].some((descriptor) => isatty(descriptor)),
  };
}

function contenderData({ id, command }: RunOptions): ContenderData {
  return { id, host: hostname(), pid: process.pid, command: command.argv0, since: new Date().toISOString() };
}

/** A bug must not leave a command behind; the session then ends by its timeout, as it would had we been killed. */
function killCommandIfWeCrash(job: Job, log: Log): void {
  process.on('exit', () => {
    job.kill();
  });
  process.on('uncaughtException', (error) => {
    job.kill();
    log.write('error', 'internal error', { because: error.stack ?? String(error) });
    void log.flush(FLUSH_LIMIT_MS).finally(() => process.exit(exitCodes.ownError));
  });
}
