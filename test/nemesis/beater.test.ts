// The command that every run relies on as its witness.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { processesOf } from '../ensemble/program/stage.js';
import { temporaryFolder } from '../support/temporary.js';
import { PATIENCE_MS, eventually, withDeadline } from '../support/wait.js';
import { History } from './history.js';
import type { Line } from './line.js';
import { parseLine } from './line.js';
import { commandLine } from './processes.js';

const BEATER = fileURLToPath(new URL('../../../test/nemesis/commands/beater.pl', import.meta.url));

const options = { timeout: 3 * PATIENCE_MS, skip: process.platform !== 'linux' && 'it needs /proc' };

class Scene {
  readonly file = join(temporaryFolder(), 'beats');
  readonly election = `/beater-${process.pid}-${this.file}`;

  constructor(t: TestContext) {
    writeFileSync(this.file, '');
    t.after(async () => {
      await eventually('the end of every process that beats', () => {
        for (const pid of this.alive()) process.kill(pid, 'SIGKILL');
        return this.alive().length === 0;
      });
    });
  }

  start(epoch: number, manner: string) {
    return spawn('perl', ['-w', BEATER, this.file, '1', manner], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        ZK_LEADER_ELECTION: this.election,
        ZK_LEADER_RUN_ID: `${epoch}-1`,
        ZK_LEADER_ID: 'a',
      },
    });
  }

  lines(): Line[] {
    const lines = readFileSync(this.file, 'latin1').split('\n').slice(0, -1);
    return lines.map((line) => parseLine(line)!);
  }

  async beating(...roles: readonly string[]): Promise<Map<string, number>> {
    await eventually(`beats of ${roles.join(', ')}`, () =>
      roles.every((role) => this.lines().some((line) => line.role === role && line.event === 'beat')),
    );
    return new Map(this.lines().map(({ role, pid }) => [role, pid]));
  }

  alive(): number[] {
    const pids = [...this.lines().map(({ pid }) => pid), ...processesOf(this.election)];
    return [...new Set(pids)].filter((pid) => commandLine(pid).includes(this.file));
  }
}

function statusOf(pid: number): { session: number; environment: string } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { session: Number(fields[3]), environment: readFileSync(`/proc/${pid}/environ`, 'latin1') };
}

test(
  'beats by the clock that all processes have in common, in lines that are understood',
  options,
  async (t) => {
    const scene = new Scene(t);
    const from = Number(process.hrtime.bigint() / 1000n);
    scene.start(5, 'deaf');
    await eventually('some beats', () => scene.lines().length > 20);
    const to = Number(process.hrtime.bigint() / 1000n);
    const lines = scene.lines().filter(({ at }) => at < to);
    assert.deepEqual([lines[0]?.event, lines[0]?.more, lines[0]?.run.epoch], ['start', 'deaf', 5n]);
    assert.ok(lines.every(({ at }, index) => at > from && at >= (lines[index - 1]?.at ?? 0)));
  },
);

test('brings children, daemons and what hides from whoever looks for it', options, async (t) => {
  const scene = new Scene(t);
  const { pid: main } = scene.start(5, 'polite+fork+daemon+clean+timeout+flood');
  const pids = await scene.beating('main', 'child1', 'child2', 'child3', 'daemon', 'clean', 'timed', 'flood');
  const of = (role: string) => statusOf(pids.get(role)!);
  assert.equal(pids.get('main'), main);
  assert.notEqual(of('daemon').session, of('main').session);
  assert.match(of('daemon').environment, /ZK_LEADER_RUN_ID=5-1/);
  assert.notEqual(of('clean').session, of('main').session);
  assert.equal(of('clean').environment, '');
});

test('ends on SIGTERM, unless it is deaf', options, async (t) => {
  const scene = new Scene(t);
  const polite = scene.start(5, 'polite');
  await scene.beating('main');
  polite.kill('SIGTERM');
  await withDeadline('the end of the polite one', once(polite, 'exit'));
  assert.equal(scene.lines().at(-1)?.event, 'end');
  const deaf = scene.start(6, 'deaf');
  await eventually('beats of the deaf one', () => scene.lines().some(({ run }) => run.epoch === 6n));
  deaf.kill('SIGTERM');
  const before = scene.lines().length;
  await eventually('more beats', () => scene.lines().length > before + 20);
});

test('ends when the file is removed: it was forgotten', options, async (t) => {
  const scene = new Scene(t);
  const deaf = scene.start(5, 'deaf');
  await scene.beating('main');
  rmSync(scene.file);
  await withDeadline('its end', once(deaf, 'exit'));
  writeFileSync(scene.file, '');
});

test('sees a process of another term that is alive and does not beat', options, async (t) => {
  const scene = new Scene(t);
  const older = scene.start(5, 'polite');
  await scene.beating('main');
  older.kill('SIGSTOP');
  scene.start(6, 'polite');
  await eventually('the older one to be seen', () => scene.lines().some(({ event }) => event === 'saw'));
  const history = new History();
  for (const line of readFileSync(scene.file, 'latin1').split('\n').slice(0, -1)) history.add(line);
  assert.deepEqual(
    history.overlaps.map(({ pid, by }) => [pid, by]),
    [[older.pid, 'sight']],
  );
});
