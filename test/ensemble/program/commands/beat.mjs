// Appends a line to a file every few milliseconds for as long as it lives, as work under way would: a monotonic time
// stamp (nanoseconds, the same for all processes), the epoch, who writes, its process id.
//   beat.mjs FILE [--deaf] [--straggler] [--daemon]
// It ends at SIGUSR2, and at SIGTERM unless it is deaf. A straggler is a child in its group, deaf and not its charge;
// a daemon is one in a session of its own.
import { spawn } from 'node:child_process';
import { openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';

const INTERVAL_MS = 5;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    deaf: { type: 'boolean', default: false },
    straggler: { type: 'boolean', default: false },
    daemon: { type: 'boolean', default: false },
    role: { type: 'string', default: 'main' },
  },
});
const { role } = values;
const file = openSync(positionals[0], 'a');

process.on('SIGTERM', () => {
  if (!values.deaf) end();
});
process.on('SIGUSR2', end);
if (values.straggler) await bring('straggler');
if (values.daemon) await bring('daemon');
// Whoever is forgotten must not go on for ever.
setTimeout(() => process.exit(99), 120_000);
beat();
setInterval(beat, INTERVAL_MS);
if (role === 'main') writeSync(1, `beating ${process.env.ZK_LEADER_EPOCH}\n`);
process.send?.('beating');

function beat() {
  writeSync(file, `${process.hrtime.bigint()} ${process.env.ZK_LEADER_EPOCH} ${role} ${process.pid}\n`);
}

function end() {
  beat();
  process.exit(0);
}

async function bring(name) {
  const child = spawn(process.execPath, [process.argv[1], ...positionals, '--deaf', `--role=${name}`], {
    detached: name === 'daemon',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await new Promise((resolve) => child.once('message', resolve));
  child.disconnect();
  child.unref();
}
