// Runs the test files of the named suites (all of them without a name) under node's test runner, one file after the
// other: each ensemble test wants the machine for itself. Its command line would sort the files, expand no globs in
// Node 20, and run helper files too. With --lint it lints beside the first suites, which leave a processor free.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { run } from 'node:test';
import { spec as Spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../dist/test/', import.meta.url));
const SUITES = ['unit', 'stories', 'simulation', 'process', 'ensemble', 'examples', 'nemesis'];

const words = process.argv.slice(2);
const named = words.filter((word) => word !== '--lint');
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

const stop = new AbortController();
const lint = words.includes('--lint') ? startLint() : undefined;
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  process.once(signal, () => {
    process.exitCode = code;
    lint?.kill();
    stop.abort();
  });
}
const tests = run({ files, concurrency: 1, signal: stop.signal });
tests.on('test:fail', () => {
  process.exitCode ||= 1;
});
tests.compose(new Spec()).pipe(process.stdout);

/** Stops everything, and says why, if it finds something. */
function startLint() {
  const child = spawn('npm', ['run', '--silent', 'lint'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  child.on('close', (code) => {
    if (code === 0 || stop.signal.aborted) return;
    process.stdout.write(output);
    process.exitCode = 1;
    stop.abort();
  });
  return child;
}

function testFilesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.js'))
    .sort()
    .map((path) => `${folder}/${path}`);
}
