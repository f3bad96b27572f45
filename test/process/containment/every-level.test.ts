// Proves with real trees what each level promises: nothing of them is left, and nobody says so too early.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Level } from '../../../src/containment/containment.js';
import { PATIENCE_MS, eventually } from '../../support/wait.js';
import { Subjects, commandPath, holdingHost, kill, nameOf, stateOf } from './commands/remote.js';

const options = { timeout: 2 * PATIENCE_MS, skip: process.platform !== 'linux' && 'needs /proc' };

/** `alive`: how many processes there are when the tree has grown; undefined for one that never stands still. */
interface Shape {
  readonly name: string;
  readonly command: (subjects: Subjects) => string[];
  readonly alive: number | undefined;
  readonly levels: readonly Level[];
}

const all = ['cgroup', 'subreaper', 'group'] as const;
const certain = ['cgroup', 'subreaper'] as const;

const shapes: readonly Shape[] = [
  { name: 'a plain command', command: ({ word }) => ['/bin/sleep', word], alive: 1, levels: all },
  {
    name: 'a shell with children',
    command: (subjects) => subjects.shell('sleep "$0" & sleep "$0" & sleep "$0"; :'),
    alive: 4,
    levels: all,
  },
  {
    name: 'what ignores signals',
    command: (subjects) => subjects.shell(`trap "" TERM HUP INT QUIT; sleep "$0" & wait`),
    alive: 2,
    levels: all,
  },
  {
    name: 'what has been stopped',
    command: (subjects) => subjects.shell('sleep "$0" & kill -STOP $!; kill -STOP $$'),
    alive: 2,
    levels: all,
  },
  {
    name: 'a group of its own (timeout)',
    command: ({ word }) => ['/usr/bin/timeout', '60', 'sleep', word],
    alive: 2,
    levels: all,
  },
  {
    name: 'sessions within sessions',
    command: (subjects) =>
      subjects.shell(
        `setsid sh -c 'setsid sh -c "sleep \\"\\$0\\" & sleep \\"\\$0\\"; :" "$0" & sleep "$0"' "$0" & sleep "$0"; :`,
      ),
    alive: 7,
    levels: all,
  },
  {
    name: 'shells within shells',
    command: (subjects) =>
      subjects
        .shell(
          'depth=$((${depth:-0} + 1)); export depth script=${script:-$1}; [ $depth -gt 20 ] && exec sleep "$0"; sh -c "$script" "$0"; :',
        )
        .concat('depth=$((${depth:-0} + 1)); [ $depth -gt 20 ] && exec sleep "$0"; sh -c "$script" "$0"; :'),
    alive: 21,
    levels: all,
  },
  {
    name: 'a daemon',
    command: (subjects) => subjects.shell(`setsid sh -c 'sleep "$0" & :' "$0"; sleep "$0"; :`),
    alive: 3,
    levels: all,
  },
  {
    name: 'a daemon that a command has left behind',
    command: (subjects) => subjects.shell(`setsid sh -c 'sleep "$0" & :' "$0"`),
    alive: 1,
    levels: all,
  },
  {
    name: 'a daemon with an empty environment',
    command: (subjects) => subjects.shell(`env -i setsid sh -c 'sleep "$0" & :' "$0"; sleep "$0"; :`),
    alive: 3,
    levels: certain,
  },
  {
    name: 'chains of forks',
    command: (subjects) => subjects.storm('chain', '16'),
    alive: undefined,
    levels: all,
  },
  {
    name: 'chains of forks with an empty environment',
    command: (subjects) => subjects.storm('chain', '16', 'clean'),
    alive: undefined,
    levels: all,
  },
  {
    name: 'chains of sessions with an empty environment',
    command: (subjects) => subjects.storm('chainsid', '4', 'clean'),
    alive: undefined,
    levels: certain,
  },
  {
    name: 'many who fork, with an empty environment',
    command: (subjects) => subjects.storm('bomb', '50', 'clean'),
    alive: undefined,
    levels: certain,
  },
];

for (const { name, command, alive, levels } of shapes) {
  for (const level of levels) {
    test(`${level}: leaves nothing of ${name}`, options, async (t) => {
      const subjects = new Subjects(t);
      const host = await holdingHost(t, level);
      if (host === undefined) return;
      const pid = await host.start(subjects, command(subjects));
      if (alive === undefined) await eventually('the storm', () => nameOf(pid) === 'storming');
      else await subjects.number(alive);
      await host.end();
      for (let look = 1; look <= 3; look += 1) assert.deepEqual(subjects.alive(), []);
      assert.equal(host.exits.length, 1);
    });
  }
}

