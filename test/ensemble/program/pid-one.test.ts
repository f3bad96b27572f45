// Proves what changes where the supervisor is PID 1, as in a container: the kernel spares it every signal it does not
// handle, and whatever is orphaned becomes its child.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type TestContext, after, test } from 'node:test';
import { Ensemble } from '../../support/ensemble.js';
import { IN_ITS_SESSION, reasonToSkipPty } from '../../support/pty.js';
import { eventually } from '../../support/wait.js';
import { type Launched, launch } from './launch.js';
import { RawSession } from './raw-session.js';
import { programLine, terminal } from './shell.js';
import { newElection, options, processesOf, script } from './stage.js';

// When unshare itself is killed, so is everything below it.
const BELOW = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child=SIGKILL', '--'];

const skip = reasonToSkip();
const ensemble = skip === false ? await Ensemble.start() : undefined;
after(() => ensemble?.stop());
const zookeeper = ensemble?.connectString ?? '';

function reasonToSkip(): string | false {
  if (process.getuid?.() !== 0) return 'a PID namespace needs root';
  const [file = '', ...words] = BELOW;
  return spawnSync(file, [...words, 'true']).status === 0 ? false : 'unshare makes no PID namespace here';
}

function launchAsPidOne(
  t: TestContext,
  command: readonly string[],
  args: readonly string[] = [],
  election = newElection(),
): Launched {
  return launch(t, { below: BELOW, zookeeper, election, command, args });
}

/** The supervisor as seen from outside its namespace. */
async function supervisorBelow({ pid }: Launched): Promise<number> {
  return eventually('unshare to fork', () =>
    Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()),
  );
}

for (const [how, code] of [
  ['exit 7', 7],
  ['kill -KILL $$', 137],
  ['kill -HUP $$', 129],
  ['kill -INT $$', 130],
  ['kill -TERM $$', 143],
  ['kill -PIPE $$', 141],
] as const) {
  test(`exits with ${code} as PID 1 when the command ends by "${how}"`, { ...options, skip }, async (t) => {
    // The watchdog stands between: its parent is the fourth word.
    const isBelow = 'read -r _ _ _ above _ <"/proc/$PPID/stat"; [ "$above" = 1 ] || exit 42';
    const launched = launchAsPidOne(t, ['sh', '-c', `${isBelow}; ${how}`]);
    assert.deepEqual(await launched.end(), { code, signal: null }, launched.stderr);
  });
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(
    `takes signals as PID 1, and exits with ${code} when ${signal} asks it to stop`,
    { ...options, skip },
    async (t) => {
      const launched = launchAsPidOne(t, script('signals.mjs', 'SIGTERM'));
      const supervisor = await supervisorBelow(launched);
      await launched.wrote(/^main ready$/m);
      await launched.wrote(/^child ready$/m);
      for (const forwarded of ['SIGHUP', 'SIGQUIT', 'SIGUSR1'] as const) {
        process.kill(supervisor, forwarded);
        await launched.wrote(new RegExp(`^main ${forwarded}$`, 'm'));
        await launched.wrote(new RegExp(`^child ${forwarded}$`, 'm'));
      }
      process.kill(supervisor, signal);
      assert.deepEqual(await launched.end(), { code, signal: null });
      await launched.wrote(/^child SIGTERM$/m);
    },
  );
}

test('takes nothing for left behind that runs in another PID namespace', { ...options, skip }, async (t) => {
  const outside = launch(t, { zookeeper, election: newElection(), command: ['sleep', '1000'], args: [] });
  await outside.wrote(/command started/);
  const inside = launchAsPidOne(t, ['sh', '-c', 'exit 7']);
  assert.deepEqual(await inside.end(), { code: 7, signal: null }, inside.stderr);
  assert.doesNotMatch(outside.stderr, /ending the command/);
  assert.doesNotMatch(inside.stderr, /left behind/);
});

test('reaps as PID 1 whoever is orphaned', { ...options, skip: skip || reasonToSkipPty() }, async (t) => {
  // At the level `group` the watchdog does not adopt them. A zombie still has its folder in /proc.
  const orphan = 'sleep 0.1 >/dev/null & echo $!';
  const command =
    'for orphan in $(sh -c "$0"; sh -c "$0"); do while [ -d /proc/$orphan ]; do sleep 0.05; done; done; exit 7';
  const launched = launchAsPidOne(t, ['sh', '-c', command, orphan], ['--containment', 'group']);
  assert.deepEqual(await launched.end(), { code: 7, signal: null });
  assert.doesNotMatch(launched.stderr, /zombie|watchdog lost/);
});

test(
  'serves a terminal as PID 1, as docker run -it has it: keys, Ctrl-C, and a Ctrl-Z that would stop it for good',
  { ...options, skip: skip || reasonToSkipPty() },
  async (t) => {
    const election = newElection();
    const pty = terminal(t, election);
    const command = ['sh', '-c', 'while read -r line; do echo "got $line"; done'];
    const program = pty.start([
      ...BELOW,
      ...IN_ITS_SESSION,
      ...programLine(zookeeper, election, command, ['--stdin']),
    ]);
    await pty.showed(/command started/);
    pty.type('one\n');
    await pty.showed(/got one/);
    pty.type('\x1atwo\n');
    await pty.showed(/got two/);
    pty.type('\x03');
    assert.deepEqual(await program.exited, { code: 130, signal: null });
    assert.match(pty.shown, /ended because="received SIGINT"/);
    // Nobody could continue PID 1, so that nothing was asked.
    assert.doesNotMatch(pty.shown, /not stopped/);
    assert.deepEqual(processesOf(election), []);
  },
);

test('lets go as PID 1 although an orphan of the command stays a zombie', { ...options, skip }, async (t) => {
  const election = newElection();
  // The orphan ends at the SIGTERM that follows the end of the main process, and nobody collects it.
  const launched = launchAsPidOne(t, ['sh', '-c', 'sleep 120 & exit 7'], [], election);
  assert.deepEqual(await launched.end(), { code: 7, signal: null });
  assert.doesNotMatch(launched.stderr, /outlives/);
  assert.deepEqual(processesOf(election), []);
  const raw = await RawSession.open(zookeeper);
  assert.deepEqual(await raw.children(election), []);
  await raw.close();
});
