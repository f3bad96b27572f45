// Proves with the real program that hooks are told what they should be, that none outlives its term or its supervisor,
// whatever it does, and that nobody waits for one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, after, test } from 'node:test';
import { type ContenderOptions, type Exit, MIDDLE_SESSION } from '../../support/contender.js';
import { Ensemble } from '../../support/ensemble.js';
import { eventually } from '../../support/wait.js';
import { mutated } from '../../nemesis/mutants.js';
import { launch } from './launch.js';
import { Pipe } from './pipe.js';
import { Beats, contend, endOf, isAlive, newElection, options, processesOf, script } from './stage.js';

const ensemble = await Ensemble.start();
after(() => ensemble.stop());
const zookeeper = ensemble.connectString;

/** What a pipe holds on Linux. */
const PIPE_BYTES = 65_536;

/** Says what it was told. */
const TELL =
  'sh -c \'echo "$ZK_LEADER_EVENT hook of $ZK_LEADER_ID, epoch ${ZK_LEADER_EPOCH-none}, because ${ZK_LEADER_REASON-nothing}"\'';

/** A command that ends when it is asked to. */
const JOB = ['sh', '-c', 'trap "exit 0" TERM; echo "job runs"; while :; do sleep 0.05; done'] as const;

function hooked(t: TestContext, contender: Omit<ContenderOptions, 'zookeeper'>, session?: readonly string[]) {
  return contend(t, { zookeeper, ...contender }, session);
}

test('tells each hook its event, and of its term what there is', options, async (t) => {
  const election = newElection();
  const args = ['--on-elected', TELL, '--on-lost', TELL, '--on-standby', TELL];
  const first = hooked(t, { id: 'web1', election, command: JOB, args });
  await first.printed(/^elected hook of web1, epoch \d+, because nothing$/);
  await first.printed(/^job runs$/);
  const second = hooked(t, { id: 'web2', election, command: ['sh', '-c', 'exit 3'], args });
  await second.printed(/^standby hook of web2, epoch none, because nothing$/);
  await second.logged('standing by');
  first.signal('SIGTERM');
  assert.deepEqual(await endOf(first), { code: null, signal: 'SIGTERM' });
  assert.deepEqual(await endOf(second), { code: 3, signal: null });
  const [one, other] = [first, second].map(({ log }) => log.find((line) => 'epoch' in line)?.['epoch']);
  assert.deepEqual(first.output, [
    ...first.output.filter((line) => /^(?:elected|job) /.test(line)),
    `lost hook of web1, epoch ${String(one)}, because received SIGTERM`,
  ]);
  assert.deepEqual(second.output.toSorted(), [
    `elected hook of web2, epoch ${String(other)}, because nothing`,
    `lost hook of web2, epoch ${String(other)}, because the command exited with 3`,
    'standby hook of web2, epoch none, because nothing',
  ]);
});

test('changes nothing for what a hook ends with, and says so', options, async (t) => {
  const contender = hooked(t, {
    id: 'a',
    election: newElection(),
    command: ['sh', '-c', 'sleep 0.2; exit 7'],
    args: ['--on-elected', "sh -c 'exit 4'", '--on-lost', "sh -c 'kill -9 $$'"],
  });
  assert.deepEqual(await endOf(contender), { code: 7, signal: null });
  await contender.logged('hook failed', { hook: 'elected', because: 'it exited with 4' });
  await contender.logged('hook failed', { hook: 'lost', because: 'it was ended by SIGKILL' });
});

for (const containment of ['cgroup', 'subreaper']) {
  test(
    `${containment}: kills hooks that hang with the command, and nobody leads before they have gone`,
    options,
    async (t) => {
      const election = newElection();
      const beats = new Beats();
      const deaf = (role: string) =>
        script('beat.mjs', beats.path, '--deaf', '--straggler', `--role=${role}`).join(' ');
      const old = hooked(t, {
        id: 'old',
        election,
        command: JOB,
        args: [
          `--containment=${containment}`,
          ...['--on-elected', deaf('elected'), '--on-lost', deaf('lost')],
        ],
      });
      const ready = await old.logged('watchdog ready');
      if (ready['containment'] !== containment) {
        t.skip(`the containment here is ${String(ready['containment'])}`);
        return;
      }
      await eventually('the first hook', () => beats.all().some(({ role }) => role === 'elected'));
      const next = hooked(t, { id: 'next', election, command: script('beat.mjs', beats.path) });
      await next.logged('standing by');
      old.signal('SIGTERM');
      await eventually('the last hook', () => beats.all().some(({ role }) => role === 'lost'));
      old.signal('SIGTERM');
      await next.printed(/^beating /);
      await beats.goOn();
      assert.deepEqual(await endOf(old), { code: null, signal: 'SIGTERM' });
      const all = beats.all();
      const hooks = all.filter(({ epoch }) => epoch === all[0]?.epoch);
      assert.deepEqual(new Set(hooks.map(({ role }) => role)), new Set(['elected', 'lost', 'straggler']));
      const firstOfNext = all.find(({ epoch }) => epoch !== all[0]?.epoch);
      assert.ok(firstOfNext !== undefined);
      assert.ok(
        hooks.every(({ at }) => at < firstOfNext.at),
        'a hook was alive beside the next command',
      );
      assert.deepEqual([...new Set(hooks.map(({ pid }) => pid))].filter(isAlive), []);
    },
  );
}

