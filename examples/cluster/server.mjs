// A server that serves HTTP all the time, and stands for election beside it: while it leads, its push.mjs pushes
// data to all servers. Serving is no leader's job, so zk-leader-run runs push.mjs, not this server.
//
//   node server.mjs ADDRESS [PEER...]        each as host:port, such as 127.0.0.1:8001
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ZK_LEADER_RUN = fileURLToPath(new URL('../../bin/zk-leader-run.js', import.meta.url));
const PUSH = fileURLToPath(new URL('push.mjs', import.meta.url));
const ROLES = { leading: 'leader', 'standing by': 'follower', 'ending the command': 'follower' };

const [address, ...peers] = process.argv.slice(2);
if (address === undefined) throw new Error('usage: node server.mjs ADDRESS [PEER...]');

// The epoch is kept beside the data it protects: whoever loses one (here, by a restart) loses the other.
let held = { epoch: '0', version: 0, value: null };
// What our contender has said last. Only good to look at: what is accepted is decided by the epoch.
let role = 'starting';

function say(line) {
  console.log(`${address} ${line}`);
}

/**
 * Takes what a leader pushes, unless a later leader has pushed before: zk-leader-run cannot call back a request
 * that an earlier one has sent. Epochs have 64 bits, more than a number holds.
 */
function replicate({ epoch, version, value }) {
  const newer = BigInt(epoch) - BigInt(held.epoch);
  if (newer < 0n) {
    say(`refuses version ${version} of epoch ${epoch}: it has seen epoch ${held.epoch}`);
    return { status: 409, body: { error: 'stale epoch', seen: held.epoch } };
  }
  // Pushes of one leader may overtake each other.
  if (newer > 0n || version > held.version) {
    held = { epoch, version, value };
    say(`holds version ${version} (epoch ${epoch})`);
  }
  return { status: 200, body: held };
}

async function answer(request) {
  switch (`${request.method} ${request.url}`) {
    case 'GET /data':
      return { status: 200, body: held };
    case 'GET /status':
      return { status: 200, body: { address, role, epoch: held.epoch, version: held.version } };
    case 'POST /replicate':
      return replicate(await json(request));
    default:
      return { status: 404, body: { error: 'there are GET /data, GET /status and POST /replicate' } };
  }
}

const server = createServer((request, response) => {
  answer(request)
    .catch((error) => ({ status: 400, body: { error: error.message } }))
    .then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
    });
});

function standForElection() {
  const options = ['--election', '/cluster', '--id', address, '--log-format', 'json'];
  const job = [process.execPath, PUSH, address, ...peers];
  const contender = spawn(process.execPath, [ZK_LEADER_RUN, ...options, '--', ...job], {
    stdio: ['ignore', 'inherit', 'pipe'],
    // Out of our process group: Ctrl-C is for us alone, since a second signal would mean "at once".
    detached: true,
  });
  createInterface(contender.stderr).on('line', observe);
  return contender;
}

function observe(line) {
  // What is no event is a mistake in the options, or an error of push.mjs, which shares the standard error.
  const event = line.startsWith('{') ? JSON.parse(line) : { level: 'error' };
  if (event.level !== 'info') console.error(line);
  const before = role;
  role = ROLES[event.message] ?? role;
  if (role !== before) say(role === 'leader' ? `leads (epoch ${event.epoch})` : 'follows');
}

// Before there is a contender: a signal that we do not handle yet would end us without it.
let contender;
let asked = false;
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    asked = true;
    contender?.kill('SIGTERM');
  });
}

const [host, port] = address.split(/:(?=\d+$)/);
server.listen(Number(port), host);
await once(server, 'listening');
say('serves');
if (!asked) {
  contender = standForElection();
  await once(contender, 'exit');
}
// We have served until nothing of ours could lead any more. A contender that ends unasked is one whose options are
// wrong or whose job has failed: whoever watches over us shall see it.
server.close();
server.closeAllConnections();
process.exitCode = asked ? 0 : 1;
