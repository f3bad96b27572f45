// Proves with real processes how a watchdog runs the hooks of a term, and what an empty tree waits for.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Charge } from '../../src/watchdog/protocol.js';
import { PATIENCE_MS, eventually } from '../support/wait.js';
import type { Hooks } from './commands/host.js';
import { RemoteHost } from './commands/remote.js';

const options = { timeout: PATIENCE_MS };

const program = (script: string): Charge['command'] => ({
  file: '/bin/sh',
  argv0: 'sh',
  args: ['-c', script],
});

/** Starts a term of this command with these hooks, and tells what has become of them but the readiness. */
async function term(
  t: TestContext,
  command: Charge['command'],
  hooks: Hooks,
  withinMs = PATIENCE_MS,
): Promise<{ host: RemoteHost; reports: () => string[]; output: () => string }> {
  const host = new RemoteHost(t, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  host.process.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const charge: Charge = { command, stdin: true, containment: 'auto', containmentRequired: false };
  await host.tell({ verb: 'launch', charge, hooks });
  await host.says(/^ready /);
  await host.tell({ verb: 'start', epoch: 7, withinMs, chatter: false });
  return { host, reports: () => host.reports.slice(1), output: () => output };
}

test('gives a hook what the command has, and more, but for our input and its session', options, async (t) => {
  const show =
    'read -r line; read -r pid name state parent group session rest </proc/$$/stat; ' +
    'echo "<$line> $ZK_LEADER_EPOCH $ZK_LEADER_EVENT $((pid == group && pid == session))"';
  const { host, output } = await term(t, program('exec sleep 60'), { elected: program(show) });
  await host.says('started');
  await host.tell({ verb: 'run-hook', hook: 'elected' });
  await host.says('elected hook ended code 0');
  await eventually('the words of the hook', () => output() === '<> 7 elected 1\n');
  await host.tell({ verb: 'kill' });
  await host.says('empty');
});

test('does not report an empty tree before the hook that is to come has ended', options, async (t) => {
  const { host, reports } = await term(t, program('exit 5'), { lost: program('exit 6') });
  await host.says('exited code 5');
  // It has been asked ten times by then.
  for (let round = 0; round < 10; round += 1)
    await host.tell({ verb: 'set-deadline', withinMs: PATIENCE_MS });
  await host.tell({ verb: 'run-hook', hook: 'lost' });
  await host.says('empty');
  assert.deepEqual(reports(), [
    'started',
    'exited code 5',
    'lost hook started',
    'lost hook ended code 6',
    'empty',
  ]);
});

test('does not wait for a hook that is left out', options, async (t) => {
  const { host, reports } = await term(t, program('exit 5'), { lost: program('exit 6') });
  await host.says('exited code 5');
  await host.tell({ verb: 'skip-hook', hook: 'lost' });
  await host.says('empty');
  assert.deepEqual(reports(), ['started', 'exited code 5', 'empty']);
});

test('runs no hook of a command that could not be started', options, async (t) => {
  const nothing = { file: '/no/such/program', argv0: 'no', args: [] };
  const { host, reports } = await term(t, nothing, { elected: program('exit 6'), lost: program('exit 6') });
  await host.tell({ verb: 'run-hook', hook: 'elected' });
  await host.says('empty');
  // Refused there, given up here, or not even sent, as the tree was known to be empty: whichever comes first.
  const ofTheHook = reports().filter((report) => report.startsWith('elected '));
  assert.match(ofTheHook.join(), /^(?:elected hook ended not-started E(?:SRCH|TIME))?$/);
  assert.ok(reports().includes('exited not-started ENOENT'));
});

test('kills at the deadline a hook whose command has ended', options, async (t) => {
  const { host, reports } = await term(t, program('read -r line; exit 5'), {
    lost: program('exec sleep 60'),
  });
  await host.says('started');
  host.process.stdin?.write('\n');
  await host.says('exited code 5');
  await host.tell({ verb: 'run-hook', hook: 'lost' });
  await host.says('lost hook started');
  await host.tell({ verb: 'set-deadline', withinMs: 50 });
  await host.says('empty');
  assert.deepEqual(reports().slice(-3), ['expired', 'lost hook ended signal SIGKILL', 'empty']);
});

test('tells that a hook could not be started, and lets the tree go', options, async (t) => {
  const nothing = { file: '/no/such/program', argv0: 'no', args: [] };
  const { host, reports } = await term(t, program('exit 0'), { lost: nothing });
  await host.says('exited code 0');
  await host.tell({ verb: 'run-hook', hook: 'lost' });
  await host.says('empty');
  assert.deepEqual(reports().slice(-2), ['lost hook ended not-started ENOENT', 'empty']);
});

test('is not killed with the tree that it is just starting a hook in', options, async (t) => {
  const { host, reports } = await term(t, program('exec sleep 60'), { lost: program('exec sleep 60') });
  await host.says('started');
  const hook = host.tell({ verb: 'run-hook', hook: 'lost' });
  await Promise.all([hook, host.tell({ verb: 'kill' })]);
  await host.says('empty');
  assert.deepEqual(
    reports().filter((report) => report.startsWith('lost it ')),
    [],
  );
});
