// Runs the test files of the named suites (all of them without a name) under node's test runner, in lanes at once: in
// the first stands what is not named below; in the second what mostly waits; in the third what computes, and the lint
// with --lint ahead of it. Its command line would sort the files, expand no globs in Node 20, and run helper files too.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { run } from 'node:test';
import { spec as Spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../dist/test/', import.meta.url));
const SUITES = ['unit', 'stories', 'simulation', 'ensemble', 'systemd', 'examples', 'process', 'nemesis'];
const NAMED_LANES = [
  [
    'ensemble/explain',
    'ensemble/history',
    'ensemble/lease',
    'ensemble/verify',
    'ensemble/end-session',
    'ensemble/session',
    'examples',
  ],
  ['unit', 'stories', 'simulation'],
];
/** What node's runner says at the end of a run. */
const TOTAL = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/;

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
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  process.once(signal, () => {
    process.exitCode = code;
    stop.abort();
  });
}

const startedAt = performance.now();
const totals = new Map();
const laneOf = (file) =>
  1 + NAMED_LANES.findIndex((paths) => paths.some((path) => file.startsWith(`${BUILT}${path}/`)));
const [first, ...others] = await Promise.all(
  [0, 1, 2].map((lane) =>
    runLane(
      files.filter((file) => laneOf(file) === lane),
      lane === 2 && words.includes('--lint') ? lint : undefined,
    ),
  ),
);
// What failed in the other lanes, then the totals of all, then what failed in the first.
for (const reporter of others) reporter.end();
for (const [name, total] of totals) {
  const value = name === 'duration_ms' ? performance.now() - startedAt : total;
  first.write({ type: 'test:diagnostic', data: { nesting: 0, message: `${name} ${value}` } });
}
first.end();

/** Settles when every file of the lane has run, one after the other, with a reporter that waits for its end. */
async function runLane(lane, before = () => undefined) {
  const reporter = new Spec();
  reporter.pipe(process.stdout, { end: false });
  await before();
  if (lane.length === 0 || stop.signal.aborted) return reporter;
  const tests = run({ files: lane, concurrency: 1, signal: stop.signal });
  tests.on('test:fail', () => {
    process.exitCode ||= 1;
  });
  for await (const event of tests) {
    const [, name, value] = (event.type === 'test:diagnostic' && TOTAL.exec(event.data.message)) || [];
    if (name === undefined) reporter.write(event);
    else totals.set(name, (totals.get(name) ?? 0) + Number(value));
  }
  return reporter;
}

/** Says what it finds; the tests go on. */
async function lint() {
  const child = spawn('npm', ['run', '--silent', 'lint'], { stdio: ['ignore', 'pipe', 'pipe'] });
  stop.signal.addEventListener('abort', () => child.kill());
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code === 0 || stop.signal.aborted) return;
  process.stdout.write(output);
  process.exitCode = 1;
}

function testFilesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.js'))
    .sort()
    .map((path) => `${folder}/${path}`);
}