for (const level of all) {
  test(`${level}: is never empty while a process lives, in whatever order they end`, options, async (t) => {
    const host = await holdingHost(t, level);
    if (host === undefined) return;
    for (let round = 1; round <= 3; round += 1) {
      const subjects = new Subjects(t);
      await host.start(
        subjects,
        subjects.shell(
          `setsid sh -c 'sleep "$0" & sleep "$0" & :' "$0"; timeout 60 sleep "$0" & sleep "$0"; :`,
        ),
      );
      for (let alive = await subjects.number(6); alive.length > 0; alive = subjects.alive()) {
        const isEmpty = await host.tell({ verb: 'is-empty' });
        // Looked at afterwards: who lives now did so then.
        if (isEmpty === true) assert.deepEqual(subjects.alive(), []);
        for (const pid of pickOne(alive)) kill(pid);
      }
      await eventually('emptiness', () => host.tell({ verb: 'is-empty' }));
      await eventually('the exit', () => host.exits.length === round);
    }
  });

  test(`${level}: reports how the command ended`, options, async (t) => {
    const host = await holdingHost(t, level);
    if (host === undefined) return;
    const subjects = new Subjects(t);
    for (const [script, exit] of [
      ['exit 7', 'code 7'],
      ['kill -s SEGV $$', 'signal SIGSEGV'],
    ] as const) {
      const reports = host.exits.length;
      await host.start(subjects, subjects.shell(script));
      await eventually('the exit', () => host.exits.length > reports);
      assert.equal(host.exits.at(-1), exit);
      await eventually('emptiness', () => host.tell({ verb: 'is-empty' }));
    }
  });

  test(`${level}: reports how the command ended, if it did so just before the kill`, options, async (t) => {
    const host = await holdingHost(t, level);
    if (host === undefined) return;
    const subjects = new Subjects(t);
    for (const [script, exit] of [
      ['exit 7', 'code 7'],
      ['kill -s SEGV $$', 'signal SIGSEGV'],
    ] as const) {
      const reports = host.exits.length;
      await host.tell({
        verb: 'start-and-meet-zombie',
        command: subjects.shell(script),
        marker: subjects.marker,
        then: 'kill',
      });
      await eventually('the exit', () => host.exits.length > reports);
      assert.equal(host.exits.at(-1), exit);
      await eventually('emptiness', () => host.tell({ verb: 'is-empty' }));
    }
    assert.equal(host.exits.length, 2);
  });

  test(`${level}: holds one tree after the other`, options, async (t) => {
    const host = await holdingHost(t, level);
    if (host === undefined) return;
    for (let term = 1; term <= 3; term += 1) {
      const subjects = new Subjects(t);
      await host.start(subjects, subjects.shell(`setsid sh -c 'sleep "$0" & :' "$0"; sleep "$0"; :`));
      await subjects.number(3);
      await host.end();
      assert.deepEqual(subjects.alive(), []);
    }
    assert.deepEqual(host.exits, Array(3).fill('signal SIGKILL'));
  });

  test(`${level}: signals the whole tree, each process once, or the group alone`, options, async (t) => {
    const host = await holdingHost(t, level);
    if (host === undefined) return;
    const subjects = new Subjects(t);
    // In the group the main process and a child, and beside it a daemon.
    const count = commandPath('count-signals.pl');
    const pid = await host.start(
      subjects,
      subjects
        .shell(`perl "$1" "$0" & setsid sh -c 'perl "$1" "$0" & :' "$0" "$1"; exec perl "$1" "$0"`)
        .concat(count),
    );
    const counts = (): string[] => subjects.alive().map(nameOf).sort();
    await eventually('three who count', () => counts().join() === '0,0,0');
    await host.tell({ verb: 'signal', signal: 'SIGHUP', to: 'group' });
    await eventually('two to count it', () => counts().join() === '0,1,1');
    assert.equal(nameOf(pid), '1');
    await host.tell({ verb: 'signal', signal: 'SIGHUP', to: 'tree' });
    await eventually('all to count it', () => counts().join() === '1,2,2');
    await host.tell({ verb: 'signal', signal: 'SIGSTOP', to: 'tree' });
    await eventually('all to stop', () => subjects.alive().every((each) => stateOf(each) === 'T'));
    await host.end();
  });

  test(`${level}: signals what a command has left behind`, options, async (t) => {
    const host = await holdingHost(t, level);
    if (host === undefined) return;
    const subjects = new Subjects(t);
    await host.start(subjects, subjects.shell(`sleep "$0" & setsid sh -c 'sleep "$0" & :' "$0"`));
    await host.exited();
    await subjects.number(2);
    await host.tell({ verb: 'signal', signal: 'SIGTERM', to: 'group' });
    await subjects.number(1);
    assert.equal(await host.tell({ verb: 'is-empty' }), false);
    await host.tell({ verb: 'signal', signal: 'SIGTERM', to: 'tree' });
    await subjects.number(0);
    await eventually('emptiness', () => host.tell({ verb: 'is-empty' }));
  });
}

function pickOne<T>(items: readonly T[]): T[] {
  return items.slice(0, 1 + Math.floor(Math.random() * items.length)).slice(-1);
}
