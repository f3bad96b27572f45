// Makes a fresh clone ready for the tests and the demo: dependencies, build, ZooKeeper.
// Does and says nothing that is not needed. Exits with 69 when there is no ZooKeeper, with 1 otherwise.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WAYS_TO_GET_ONE, canInstallWithApt, findZooKeeper, installWithApt } from './zookeeper-home.mjs';

const EXIT_NO_ZOOKEEPER = 69;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BUILT = join(ROOT, 'dist', '.built');

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`zk-leader-run needs Node 20.19 or newer, and this is ${process.versions.node}`);
}

function installDependencies() {
  if (dependenciesMatch()) return;
  say('installing the dependencies with npm ci ...');
  // NODE_ENV=production would leave out the compiler.
  npm(['ci', '--include=dev', '--no-audit', '--no-fund']);
}

function dependenciesMatch() {
  const wanted = packagesOf(join(ROOT, 'package-lock.json'));
  const installed = packagesOf(join(ROOT, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    // An optional package may be meant for another platform.
    return path in installed ? installed[path].version === version : optional === true;
  });
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function build() {
  if (buildIsFresh()) return;
  say('building ...');
  const startedAt = new Date();
  npm(['run', 'build']);
  writeFileSync(BUILT, '');
  // What is edited during the build is newer than the build.
  utimesSync(BUILT, startedAt, startedAt);
}

// The compiler's own record will not do: it is written by a build with errors, too.
function buildIsFresh() {
  const builtAtMs = modifiedAtMs(BUILT);
  const sources = ['package.json', 'package-lock.json', 'tsconfig.json', 'src', 'test'];
  return builtAtMs !== undefined && sources.every((path) => !isNewer(join(ROOT, path), builtAtMs));
}

// Folders count as well: removing a file changes nothing else.
function isNewer(path, thanMs) {
  const modifiedMs = modifiedAtMs(path);
  if (modifiedMs === undefined || modifiedMs >= thanMs) return true;
  return statSync(path).isDirectory() && readdirSync(path).some((name) => isNewer(join(path, name), thanMs));
}

function modifiedAtMs(path) {
  return existsSync(path) ? statSync(path).mtimeMs : undefined;
}

async function provideZooKeeper() {
  const before = findZooKeeper();
  if (!('missing' in before)) return;
  // Somebody who says where ZooKeeper is does not want another one installed.
  if (process.env['ZOOKEEPER_HOME'] || !canInstallWithApt()) failWithoutZooKeeper(before.missing);
  const failure = await installWithApt();
  if (failure !== undefined) failWithoutZooKeeper(failure);
  const after = findZooKeeper();
  if ('missing' in after) failWithoutZooKeeper(after.missing);
}

function failWithoutZooKeeper(reason) {
  fail(`${reason}\n${WAYS_TO_GET_ONE.trimEnd()}`, EXIT_NO_ZOOKEEPER);
}

function npm(args) {
  const self = process.env['npm_execpath'];
  const [command, ...first] = self?.endsWith('.js') ? [process.execPath, self] : ['npm'];
  const { error, status, stdout, stderr } = spawnSync(command, [...first, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error === undefined && status === 0) return;
  process.stderr.write(stdout ?? '');
  process.stderr.write(stderr ?? '');
  fail(`npm ${args.join(' ')} failed${error === undefined ? '' : `: ${error.message}`}`);
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(reason, exitCode = 1) {
  say(reason);
  process.exit(exitCode);
}

requireNode();
installDependencies();
build();
if (!process.argv.includes('--no-zookeeper')) await provideZooKeeper();
