// Shows an election from its beginning to its end on a private ZooKeeper: who leads, who watches whom, and how long
// a hand-over takes when the leader is asked to go, when it is killed, and when its machine dies.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { Contender, type LogLine, MIDDLE_SESSION } from '../support/contender.js';
import { Ensemble } from '../support/ensemble.js';
import { temporaryFolder } from '../support/temporary.js';
import { eventually, withDeadline } from '../support/wait.js';

const JOB = fileURLToPath(new URL('../../../examples/sync-job.sh', import.meta.url));
const ELECTION = '/zk-leader-run/sync-job.sh';
const COLOURS = { alpha: 'cyan', beta: 'yellow', gamma: 'magenta', demo: 'green' } as const;
type Name = keyof typeof COLOURS;

/** How many lines of the job are shown of each term; the rest only says that it goes on. */
const LINES_OF_EACH_TERM = 3;

/** How often there is something new to be copied. */
const NEW_FILE_MS = 300;

const startedAt = performance.now();

function say(name: Name, text: string): void {
  const at = ((performance.now() - startedAt) / 1000).toFixed(3).padStart(7);
  const prefix = styleText(COLOURS[name], name.padEnd(5), { stream: process.stdout });
  process.stdout.write(`${at} s  ${prefix} | ${text}\n`);
}

/** One contender of the demo, its log turned into sentences. */
class Actor {
  readonly name: Name;
  readonly contender: Contender;
  /** When the job of its present term printed its first line. */
  firstLineAt: number | undefined;
  #shown = 0;
  #logSeen = 0;
  #outputSeen = 0;

  constructor(name: Name, zookeeper: string, folder: string) {
    this.name = name;
    this.contender = new Contender({
      id: name,
      zookeeper,
      election: ELECTION,
      args: MIDDLE_SESSION,
      command: [JOB],
      env: { SYNC_SOURCE: `${folder}/source`, SYNC_TARGET: `${folder}/target`, SYNC_INTERVAL: '0.3' },
    });
    this.contender.onChange(() => {
      if (this.contender.output.length > 0) this.firstLineAt ??= performance.now();
      this.#tell();
    });
  }

  #tell(): void {
    const { log, output } = this.contender;
    for (; this.#logSeen < log.length; this.#logSeen += 1) {
      const entry = log[this.#logSeen];
      const sentence = entry === undefined ? undefined : sentenceFor(entry);
      if (sentence !== undefined) say(this.name, sentence);
    }
    // The job may speak before the log does: its lines wait for the one that says who leads.
    if (!log.some(({ message }) => message === 'command started')) return;
    for (; this.#outputSeen < output.length; this.#outputSeen += 1) {
      this.#shown += 1;
      if (this.#shown <= LINES_OF_EACH_TERM) say(this.name, `  job: ${output[this.#outputSeen] ?? ''}`);
      if (this.#shown === LINES_OF_EACH_TERM) say(this.name, '  job: ...');
    }
  }
}

function sentenceFor(entry: LogLine): string | undefined {
  const field = (name: string): string => String(entry[name]);
  switch (entry.message) {
    case 'connected':
      return `connected, session ${field('session')}`;
    case 'standing by':
      return `stands by at place ${field('place')}: watches ${field('watching')}, ${field('leader')} leads`;
    case 'leading':
      return bold(`leads, epoch ${field('epoch')}: ${field('because')}`);
    case 'watchdog ready':
      return `its watchdog is ready; containment: ${field('containment')}`;
    case 'ending the command':
      return `ends its command: ${field('because')}`;
    case 'resigning':
      return 'its command is gone: gives its place back';
    default:
      return undefined;
  }
}

function bold(text: string): string {
  return styleText('bold', text, { stream: process.stdout });
}

async function handOver(what: string, from: number, next: Actor): Promise<void> {
  const at = await eventually(`${next.name} to run the job`, () => next.firstLineAt);
  say('demo', bold(`${what}: ${next.name} runs the job ${(at - from).toFixed(0)} ms later`));
}

async function demo(): Promise<void> {
  say('demo', 'starting a private ZooKeeper');
  const ensemble = await Ensemble.start({ tickTimeMs: 500 });
  const folder = temporaryFolder();
  say('demo', `ZooKeeper serves at ${ensemble.connectString}`);

  mkdirSync(`${folder}/source`);
  mkdirSync(`${folder}/target`);
  let files = 0;
  const source = setInterval(() => {
    files += 1;
    writeFileSync(`${folder}/source/item-${String(files).padStart(3, '0')}`, 'something to copy\n');
  }, NEW_FILE_MS);

  const start = async (name: Name): Promise<Actor> => {
    const actor = new Actor(name, ensemble.connectString, folder);
    await actor.contender.until(`${name} to be in line`, () =>
      actor.contender.log.find(({ message }) => message === 'leading' || message === 'standing by'),
    );
    return actor;
  };
  const goesOn = async ({ contender }: Actor): Promise<void> => {
    await contender.until('three lines of the job', () => contender.output[LINES_OF_EACH_TERM]);
  };
  const alpha = await start('alpha');
  const beta = await start('beta');
  const gamma = await start('gamma');
  await goesOn(alpha);

  say('demo', 'asks alpha to stop, politely (SIGTERM)');
  const askedAt = performance.now();
  alpha.contender.signal('SIGTERM');
  await handOver('polite hand-over', askedAt, beta);
  await goesOn(beta);
  const again = await start('alpha');

  say('demo', 'kills beta with SIGKILL: its watchdog ends its job, and then its session');
  const killedAt = performance.now();
  beta.contender.signal('SIGKILL');
  await handOver('after SIGKILL', killedAt, gamma);
  await goesOn(gamma);

  say('demo', 'cuts the power of gamma: nobody is left to end its session of 4 s, which has to run out');
  const cutAt = performance.now();
  await gamma.contender.powerCut();
  await handOver('after a power cut', cutAt, again);
  await goesOn(again);

  say('demo', 'asks alpha to stop, and stops ZooKeeper');
  again.contender.signal('SIGTERM');
  const ended = [alpha, beta, gamma, again].map(({ contender }) => contender.exited);
  await withDeadline('the end of everybody', Promise.all(ended));
  clearInterval(source);
  await ensemble.stop();
  rmSync(folder, { recursive: true, force: true });
  say('demo', 'done; no process is left');
}

// Whoever reads only the beginning ends it.
process.stdout.on('error', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    say('demo', 'interrupted: ending everything');
    process.exit(130);
  });
}
await demo();
process.exit(0);
