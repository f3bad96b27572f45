// Measures what a user waits for, on a private ZooKeeper, and prints medians with their spread. It asserts nothing:
// a shared machine cannot.
import { spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { cpus } from 'node:os';
import { levels } from '../../src/containment/containment.js';
import { ElectionLine } from '../../src/zookeeper/election-line.js';
import { Contender, PROGRAM } from '../support/contender.js';
import { Ensemble } from '../support/ensemble.js';
import { measureLevel } from './levels.js';
import { type Memory, figures, memoryOf, report, reportMemory } from './figures.js';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 20);
/** Prints a line and waits for its signal: what is measured is ours, not the command's. */
const COMMAND = ['/bin/sh', '-c', 'echo started; exec sleep 1000'];

function startContender(ensemble: Ensemble, id: string, election: string): Contender {
  return new Contender({ id, zookeeper: ensemble.connectString, election, command: COMMAND });
}

/** From SIGTERM to the leader until the first line of the next leader's command. */
async function measureHandOver(ensemble: Ensemble): Promise<{ handOverMs: number[]; standbyMiB: Memory[] }> {
  const election = '/bench/hand-over';
  let leader = startContender(ensemble, 'first', election);
  await leader.printed(/started/);
  const handOverMs: number[] = [];
  const standbyMiB: Memory[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = startContender(ensemble, `standby-${round}`, election);
    await next.logged('standing by');
    standbyMiB.push(memoryOf(next.pid));
    const askedAt = performance.now();
    leader.signal('SIGTERM');
    await next.printed(/started/);
    handOverMs.push(performance.now() - askedAt);
    await leader.exited;
    leader = next;
  }
  await leader.end();
  return { handOverMs, standbyMiB };
}

/** From exec to the end of a command that ends at once, as a shell's user sees it. */
function measureStarts(ensemble: Ensemble): { coldMs: number[]; bareMs: number[] } {
  const timed = (args: readonly string[]): number => {
    const from = performance.now();
    const { stdout } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return Number(stdout) - from;
  };
  // performance.timeOrigin ties the clocks of two processes together closely enough for milliseconds.
  const print = `process.stdout.write(String(Date.now() - ${performance.timeOrigin}))`;
  const coldMs: number[] = [];
  const bareMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bareMs.push(timed(['-e', print]));
    const options = ['-z', ensemble.connectString, '-e', '/bench/cold'];
    coldMs.push(
      timed([
        PROGRAM,
        ...options,
        '--',
        '/bin/sh',
        '-c',
        `echo $(($(date +%s%3N) - ${Math.round(performance.timeOrigin)}))`,
      ]),
    );
  }
  return { coldMs, bareMs };
}

/** From the send of a heartbeat, which is a write, to its answer: what a hand-over needs two of. */
async function measureWrites(ensemble: Ensemble): Promise<number[]> {
  const answers = new EventEmitter();
  const line = new ElectionLine({
    ensemble: {
      servers: ensemble.servers.map(({ port }) => ({ host: '127.0.0.1', port })),
      chroot: '',
    },
    electionPath: '/bench/writes',
    pattern: { prefix: undefined },
    keepsLedger: false,
    data: {
      id: 'bench',
      host: 'localhost',
      pid: process.pid,
      command: 'bench',
      since: new Date().toISOString(),
    },
    sessionTimeoutMs: 15_000,
    clock: () => performance.now(),
    push: (event) => answers.emit(event.type, event),
    onAttempt: () => undefined,
    onFailure: () => undefined,
    onSession: () => undefined,
  });
  const answer = async (type: string, send: () => void): Promise<unknown> => {
    const arrived = once(answers, type);
    send();
    return (await arrived)[0];
  };
  await answer('connected', () => {
    line.openSession();
  });
  const joined = await answer('joined', () => {
    line.join(0);
  });
  const { name } = (joined as { znode: { name: string } }).znode;
  const writeMs: number[] = [];
  for (let round = 0; round < 10 * ROUNDS; round += 1) {
    const sentAt = performance.now();
    await answer('heartbeat', () => {
      line.heartbeat(name, false, sentAt);
    });
    writeMs.push(performance.now() - sentAt);
  }
  await line.close();
  return writeMs;
}

const ensemble = await Ensemble.start({ tickTimeMs: 2000 });
try {
  process.stdout.write(
    `Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}\n`,
  );
  const { coldMs, bareMs } = measureStarts(ensemble);
  report('bare `node -e`, exec to first output', bareMs, 'ms');
  report('cold start: exec to the first output of the command', coldMs, 'ms');
  process.stdout.write(
    `${'cold start, as a multiple of bare node'.padEnd(58)} ${(figures(coldMs).median / figures(bareMs).median).toFixed(2)}\n`,
  );
  report('one ZooKeeper write', await measureWrites(ensemble), 'ms');
  const { handOverMs, standbyMiB } = await measureHandOver(ensemble);
  report("graceful hand-over: SIGTERM to the next command's output", handOverMs, 'ms');
  reportMemory('standby, supervisor alone', standbyMiB);
  for (const level of levels) await measureLevel(ensemble, level, ROUNDS);
} finally {
  await ensemble.stop();
}
process.exit(0);
