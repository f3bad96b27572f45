// A contender inside this process, with the program's supervisor and requests and without a command. It is for
// what has to be seen inside; whatever can be seen from outside is seen on the real program.
import type { Client } from 'node-zookeeper-client';
import { RUN_ONCE } from '../../../src/election/job.js';
import type { Settings } from '../../../src/election/model.js';
import type { Supervisor } from '../../../src/supervisor/supervisor.js';
import { TICK_TIME_MS } from '../../support/ensemble.js';
import type { TcpProxy } from '../../support/proxy.js';
import { eventually, withDeadline } from '../../support/wait.js';
import type { Stage } from './stage.js';
import { SOMEBODY, withClient } from './subject.js';

export class Standby {
  /** The library's client inside. */
  readonly client: Client;
  readonly #supervisor: Supervisor;
  readonly #ended: Promise<unknown>;

  constructor(stage: Stage, way: TcpProxy, electionPath: string, sessionTimeoutMs: number) {
    const settings: Settings = {
      timing: {
        sessionTimeoutMs,
        heartbeatMs: 10,
        tickTimeMs: TICK_TIME_MS,
        leaseGraceMs: 10,
        killBudgetMs: 10,
        marginMs: 10,
        stopTimeoutMs: 10,
      },
      pattern: { prefix: undefined },
      waitMs: Infinity,
      onLost: 'rejoin',
      hooks: [],
      stopSignal: 'SIGTERM',
      hangupEnds: false,
      job: RUN_ONCE,
      claimant: { by: 'us', host: 'here' },
    };
    const clock = (): number => performance.now();
    const line = new stage.subject.ElectionLine({
      ensemble: { servers: [{ host: '127.0.0.1', port: way.port }], chroot: '' },
      electionPath,
      pattern: settings.pattern,
      data: SOMEBODY,
      sessionTimeoutMs,
      clock,
      push: (event) => {
        supervisor.push(event);
      },
      keepsLedger: false,
      onAttempt: () => undefined,
      onFailure: () => undefined,
      onSession: () => undefined,
    });
    const supervisor = new stage.subject.Supervisor({
      settings,
      clock,
      wallClock: Date.now,
      runCheck: () => undefined,
      line,
      watchdog: {
        launch: () => {
          setImmediate(() => {
            supervisor.push({ type: 'watchdog-ready' });
          });
        },
        start: noCommand,
        setDeadline: noCommand,
        signal: noCommand,
        kill: noCommand,
        runHook: noCommand,
        skipHook: noCommand,
      },
      halt: noCommand,
      standbyHook: { run: noCommand, end: noCommand },
      observers: [],
    });
    this.#supervisor = supervisor;
    [this.#ended, this.client] = withClient(() => supervisor.run());
    stage.atEnd(async () => {
      await this.end();
      await line.close();
    });
  }

  get sessionId(): string {
    return this.client.getSessionId().toString('hex');
  }

  /** Waits until it watches its predecessor; the name of its znode. */
  async inLine(): Promise<string> {
    return eventually('a place in line', () => {
      const { phase } = this.#supervisor.state;
      return phase.name === 'standby' && phase.standing.kind === 'behind' ? phase.znode.name : undefined;
    });
  }

  async end(): Promise<void> {
    if (this.#supervisor.state.phase.name === 'ended') return;
    this.#supervisor.push({ type: 'signal', signal: 'SIGTERM' });
    await withDeadline('the standby to end', this.#ended);
  }
}

function noCommand(): never {
  throw new Error('a standby has no command');
}
