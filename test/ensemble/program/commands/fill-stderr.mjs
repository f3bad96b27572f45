// Fills its stderr until not one byte more would go in, then runs its arguments as a command that shares it. Ends as
// that one does, and hands it a SIGTERM on.
import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';

// Node makes a socket or pipe non-blocking when this is first touched; the command finds it blocking again.
void process.stderr.fd;
for (let bytes = 4096; bytes > 0;) {
  try {
    writeSync(2, Buffer.alloc(bytes, '.'));
  } catch {
    bytes = Math.floor(bytes / 2);
  }
}

const [file, ...words] = process.argv.slice(2);
const child = spawn(file, words, { stdio: 'inherit' });
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  process.removeAllListeners('SIGTERM');
  if (signal === null) process.exit(code);
  process.kill(process.pid, signal);
});
