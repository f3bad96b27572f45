// Three servers: the first started leads, the next one takes over when it goes, until none is left.
// Exits 0 when everything happened so, 1 otherwise; leaves no process behind.
//
//   node cluster.mjs [CONNECT [ADDRESS ADDRESS ADDRESS]]
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('server.mjs', import.meta.url));
const PATIENCE_MS = 120_000;
const STOP_LIMIT_MS = 30_000;

const [connectString, ...given] = process.argv.slice(2);
const addresses = given.length > 0 ? given : ['127.0.0.1:8001', '127.0.0.1:8002', '127.0.0.1:8003'];

/** One server.mjs, with its contender and, while it leads, its push.mjs. */
class Server {
  #address;
  #process;
  #exited;
  #closed;
  #output;

  constructor(address) {
    this.#address = address;
    const peers = addresses.filter((other) => other !== address);
    this.#process = spawn(process.execPath, [SERVER, address, ...peers], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env:
        connectString === undefined
          ? process.env
          : { ...process.env, ZK_LEADER_RUN_ZOOKEEPER: connectString },
      // Out of our process group: Ctrl-C is for us alone, and we end the servers in order.
      detached: true,
    });
    this.#exited = once(this.#process, 'exit');
    // Its contender and push.mjs write to the same pipe: that closes with the last of them.
    this.#closed = once(this.#process, 'close');
    this.#output = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  /** Waits until it leads, having followed until then, and resolves with its epoch. */
  async leads() {
    const [line, epoch] = await this.#hears(/ leads \(epoch (\d+)\)$| follows$/);
    assert.ok(epoch !== undefined, `${this.#address} should lead; does somebody else stand in /cluster?`);
    console.log(line);
    return epoch;
  }

  async follows() {
    const [line, epoch] = await this.#hears(/ leads \(epoch (\d+)\)$| follows$/);
    assert.ok(epoch === undefined, `${this.#address} should not lead`);
    console.log(line);
  }

  /** Waits until it has been given data by the leader of that epoch, and asks for it. */
  async holds(epoch) {
    await this.#hears(new RegExp(` holds version \\d+ \\(epoch ${epoch}\\)$`));
    const { role } = await this.#get('/status');
    const data = await this.#get('/data');
    assert.ok(data.epoch === epoch, `${this.#address} should hold data of epoch ${epoch}`);
    console.log(`${this.#address} serves, as ${role}, what was ${data.value}`);
  }

  /** Waits until it refuses what the leader of an earlier epoch has sent. */
  async refuses(epoch) {
    const body = JSON.stringify({ epoch, version: 1_000_000, value: 'late' });
    const { status } = await fetch(`http://${this.#address}/replicate`, { method: 'POST', body });
    assert.ok(status === 409, `${this.#address} should refuse epoch ${epoch}`);
    const [line] = await this.#hears(/ refuses .*/);
    console.log(line);
  }

  /** Ends it in order. */
  async stop() {
    this.#process.kill('SIGTERM');
    await this.#exited;
  }

  /** Kills the server alone: its push.mjs notices that it has gone, and ends, and so does its contender. */
  async kill() {
    this.#process.kill('SIGKILL');
    await this.#closed;
  }

  async #get(path) {
    return await (await fetch(`http://${this.#address}${path}`)).json();
  }

  async #hears(pattern) {
    for (;;) {
      const { value: line, done } = await this.#output.next();
      assert.ok(!done, `${this.#address} has ended`);
      const match = pattern.exec(line);
      if (match !== null) return [line, match[1]];
    }
  }
}

const servers = [];

function start(address) {
  const server = new Server(address);
  servers.push(server);
  return server;
}

// The last one in line first, or each would lead for a moment.
async function stopAll() {
  for (const server of servers.toReversed()) await server.stop();
}

async function play([one, two, three]) {
  const first = start(one);
  const firstEpoch = await first.leads();
  const second = start(two);
  await second.follows();
  const third = start(three);
  await third.follows();
  for (const server of [first, second, third]) await server.holds(firstEpoch);

  console.log(`-- end ${one}`);
  await first.stop();
  const secondEpoch = await second.leads();
  for (const server of [second, third]) await server.holds(secondEpoch);

  console.log(`-- push what ${one} might have sent before it ended, and the network kept until now`);
  await third.refuses(firstEpoch);

  console.log(`-- kill ${two}`);
  await second.kill();
  await third.holds(await third.leads());

  console.log(`-- end ${three}`);
  await third.stop();
  console.log('-- none is left');
}

// Whoever waits for a server that has been stopped fails, and so play() ends.
function abandon(reason) {
  console.error(`-- ${reason}`);
  void stopAll();
  setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
}

for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.on(signal, () => abandon(`received ${signal}`));
const tooLate = setTimeout(() => abandon(`not done in ${PATIENCE_MS / 1000} s`), PATIENCE_MS);

try {
  await play(addresses);
} catch (error) {
  console.error(`-- ${error.message}`);
  process.exitCode = 1;
} finally {
  clearTimeout(tooLate);
  await stopAll();
}
