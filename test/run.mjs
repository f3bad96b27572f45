// Runs the test files of the named suites (all of them without a name) under node's test runner, three at once: of what
// computes, with the lint last of it under --lint, one at a time as long as something else is left, since the others
// mostly wait. Says with --durations what each file has taken.
// Node's own command line would sort the files, expand no globs in Node 20, and run helper files too.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { relative } from 'node:path';
import { run } from 'node:test';
import { spec as Spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../dist/test/', import.meta.url));
const COMPUTING = ['nemesis', 'simulation', 'unit', 'stories'];
/** The tests of processes come last: by then what computes is done. */
const WAITING = ['ensemble', 'systemd', 'examples', 'process'];
const SUITES = [...COMPUTING, ...WAITING];
const WAITING_AT_ONCE = 2;
/** What node's runner says at the end of a run. */
const TOTAL = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/;
const FLAGS = ['--lint', '--durations'];

const words = process.argv.slice(2);
const named = words.filter((word) => !FLAGS.includes(word));
const unknown = named.find((name) => !SUITES.includes(name) && !existsSync(name));
if (unknown !== undefined) {
  process.stderr.write(
    `test: expected a suite (${SUITES.join(', ')}) or a built test file, got "${unknown}"\n`,
  );
  process.exit(2);
}
const files = (named.length > 0 ? named : SUITES).flatMap((name) =>
  SUITES.includes(name) ? testFilesOf(name) : [name],
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
const durations = [];
const reporter = new Spec();
reporter.pipe(process.stdout, { end: false });
const isComputing = (file) => COMPUTING.some((suite) => file.startsWith(`${BUILT}${suite}/`));
const taskOf = (file) => () => runFile(file);
const computing = files.filter(isComputing).map(taskOf);
if (words.includes('--lint')) computing.push(lint);
const waiting = files.filter((file) => !isComputing(file)).map(taskOf);
await Promise.all([
  work(computing, waiting),
  ...Array.from({ length: WAITING_AT_ONCE }, () => work(waiting, computing)),
]);
if (words.includes('--durations')) {
  for (const [file, ms] of durations.sort(([, a], [, b]) => b - a)) {
    process.stdout.write(`${(ms / 1000).toFixed(1).padStart(6)} s  ${relative(BUILT, file)}\n`);
  }
}
for (const [name, total] of totals) {
  diagnose(`${name} ${name === 'duration_ms' ? performance.now() - startedAt : total}`);
}
reporter.end();

/** Settles when nothing is left in either queue, of which the first comes first. */
async function work(first, second) {
  for (;;) {
    const task = first.shift() ?? second.shift();
    if (task === undefined || stop.signal.aborted) return;
    await task();
  }
}

/** Reports what became of a file's tests when all of them have run. */
async function runFile(file) {
  const from = performance.now();
  const events = [];
  for await (const event of run({ files: [file], concurrency: 1, signal: stop.signal })) {
    const [, name, value] = (event.type === 'test:diagnostic' && TOTAL.exec(event.data.message)) || [];
    if (name === undefined) events.push(event);
    else totals.set(name, (totals.get(name) ?? 0) + Number(value));
    if (event.type === 'test:fail') process.exitCode ||= 1;
  }
  for (const event of events) reporter.write(event);
  durations.push([file, performance.now() - from]);
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

function diagnose(message) {
  reporter.write({ type: 'test:diagnostic', data: { nesting: 0, message } });
}

function testFilesOf(suite) {
  const folder = `${BUILT}${suite}`;
  const all = `${folder}/all.js`;
  if (existsSync(all)) return [all];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.js'))
    .sort()
    .map((path) => `${folder}/${path}`);
}
