// The leader election of ZooKeeper's classical tutorials, told by four contenders under /election.
// Exits 0 when everything happened as told, 1 otherwise; leaves no process behind.
//
//   node tutorial.mjs [--polite] [CONNECT]
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ZK_LEADER_RUN = fileURLToPath(new URL('../../bin/zk-leader-run.js', import.meta.url));
const ANNOUNCE = fileURLToPath(new URL('announce.sh', import.meta.url));
const ELECTION = '/election';
const PATIENCE_MS = 120_000;
const STOP_LIMIT_MS = 30_000;

// Nothing happens for the length of a session after a hard kill, so ours is as short as an ensemble with the
// usual tickTime of 2 s grants it. The environment may say otherwise.
const SHORT_SESSION = {
  ZK_LEADER_RUN_SESSION_TIMEOUT: '4s',
  ZK_LEADER_RUN_HEARTBEAT: '200ms',
  ZK_LEADER_RUN_MARGIN: '100ms',
  ZK_LEADER_RUN_KILL_BUDGET: '200ms',
  ZK_LEADER_RUN_LEASE_GRACE: '300ms',
};

const {
  values: { polite },
  positionals: [connectString],
} = parseArgs({ options: { polite: { type: 'boolean', default: false } }, allowPositionals: true });

/** One zk-leader-run, as it would stand on a server of its own. */
class Contender {
  name;
  #child;
  #exited;
  #log;
  #output;
  #commandGroup;
  #behind;

  constructor(name) {
    this.name = name;
    const options = ['--election', ELECTION, '--znode-prefix', 'p_', '--id', name, '--log-format', 'json'];
    if (connectString !== undefined) options.push('--zookeeper', connectString);
    this.#child = spawn(process.execPath, [ZK_LEADER_RUN, ...options, '--', ANNOUNCE], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...SHORT_SESSION, ...process.env },
      // Out of our process group: Ctrl-C is for us alone, and we end the contenders in order.
      detached: true,
    });
    this.#exited = once(this.#child, 'exit');
    this.#output = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
    this.#log = createInterface(this.#child.stderr)[Symbol.asyncIterator]();
  }

  /** Waits until it leads, having been nothing else in between, and its command says so. */
  async leads() {
    const { message } = await this.#change();
    assert.ok(message === 'leading', `${this.name} should lead; does somebody else stand in ${ELECTION}?`);
    this.#commandGroup = (await this.#event('command started')).pid;
    const { value: line, done } = await this.#output.next();
    assert.ok(!done, `${this.name} has ended`);
    this.#say(line);
  }

  /** Waits until it watches that contender, having been nothing else in between. */
  async watches(predecessor) {
    const { message, watching, behind } = await this.#change();
    assert.ok(message === 'standing by', `${this.name} should not lead`);
    assert.ok(watching === predecessor.name, `${this.name} should watch ${predecessor.name}`);
    this.#behind = behind;
    this.#say(`Setting watch on node with path: ${behind}`);
  }

  /** Ends it in order: it ends its command first, then deletes its znode. */
  async stop() {
    this.#child.kill('SIGTERM');
    await this.#exited;
  }

  /** Ends it as a power cut would: nobody deletes the znode, until ZooKeeper ends the session. */
  async cutPower() {
    this.#child.kill('SIGKILL');
    if (this.#commandGroup !== undefined) process.kill(-this.#commandGroup, 'SIGKILL');
    await this.#exited;
  }

  // It stands by the same znode again when it was connected anew.
  async #change() {
    for (;;) {
      const event = await this.#event('leading', 'standing by');
      if (event.message === 'leading' || event.behind !== this.#behind) return event;
    }
  }

  // The log is on standard error, which the command shares; ours is silent there.
  async #event(...messages) {
    for (;;) {
      const { value: line, done } = await this.#log.next();
      assert.ok(!done, `${this.name} has ended`);
      if (!line.startsWith('{')) throw new Error(line);
      const event = JSON.parse(line);
      if (event.event === 'still-waiting') {
        console.error(
          `${this.name} | no ZooKeeper lets it in: ${event.because ?? `${event.last} does not answer`}`,
        );
      }
      if (messages.includes(event.message)) return event;
    }
  }

  #say(line) {
    console.log(`${this.name} | ${line}`);
  }
}

const contenders = [];

function start() {
  const contender = new Contender(`contender ${contenders.length + 1}`);
  contenders.push(contender);
  return contender;
}

async function kill(contender, name) {
  console.log(polite ? `-- end ${name}` : `-- kill ${name}; its session lasts a while yet`);
  await (polite ? contender.stop() : contender.cutPower());
}

// The last one in line first, or each would lead for a moment.
async function stopAll() {
  for (const contender of contenders.toReversed()) await contender.stop();
}

async function play() {
  const first = start();
  await first.leads();
  const second = start();
  await second.watches(first);
  const third = start();
  await third.watches(second);
  const fourth = start();
  await fourth.watches(third);

  await kill(first, 'the leader');
  await second.leads();

  await kill(third, 'contender 3');
  await fourth.watches(second);
}

// Whoever waits for a contender that has been stopped fails, and so play() ends.
function abandon(reason) {
  console.error(`-- ${reason}`);
  void stopAll();
  setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
}

for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.on(signal, () => abandon(`received ${signal}`));
const tooLate = setTimeout(() => abandon(`not done in ${PATIENCE_MS / 1000} s`), PATIENCE_MS);

try {
  await play();
  console.log('-- everything happened as told');
} catch (error) {
  console.error(`-- ${error.message}`);
  process.exitCode = 1;
} finally {
  clearTimeout(tooLate);
  await stopAll();
}
