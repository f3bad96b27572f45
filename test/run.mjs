// Runs the test files of the named suites (all of them without a name) under node's test runner, one file after the
// other: each ensemble test wants the machine for itself. Node 20 expands no globs and would run helper files too.
// With --lint it lints beside the first suites, which leave a processor free, and fails with what that has found.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../dist/test/', import.meta.url));
const SUITES = ['unit', 'stories', 'simulation', 'process', 'ensemble', 'examples', 'nemesis'];

const named = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const options = process.argv.slice(2).filter((word) => word.startsWith('-') && word !== '--lint');
const lint = process.argv.includes('--lint') ? startLint() : undefined;
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

let lintHasFailed = false;
const runner = spawn(
  process.execPath,
  ['--test', '--test-concurrency=1', '--test-reporter=spec', ...options, ...files],
  { stdio: 'inherit' },
);
// A Ctrl-C reaches the runner by itself; a signal sent to us alone has to be handed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    runner.kill(signal);
    lint?.process.kill(signal);
  });
}
void lint?.failed.then((output) => {
  if (output === undefined) return;
  process.stdout.write(output);
  lintHasFailed = true;
  runner.kill('SIGTERM');
});
runner.on('close', async (code, signal) => {
  await lint?.failed;
  process.exit(lintHasFailed ? 1 : (code ?? (signal === null ? 1 : 130)));
});

/** `failed` settles with what it has to say, or with nothing when all is well. */
function startLint() {
  const child = spawn('npm', ['run', '--silent', 'lint'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const failed = new Promise((resolve) => {
    child.on('close', (code) => resolve(code === 0 ? undefined : output));
  });
  return { process: child, failed };
}

function testFilesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.js'))
    .sort()
    .map((path) => `${folder}/${path}`);
}
