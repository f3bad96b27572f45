// Runs the test files of the named suites (all of them without a name) under node's test runner, one file after the
// other: each ensemble test wants the machine for itself. Node 20 expands no globs and would run helper files too.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../dist/test/', import.meta.url));
const SUITES = ['unit', 'stories', 'simulation', 'process', 'ensemble', 'examples', 'nemesis'];

const named = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const options = process.argv.slice(2).filter((word) => word.startsWith('-'));
const unknown = named.find((name) => !SUITES.includes(name) && !existsSync(name));
if (unknown !== undefined) {
  process.stderr.write(
    `test: expected a suite (${SUITES.join(', ')}) or a built test file, got "${unknown}"\n`,
  );
  process.exit(2);
}
const files = (named.length > 0 ? named : SUITES).flatMap((name) =>
  SUITES.includes(name) ? testFilesBelow(`${BUILT}${name}`) : [name],
);

const runner = spawn(
  process.execPath,
  ['--test', '--test-concurrency=1', '--test-reporter=spec', ...options, ...files],
  { stdio: 'inherit' },
);
// A Ctrl-C reaches the runner by itself; a signal sent to us alone has to be handed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => runner.kill(signal));
runner.on('close', (code, signal) => process.exit(code ?? (signal === null ? 1 : 130)));

function testFilesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.js'))
    .sort()
    .map((path) => `${folder}/${path}`);
}
