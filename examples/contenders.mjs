// What the examples with jobs have in common: contenders that say, behind their name, what their command says, and a
// play with them that ends in time, also when it is interrupted, and leaves no process behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';

const ZK_LEADER_RUN = fileURLToPath(new URL('../bin/zk-leader-run.js', import.meta.url));
const PATIENCE_MS = 120_000;
const STOP_LIMIT_MS = 30_000;
const COLOURS = ['cyan', 'yellow', 'magenta'];
/** What a play brings about on purpose; that no ZooKeeper answers is not among it. */
const EXPECTED_WARNING = /^\S+ zk-leader-run warn: (?!still waiting for the ensemble)/;

const contenders = [];
/** What nobody has waited for yet, in the order it was said. */
const unheard = [];
let wake = () => undefined;
let abandoned;

export function paint(style, text) {
  return styleText(style, text, { stream: process.stdout });
}

/** A line of the play's own. */
export function tell(text) {
  console.log(paint('green', `-- ${text}`));
}

/** Waits for a line that matches, behind the last one that was waited for; resolves with who said it, and the match. */
export async function hear(pattern) {
  for (;;) {
    while (unheard.length > 0) {
      const { contender, line } = unheard.shift();
      const match = pattern.exec(line);
      if (match !== null) return { contender, match };
    }
    if (abandoned !== undefined) throw abandoned;
    await new Promise((resolve) => (wake = resolve));
  }
}

/** One zk-leader-run, as it would stand on a server of its own. */
export class Contender {
  name;
  #child;
  #exited;
  #mayEnd = false;

  /** Options as on the command line, and what else its command is to find in its environment. */
  constructor(name, options, command, env) {
    this.name = name;
    const [, play, connectString] = process.argv;
    const zookeeper = connectString === undefined ? [] : ['--zookeeper', connectString];
    // Of its own for each play: what an earlier one has left undone is not to be done in this one.
    const election = ['--election', `/examples/${basename(play, '.mjs')}-${process.pid}`];
    const own = ['--id', name, '--log-level', 'warn', ...zookeeper, ...election];
    const words = [...own, ...options, '--', ...command];
    this.#child = spawn(process.execPath, [ZK_LEADER_RUN, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      // Out of our process group: Ctrl-C is for us alone, and we end the contenders in order.
      detached: true,
    });
    const prefix = paint(COLOURS[contenders.length % COLOURS.length], name.padEnd(5));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      createInterface(stream).on('line', (line) => {
        if (EXPECTED_WARNING.test(line)) return;
        console.log(`${prefix} | ${line}`);
        unheard.push({ contender: this, line });
        wake();
      });
    }
    // Its watchdog and its command write to the same pipes: they close with the last of its processes.
    this.#exited = once(this.#child, 'close').then(() => {
      if (!this.#mayEnd) abandon(`${name} has ended`);
    });
    contenders.push(this);
  }

  /** Kills it, as a machine does that is out of memory: its watchdog ends its command, and then its session. */
  async kill() {
    await this.#end('SIGKILL');
  }

  /** Ends it in order: it ends its command first, then gives its place back. */
  async stop() {
    await this.#end('SIGTERM');
  }

  async #end(signal) {
    this.#mayEnd = true;
    this.#child.kill(signal);
    await this.#exited;
  }
}

/** Ends whoever is left, all at once, or each would lead for a moment. */
export async function stopAll() {
  await Promise.all(contenders.map((contender) => contender.stop()));
}

// Whoever waits for a line hears of it, and so the play ends.
function abandon(reason) {
  abandoned ??= new Error(reason);
  wake();
  setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
}

/** Plays, and ends everybody; the exit code is 0 if everything happened as the play wants it, 1 otherwise. */
export async function perform(play) {
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'])
    process.on(signal, () => abandon(`received ${signal}`));
  const tooLate = setTimeout(() => abandon(`not done in ${PATIENCE_MS / 1000} s`), PATIENCE_MS);
  try {
    await play();
  } catch (error) {
    console.error(`-- ${error.message}`);
    process.exitCode = 1;
  } finally {
    clearTimeout(tooLate);
    await stopAll();
  }
}
