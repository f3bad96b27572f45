// Shows a job without cron on a private ZooKeeper: examples/cron-free, as its reader runs it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Ensemble } from '../support/ensemble.js';

const EXAMPLE = fileURLToPath(new URL('../../../examples/cron-free/cron-free.mjs', import.meta.url));
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function quit(): void {
  process.exit(130);
}

for (const signal of SIGNALS) process.on(signal, quit);
const ensemble = await Ensemble.start({ maxSessionTimeoutMs: 40_000 });
const example = spawn(process.execPath, [EXAMPLE, ensemble.connectString], { stdio: 'inherit' });
for (const signal of SIGNALS) {
  process.off(signal, quit);
  // Ctrl-C has reached it already; it ends its contenders first, while there is a ZooKeeper.
  process.on(signal, () => example.kill(signal));
}
const [code] = (await once(example, 'exit')) as [number | null];
await ensemble.stop();
process.exit(code ?? 1);
