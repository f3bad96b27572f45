// The leader's job: makes a new version of the data every half second, and pushes it to all servers.
// This is no replicated log: a server that was away gets the next version, and a version may be lost with its leader.
//
//   zk-leader-run --election /cluster -- node push.mjs OWN_ADDRESS [PEER...]
import { setTimeout as sleep } from 'node:timers/promises';

const INTERVAL_MS = 500;
const ANSWER_LIMIT_MS = 3000;

const [own, ...peers] = process.argv.slice(2);
const epoch = process.env.ZK_LEADER_EPOCH;

/** Resolves with the status of the server's answer, or with 0 if there is none in time. */
async function push(address, data) {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ANSWER_LIMIT_MS);
  try {
    const init = { method: 'POST', body: JSON.stringify(data), signal: late.signal };
    const response = await fetch(`http://${address}/replicate`, init);
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  } finally {
    clearTimeout(timer);
  }
}

const { version: held } = await (await fetch(`http://${own}/data`)).json();

for (let version = held + 1; ; version += 1) {
  const data = { epoch, version, value: `made by ${own} at ${new Date().toISOString()}` };
  const [byOwn, ...byPeers] = await Promise.all([own, ...peers].map((address) => push(address, data)));
  if (byOwn === 409 || byPeers.includes(409))
    throw new Error(`epoch ${epoch} is over: a later leader has pushed`);
  // Killed without having stopped us: then we end, and the next server's turn comes.
  if (byOwn === 0) throw new Error(`our own server, ${own}, does not answer`);
  await sleep(INTERVAL_MS);
}