for (const hook of ['elected', 'lost', 'standby'] as const) {
  test(`leaves no ${hook} hook when the supervisor is killed`, options, async (t) => {
    const election = newElection();
    const leader = hook === 'standby' ? hooked(t, { id: 'leader', election, command: JOB }) : undefined;
    await leader?.printed(/^job runs$/);
    const contender = hooked(t, {
      id: 'killed',
      election,
      command: JOB,
      args: [`--on-${hook}`, 'sh -c \'trap "" TERM; echo hook runs; sleep 100 & wait; sleep 100\''],
    });
    if (hook === 'lost') {
      await contender.printed(/^job runs$/);
      contender.signal('SIGTERM');
    }
    await contender.printed(/^hook runs$/);
    await contender.logged('hook started', { hook });
    contender.signal('SIGKILL');
    leader?.signal('SIGTERM');
    await eventually('the end of the hook', () => processesOf(election).length === 0);
  });
}

test(
  'does not wait for a standby hook when its turn comes, and ends no sooner than it',
  options,
  async (t) => {
    const election = newElection();
    const first = hooked(t, { id: 'a', election, command: JOB });
    await first.printed(/^job runs$/);
    const second = hooked(t, {
      id: 'b',
      election,
      command: JOB,
      args: [
        '--on-standby',
        'sh -c \'trap "echo asked to end" TERM; echo hook runs; while :; do sleep 0.05; done\'',
      ],
    });
    await second.printed(/^hook runs$/);
    const { pid } = await second.logged('hook started', { hook: 'standby' });
    first.signal('SIGTERM');
    await second.printed(/^job runs$/);
    await second.printed(/^asked to end$/);
    assert.ok(isAlive(Number(pid)));
    second.signal('SIGTERM');
    await second.logged('ended');
    assert.ok(isAlive(Number(pid)));
    // There is nothing else to wait for any more.
    second.signal('SIGTERM');
    assert.deepEqual(await endOf(second), { code: null, signal: 'SIGTERM' });
    await second.logged('hook failed', { hook: 'standby', because: 'it was ended by SIGKILL' });
  },
);

test(
  'keeps its term, and ends in time, beside a hook that floods a pipe nobody reads',
  options,
  async (t) => {
    const pipe = new Pipe();
    const launched = launch(t, {
      zookeeper,
      election: newElection(),
      command: ['sleep', '100'],
      args: ['--stop-timeout=1s', '--on-elected', script('flood.mjs', '100000000').join(' ')],
      stdio: ['ignore', pipe.writing, 'pipe'],
    });
    await launched.wrote(/hook started hook=elected pid=\d+ /);
    const [, pid = ''] = /hook=elected pid=(\d+)/.exec(launched.stderr) ?? [];
    await eventually('a full pipe', () => {
      const [, written] = /^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8')) ?? [];
      return Number(written) >= PIPE_BYTES;
    });
    process.kill(launched.pid, 'SIGTERM');
    assert.deepEqual(await launched.end(), { code: null, signal: 'SIGTERM' });
    assert.equal(launched.stderr.match(/ leading /g)?.length, 1);
    assert.doesNotMatch(launched.stderr, /watchdog lost|outlives/);
    assert.match(launched.stderr, /hook failed hook=elected because="it was ended by SIG(?:TERM|KILL)"/);
  },
);

/** Leads with a hook that nothing shows as one of the term's, and is asked to stop. */
async function endsWithHook(t: TestContext, program?: string): Promise<{ exit: Exit; hookIsAlive: boolean }> {
  const contender = hooked(t, {
    id: 'a',
    election: newElection(),
    command: JOB,
    args: ['--stop-timeout=500ms', '--containment=group', '--on-elected', '/usr/bin/env -i /bin/sleep 100'],
    ...(program === undefined ? {} : { program }),
  });
  const { pid } = await contender.logged('hook started');
  await eventually(
    'the program of the hook',
    () => readFileSync(`/proc/${String(pid)}/comm`, 'utf8') === 'sleep\n',
  );
  contender.signal('SIGTERM');
  await contender.logged('ended');
  const hookIsAlive = isAlive(Number(pid));
  // It keeps our end of its output open.
  if (hookIsAlive) process.kill(Number(pid), 'SIGKILL');
  return { exit: await endOf(contender), hookIsAlive };
}

test('counts a hook among the processes of its term', options, async (t) => {
  const exit = { code: null, signal: 'SIGTERM' };
  assert.deepEqual(await endsWithHook(t), { exit, hookIsAlive: false });
  const mutant = mutated({
    without: 'the place of a hook in the tree',
    file: 'watchdog/children.js',
    from: 'this.#containment.join(pid);',
    to: 'this.#alive.delete(pid);',
  });
  assert.deepEqual(await endsWithHook(t, mutant), { exit, hookIsAlive: true });
});

test('skips the lost hook when the session is lost, and does not wait for it', options, async (t) => {
  const contender = hooked(
    t,
    { id: 'a', election: newElection(), command: JOB, args: ['--on-lost', TELL, '--on-lost', 'exit'] },
    MIDDLE_SESSION,
  );
  await contender.printed(/^job runs$/);
  process.kill(await contender.watchdogPid(), 'SIGKILL');
  assert.deepEqual(await endOf(contender), { code: 69, signal: null });
  assert.deepEqual(contender.output, ['job runs']);
  await contender.logged('hook skipped', { hook: 'lost', because: 'the command is killed at once' });
});
