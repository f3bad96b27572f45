// Measures, at one level of containment, what a fault costs and what the watchdog weighs.
import { EventEmitter, once } from 'node:events';
import { monotonicClock } from '../../src/clock.js';
import type { Level } from '../../src/containment/containment.js';
import { WatchdogClient } from '../../src/watchdog/client.js';
import { Contender } from '../support/contender.js';
import type { Ensemble } from '../support/ensemble.js';
import { type Memory, memoryOf, report, reportMemory } from './figures.js';

/** A tree of some size, with a daemon; it says so when it stands. */
const TREE =
  'for i in 1 2 3 4 5; do sleep 1000 & done; setsid sh -c "sleep 1000 & wait" & echo started; wait';

export async function measureLevel(ensemble: Ensemble, level: Level, rounds: number): Promise<void> {
  const { failoverMs, supervisors, watchdogs } = await measureKills(ensemble, level, rounds);
  report(`${level}: SIGKILL of the supervisor to the next command's output`, failoverMs, 'ms');
  report(`${level}: deadline to the last process gone`, await measureDeadlines(level, rounds), 'ms');
  reportMemory(`${level}: supervisor of a leader`, supervisors);
  reportMemory(`${level}: its watchdog`, watchdogs);
}

/** From SIGKILL to the leader's supervisor until the first line of the next leader's command. */
async function measureKills(
  ensemble: Ensemble,
  level: Level,
  rounds: number,
): Promise<{ failoverMs: number[]; supervisors: Memory[]; watchdogs: Memory[] }> {
  const contend = (id: string): Contender =>
    new Contender({
      id,
      zookeeper: ensemble.connectString,
      election: `/bench/${level}`,
      args: ['--containment', level, '--containment-required'],
      command: ['/bin/sh', '-c', TREE],
    });
  const failoverMs: number[] = [];
  const supervisors: Memory[] = [];
  const watchdogs: Memory[] = [];
  let leader = contend('first');
  await leader.printed(/started/);
  for (let round = 0; round < rounds; round += 1) {
    const next = contend(`standby-${round}`);
    await next.logged('standing by');
    supervisors.push(memoryOf(leader.pid));
    watchdogs.push(memoryOf(Number((await leader.logged('watchdog ready'))['watchdog_pid'])));
    const killedAt = performance.now();
    leader.signal('SIGKILL');
    await next.printed(/started/);
    failoverMs.push(performance.now() - killedAt);
    leader = next;
  }
  const { exited } = leader;
  leader.signal('SIGTERM');
  await exited;
  return { failoverMs, supervisors, watchdogs };
}

/** A supervisor that says nothing any more, as a stopped one: from the last deadline it gave until nobody is left. */
async function measureDeadlines(level: Level, rounds: number): Promise<number[]> {
  const events = new EventEmitter();
  const clock = monotonicClock();
  const command = { file: '/bin/sh', argv0: 'sh', args: ['-c', `exec >/dev/null; ${TREE}`] };
  const unexpected = (reason: string): never => {
    throw new Error(reason);
  };
  const watchdog = new WatchdogClient(
    {
      charge: { command, stdin: false, containment: level, containmentRequired: true },
      hooks: {},
      termOf: ({ name, epoch }) => ({
        epoch,
        environment: { ZK_LEADER_ZNODE: `/bench/${name}` },
        marker: 'ZK_LEADER_ZNODE',
      }),
      variablesOf: () => ({}),
      clock,
      silenceLimitMs: 10_000,
    },
    {
      ready: () => events.emit('ready'),
      refused: unexpected,
      sweeping: () => undefined,
      unrecorded: () => undefined,
      lost: unexpected,
      started: (pid) => events.emit('started', pid),
      expired: () => undefined,
      exited: () => undefined,
      hookStarted: () => undefined,
      hookEnded: () => undefined,
      empty: () => events.emit('empty'),
    },
  );
  const ready = once(events, 'ready');
  watchdog.launch();
  await ready;
  const afterMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const started = once(events, 'started');
    const empty = once(events, 'empty');
    const killAt = clock() + 300;
    const znode = { name: `${process.pid}-${round}`, epoch: BigInt(round) };
    watchdog.start(znode, { id: `${round}-1`, reason: 'start', attempt: 1 }, killAt);
    await started;
    await empty;
    afterMs.push(clock() - killAt);
  }
  await watchdog.leave();
  return afterMs;
}
