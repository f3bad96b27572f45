// Proves that the level of containment is chosen by trying, told, and enforced; and that a command which cannot be
// killed keeps its place in line for as long as it lives.
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, after, test } from 'node:test';
import { Ensemble } from '../../support/ensemble.js';
import { temporaryFolder } from '../../support/temporary.js';
import { eventually } from '../../support/wait.js';
import { type Launched, launch } from './launch.js';
import { newElection, options, processesOf } from './stage.js';

const ensemble = await Ensemble.start();
after(() => ensemble.stop());
const zookeeper = ensemble.connectString;

const NOBODY = 65534;
/** Without any right over a cgroup, and so below that level. */
const AS_NOBODY = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--'];
const asRoot = { ...options, skip: process.geteuid?.() === 0 ? false : 'only root can become somebody else' };

function start(
  t: TestContext,
  args: readonly string[],
  script = 'echo started; exec sleep 120',
  election = newElection(),
): Launched {
  return launch(t, {
    zookeeper,
    election,
    command: ['/bin/sh', '-c', script],
    args: ['--log-format=json', ...args],
    below: AS_NOBODY,
    env: { XDG_RUNTIME_DIR: '' },
  });
}

test('takes the next weaker level where one does not work, and says why', asRoot, async (t) => {
  const launched = start(t, []);
  await launched.wrote(/started/);
  await launched.wrote(
    /"message":"watchdog ready".*"containment":"subreaper".*"passed_over":"cgroup: [^"]+"/,
  );
});

test('refuses a weaker level than the one that is required, with 125 and a way out', asRoot, async (t) => {
  const launched = start(t, ['--containment=cgroup', '--containment-required']);
  assert.deepEqual(await launched.end(), { code: 125, signal: null });
  assert.match(launched.stderr, /no cgroup: .*Delegate=yes.*without --containment-required/);
  assert.equal(launched.stdout, '');
});

test('says what the weakest level cannot promise', asRoot, async (t) => {
  const launched = start(t, ['--containment=group']);
  await launched.wrote(/started/);
  await launched.wrote(/"level":"warn",.*"message":"watchdog ready".*"containment":"group".*"danger":/);
});

test(
  'keeps leadership for as long as a process lives that it may not kill, and says so',
  asRoot,
  async (t) => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    const setuid = join(folder, 'setpriv');
    copyFileSync('/usr/bin/setpriv', setuid);
    chmodSync(setuid, 0o4755);
    if (isMountedNosuid(folder)) {
      t.skip('setuid programs are ignored here');
      return;
    }
    const election = newElection();
    const stubborn = start(
      t,
      ['--stop-timeout=300ms'],
      `echo started; exec ${setuid} --reuid=0 --regid=0 --clear-groups sleep 120`,
      election,
    );
    await stubborn.wrote(/started/);
    const rootPid = await eventually('the process of root', () => processesOf(election).find(isRootsSleep));
    const next = start(t, [], undefined, election);
    await next.wrote(/standing by/);
    process.kill(stubborn.pid, 'SIGTERM');
    await eventually('two complaints', () => (stubborn.stderr.match(/outlives SIGKILL/g) ?? []).length >= 2);
    assert.equal(next.stdout, '');
    process.kill(rootPid, 'SIGKILL');
    await next.wrote(/started/);
  },
);

function isRootsSleep(pid: number): boolean {
  try {
    const isSleep = readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('sleep\0');
    return isSleep && statSync(`/proc/${pid}`).uid === 0;
  } catch {
    return false;
  }
}

function isMountedNosuid(folder: string): boolean {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const holding = mounts
    .map((line) => line.split(' '))
    .filter(([, , , , at = '']) => folder === at || folder.startsWith(at === '/' ? '/' : `${at}/`))
    .sort(([, , , , a = ''], [, , , , b = '']) => a.length - b.length)
    .at(-1);
  return (holding?.[5] ?? '').split(',').includes('nosuid');
}
