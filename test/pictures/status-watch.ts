// Records `status --watch` during hand-overs: a real ensemble, real contenders, a real terminal. Writes the picture of
// the README, docs/status-watch.svg.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Contender, MIDDLE_SESSION, PROGRAM } from '../support/contender.js';
import { Ensemble } from '../support/ensemble.js';
import { temporaryFolder } from '../support/temporary.js';
import { Terminal } from '../support/terminal.js';
import { Recording } from './recording.js';
import { drawFilm } from './film.js';

const TARGET = fileURLToPath(new URL('../../../docs/status-watch.svg', import.meta.url));
const EXAMPLES = fileURLToPath(new URL('../../../examples/', import.meta.url));
const ELECTION = '/zk-leader-run/sync-job.sh';
const WORDS = ['status', '-e', ELECTION, '--watch'];
const SIZE = { columns: 94, rows: 16 };

/** For whoever watches to read what has changed. */
const READING_MS = 3000;

const ensemble = await Ensemble.start({ tickTimeMs: 500 });
const folder = temporaryFolder();
mkdirSync(`${folder}/source`);
mkdirSync(`${folder}/target`);

const start = async (id: string): Promise<Contender> => {
  const contender = new Contender({
    id,
    zookeeper: ensemble.connectString,
    election: ELECTION,
    args: MIDDLE_SESSION,
    command: ['./sync-job.sh'],
    cwd: EXAMPLES,
    env: { SYNC_SOURCE: `${folder}/source`, SYNC_TARGET: `${folder}/target`, SYNC_INTERVAL: '0.3' },
  });
  await contender.until(`${id} to be in line`, () =>
    contender.log.find(({ message }) => message === 'command started' || message === 'standing by'),
  );
  return contender;
};
const first = await start('web1');
const second = await start('web2');
const third = await start('web3');

const terminal = new Terminal([process.execPath, PROGRAM, ...WORDS], {
  ...SIZE,
  env: { ZK_LEADER_RUN_ZOOKEEPER: ensemble.connectString },
});
const shows = (text: string): Promise<void> =>
  terminal.shows(`"${text}" on the screen`, (lines) => lines.some((line) => line.includes(text)));
await shows('web3 stands by');
const recording = new Recording(terminal);
await sleep(READING_MS);
first.signal('SIGTERM');
await shows('after web1 has gone');
await sleep(READING_MS);
const again = await start('web1');
await sleep(READING_MS);
second.signal('SIGKILL');
await shows('after web2 has gone');
await sleep(2 * READING_MS);
const { frames, lengthMs } = recording;
terminal.press('\x03');
await terminal.end();

writeFileSync(
  TARGET,
  drawFilm({
    ...SIZE,
    frames,
    lengthMs,
    title: `zk-leader-run ${WORDS.join(' ')}`,
    description:
      'Three contenders stand in line. The first is asked to stop, and the second leads; the first comes back to ' +
      'the end of the line; the second is killed, and the third leads.',
  }),
);
for (const contender of [again, third]) contender.signal('SIGTERM');
await Promise.all([first, second, third, again].map(({ exited }) => exited));
await ensemble.stop();
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`wrote ${TARGET}: ${frames.length} frames, ${Math.round(lengthMs / 1000)} s\n`);
process.exit(0);
