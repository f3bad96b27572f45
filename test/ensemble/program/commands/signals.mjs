// Says which signals reach it and a child in its process group, a line each. The first argument is the signal that
// ends both; "none" for a command that only SIGKILL ends.
import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [endsOn, role = 'main'] = process.argv.slice(2);

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'];
for (const signal of SIGNALS) {
  process.on(signal, () => {
    writeSync(1, `${role} ${signal}\n`);
    if (signal === endsOn) process.exit(0);
  });
}
// Keeps it alive; whoever forgets it must not keep it for ever.
setTimeout(() => process.exit(99), 120_000);

if (role === 'main') {
  const self = fileURLToPath(import.meta.url);
  spawn(process.execPath, [self, endsOn, 'child'], { stdio: ['ignore', 'inherit', 'inherit'] });
}
writeSync(1, `${role} ready\n`);
