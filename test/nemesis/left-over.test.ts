// What a contender could leave behind is found, each kind of it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../support/temporary.js';
import { PATIENCE_MS, eventually } from '../support/wait.js';
import { Enclosure } from './enclosure.js';
import { History } from './history.js';
import type { Scene } from './left-over.js';
import { commandsAlive, everythingLeft } from './left-over.js';

const options = { timeout: 3 * PATIENCE_MS, skip: process.platform !== 'linux' && 'it needs /proc' };

function sceneOf(enclosure?: Enclosure): Scene {
  const beatsFile = join(temporaryFolder(), 'beats');
  return { history: new History(), beatsFile, election: `/left-over-${beatsFile}`, enclosure };
}

/** A process that does nothing until the end of the test. */
async function sleeper(t: TestContext, command: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { stdio: 'ignore', env });
  t.after(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  await once(child, 'spawn');
  return child.pid!;
}

test('finds a command by the file that it beats into, whatever its environment', options, async (t) => {
  const scene = sceneOf();
  const pid = await sleeper(t, ['perl', '-e', 'sleep 100', scene.beatsFile], {});
  assert.deepEqual(commandsAlive(scene), []);
  scene.history.add(`1 beat a 5-1 clean ${pid}`);
  await eventually('it to be found', () => commandsAlive(scene).includes(pid));
  assert.deepEqual(
    commandsAlive(scene, ({ epoch }) => epoch !== 5n),
    [],
  );
});

test('finds a command by its environment, though it never beat', options, async (t) => {
  const scene = sceneOf();
  const env = { ZK_LEADER_ELECTION: scene.election, ZK_LEADER_RUN_ID: '5-1' };
  const pid = await sleeper(t, ['sleep', '100'], { ...process.env, ...env });
  await eventually('it to be found', () => commandsAlive(scene).includes(pid));
  assert.deepEqual(everythingLeft(scene, []), [`process ${pid}: sleep 100`]);
});

test('finds a watchdog by its number', options, () => {
  assert.match(everythingLeft(sceneOf(), [process.pid]).join('\n'), new RegExp(`^process ${process.pid}: `));
});

test('finds whatever is in the cgroup of the run, and ends it', options, async (t) => {
  const enclosure = Enclosure.open();
  if (enclosure === undefined) {
    t.skip('there is no cgroup v2 to be had');
    return;
  }
  const scene = sceneOf(enclosure);
  const pid = await sleeper(t, enclosure.enter(['sleep', '100']), {});
  await eventually('it to be inside', () => enclosure.pids().includes(pid));
  await eventually('it to be asleep', () => everythingLeft(scene, [])[0] === `process ${pid}: sleep 100`);
  const own = ownFolder(pid);
  mkdirSync(join(own, 'left'));
  assert.equal(everythingLeft(scene, []).at(-1), `folder ${join(own, 'left')}`);
  await enclosure.close();
  assert.ok(!readdirSync(dirname(own)).some((name) => own.endsWith(name)));
});

function ownFolder(pid: number): string {
  const path = /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1] ?? '';
  const mount = / (\S+) \S+ - cgroup2 /.exec(readFileSync('/proc/self/mountinfo', 'utf8'))?.[1] ?? '';
  return join(mount, path);
}
