// Proves that a SIGTERM in the very moment of starting neither leaves an orphan nor starts the command afterwards
// (consul#1155, noobaa-operator#2084). TEST_SEED in the environment repeats a run's moments.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender } from '../../support/contender.js';
import { Ensemble } from '../../support/ensemble.js';
import { TcpProxy } from '../../support/proxy.js';
import { eventually } from '../../support/wait.js';
import { RawSession } from './raw-session.js';
import { Beats, contend, endOf, newElection, options, processesOf, script } from './stage.js';

const ensemble = await Ensemble.start();
after(() => ensemble.stop());
const zookeeper = ensemble.connectString;

const RUNS = 20;
const SEED = Number(process.env['TEST_SEED'] ?? 20260118);

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Traces {
  readonly election: string;
  readonly beats: Beats;
  /** How many beats there were when the supervisor had ended. */
  readonly count: number;
}

/** Nobody of that election lives; the znode is gone unless the death was too early for a session to be closed. */
async function leavesNothing(contender: Contender, election: string, beats: Beats): Promise<Traces> {
  assert.deepEqual(await endOf(contender), { code: null, signal: 'SIGTERM' }, contender.story());
  assert.deepEqual(processesOf(election), [], contender.story());
  return { election, beats, count: beats.all().length };
}

/** Nothing has happened to those elections since. */
function staysSo(traces: readonly Traces[]): void {
  for (const { election, beats, count } of traces) {
    assert.equal(beats.all().length, count);
    assert.deepEqual(processesOf(election), []);
  }
}

test(
  `a SIGTERM at any of ${RUNS} random moments from the spawn on leaves no command (consul#1155)`,
  options,
  async (t) => {
    t.diagnostic(`TEST_SEED=${SEED}`);
    const random = generator(SEED);
    const start = (election: string, beats: Beats) =>
      contend(t, { id: 'a', zookeeper, election, command: script('beat.mjs', beats.path) });

    // How long this machine takes to the first beat, so that the moments lie around all there is to hit.
    const before = performance.now();
    const measured = new Beats();
    const first = start(newElection(), measured);
    await eventually('the first beat', () => measured.all().length > 0);
    const untilFirstBeatMs = performance.now() - before;
    first.signal('SIGTERM');
    await endOf(first);

    const traces: Traces[] = [];
    let started = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const election = newElection();
      const beats = new Beats();
      const contender = start(election, beats);
      await sleep(random() * 1.2 * untilFirstBeatMs);
      contender.signal('SIGTERM');
      traces.push(await leavesNothing(contender, election, beats));
      if (contender.log.some(({ message }) => message === 'command started')) started += 1;
    }
    staysSo(traces);
    t.diagnostic(
      `${untilFirstBeatMs.toFixed(0)} ms to the first beat; ${started} of ${RUNS} commands were started`,
    );
  },
);

test(
  'a SIGTERM between any two steps of the way to leadership leaves no command and no znode (consul#1155)',
  options,
  async (t) => {
    const raw = await RawSession.open(zookeeper);
    const traces: Traces[] = [];
    /** Sends the signal so long after that answer of the ensemble has passed; tells whether the command was started. */
    const signalled = async (answer: number, delayMs: number): Promise<boolean> => {
      const election = newElection();
      const beats = new Beats();
      const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: ensemble.server(0).port });
      const command = script('beat.mjs', beats.path);
      const contender = contend(t, { id: 'a', zookeeper: proxy.address, election, command });
      t.after(() => proxy.close());
      let answers = 0;
      proxy.onFrame('toClient', () => {
        answers += 1;
        if (answers !== answer) return 'pass';
        if (delayMs === 0) contender.signal('SIGTERM');
        else
          setTimeout(() => {
            contender.signal('SIGTERM');
          }, delayMs);
        return 'pass';
      });
      traces.push(await leavesNothing(contender, election, beats));
      assert.deepEqual((await raw.children(election)) ?? [], [], contender.story());
      await proxy.close();
      return contender.log.some(({ message }) => message === 'command started');
    };

    let answers = 0;
    // Ahead of each answer in turn, until one comes when the command has been started.
    do answers += 1;
    while (!(await signalled(answers, 0)));
    // Then around the start, which the answer before that one has caused.
    for (const delayMs of [1, 2, 3, 5, 8, 13, 21, 34, 55]) await signalled(answers - 1, delayMs);
    staysSo(traces);
    await raw.close();
    t.diagnostic(`${answers - 1} answers on the way to leadership`);
  },
);
