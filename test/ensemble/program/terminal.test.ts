// Proves what somebody at a terminal sees and may press, with a real pseudo-terminal and a real shell on it.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Ensemble } from '../../support/ensemble.js';
import { IN_ITS_SESSION, reasonToSkipPty } from '../../support/pty.js';
import { temporaryFolder } from '../../support/temporary.js';
import { eventually } from '../../support/wait.js';
import { RawSession } from './raw-session.js';
import { Shell, programLine, screenOf, terminal } from './shell.js';
import { contend, endOf, newElection, options, processesOf, script, znodeOf } from './stage.js';

const skip = reasonToSkipPty();
const ensemble = skip === false ? await Ensemble.start() : undefined;
after(() => ensemble?.stop());
const zookeeper = ensemble?.connectString ?? '';

const BEAT = ['sh', '-c', 'while echo beat; do sleep 0.05; done; exit 7'];
const CTRL_C = '\x03';
const CTRL_Z = '\x1a';

async function contenders(election: string): Promise<string[] | undefined> {
  const session = await RawSession.open(zookeeper);
  const names = await session.children(election);
  await session.close();
  return names;
}

test(
  'Ctrl-Z leaves a leader alone, Ctrl-C ends its command, a second one at once, and the shell has its terminal back',
  { ...options, skip },
  async (t) => {
    const election = newElection();
    const pty = terminal(t, election);
    const shell = new Shell(pty, programLine(zookeeper, election, script('signals.mjs', 'none')));
    await shell.prompt();
    const modes = pty.stty('-g');
    shell.typeLine();
    for (const sign of [/main ready/, /child ready/, /command started/]) await pty.showed(sign);
    pty.stty('cols', '80');
    for (const sign of [/main SIGWINCH/, /child SIGWINCH/]) await pty.showed(sign);
    pty.type(CTRL_Z);
    await pty.showed(/warn: not stopped because=/);
    pty.type(CTRL_C);
    for (const sign of [/main SIGTERM/, /child SIGTERM/]) await pty.showed(sign);
    pty.type(CTRL_C);
    const shown = await shell.prompt();
    assert.match(shown, /killing the command [^]*ended because="received SIGINT"/);
    assert.doesNotMatch(shown, /Stopped/);
    assert.deepEqual(shown.match(/(?:main|child) SIG\w+/g)?.sort(), [
      'child SIGTERM',
      'child SIGWINCH',
      'main SIGTERM',
      'main SIGWINCH',
    ]);
    assert.equal(pty.stty('-g'), modes);
    assert.equal(await shell.ask('echo $?'), '130');
    assert.deepEqual(processesOf(election), []);
    assert.deepEqual(await contenders(election), []);
  },
);

test(
  'Ctrl-Z stops a standby, its place given back, and fg has it stand in line again',
  { ...options, skip },
  async (t) => {
    const election = newElection();
    const leader = contend(t, { id: 'web1', zookeeper, election, command: BEAT });
    const leading = await znodeOf(leader);
    await leader.logged('command started');
    const pty = terminal(t, election);
    const shell = new Shell(pty, programLine(zookeeper, election, ['sh', '-c', 'echo led; exit 3']));
    await shell.prompt();
    shell.typeLine();
    await pty.showed(/place 2 in line, web1 leads; waiting for \d+ s/);
    pty.type(CTRL_Z);
    const stopped = await shell.prompt();
    assert.match(stopped, /stopped until continued because="received SIGTSTP".*\r\n\r\n\[1\]\+ +Stopped/);
    assert.equal(screenOf(stopped).join('\n').includes('waiting for'), false);
    assert.deepEqual(
      (await contenders(election))?.map((name) => `${election}/${name}`),
      [leading],
    );
    const since = pty.shown.length;
    pty.type('fg\n');
    // Only then does it know who goes.
    await pty.showed(/standing by leader=web1 place=2/, since);
    assert.equal((await contenders(election))?.length, 2);
    leader.signal('SIGTERM');
    await endOf(leader);
    const ended = await shell.prompt();
    assert.match(ended, /leading because="web1 has gone"[^]*\nled\r\n/);
    assert.equal(screenOf(ended).join('\n').includes('waiting for'), false);
    assert.equal(await shell.ask('echo $?'), '3');
  },
);

test(
  'a closed window ends whoever was started in it, in order, by SIGHUP',
  { ...options, skip },
  async (t) => {
    const election = newElection();
    const heardOf = join(temporaryFolder(), 'heard');
    const command = ['sh', '-c', 'exec "$@" >"$0"', heardOf, ...script('signals.mjs', 'SIGTERM')];
    const line = [...IN_ITS_SESSION, ...programLine(zookeeper, election, command)];
    const [first, second] = [terminal(t, election), terminal(t, election)];
    const leader = first.start(line);
    await first.showed(/command started/);
    await eventually('the command', () => readFileSync(heardOf, 'utf8').includes('main ready'));
    const standby = second.start(line);
    await second.showed(/place 2 in line/);
    second.hangUp();
    assert.deepEqual(await standby.exited, { code: null, signal: 'SIGHUP' });
    assert.equal((await contenders(election))?.length, 1);
    first.hangUp();
    assert.deepEqual(await leader.exited, { code: null, signal: 'SIGHUP' });
    // The kernel sends SIGCONT along, which is forwarded.
    assert.deepEqual(readFileSync(heardOf, 'utf8').match(/main SIG(?!CONT)\w+/g), ['main SIGTERM']);
    assert.deepEqual(await contenders(election), []);
    assert.deepEqual(processesOf(election), []);
  },
);

test("ends with the command's exit code although the terminal has gone", { ...options, skip }, async (t) => {
  const election = newElection();
  const pty = terminal(t, election);
  // It is not their controlling terminal, so that nobody tells them; the command finds out when it writes.
  const program = pty.start(programLine(zookeeper, election, BEAT));
  await pty.showed(/command started/);
  pty.hangUp();
  assert.deepEqual(await program.exited, { code: 7, signal: null });
});

test('outlives its terminal under nohup, and so does its command', { ...options, skip }, async (t) => {
  const election = newElection();
  const pty = terminal(t, election);
  const folder = temporaryFolder();
  const output = (): string => readFileSync(join(folder, 'nohup.out'), 'utf8');
  const shell = new Shell(pty, programLine(zookeeper, election, BEAT, ['--id', 'web1']));
  await shell.prompt();
  await shell.ask(`cd ${folder}`);
  shell.typeLine('nohup LINE &');
  await eventually('a command', () => output().includes('command started'));
  const [supervisor = 0] = processesOf(election);
  pty.hangUp();
  await shell.exited;
  const beats = (): number => output().match(/^beat$/gm)?.length ?? 0;
  const before = beats();
  await eventually('ten more beats', () => beats() >= before + 10);
  process.kill(supervisor, 'SIGTERM');
  await eventually('the end', () => processesOf(election).length === 0);
  assert.match(
    output(),
    /ending the command because="received SIGTERM".*\n[^]*ended because="received SIGTERM"/,
  );
});

test(
  'says what it has to say from the background, whatever the terminal forbids, and leaves its modes alone',
  { ...options, skip },
  async (t) => {
    const election = newElection();
    const pty = terminal(t, election);
    const order = join(temporaryFolder(), 'order');
    const command = ['sh', '-c', 'until [ -e "$0" ]; do sleep 0.05; done; exit 3', order];
    const shell = new Shell(pty, programLine(zookeeper, election, command));
    await shell.prompt();
    await shell.ask('stty tostop');
    shell.typeLine('LINE &');
    await pty.showed(/command started/);
    // As whoever is in the foreground does.
    pty.stty('-echo');
    const modes = pty.stty('-g');
    writeFileSync(order, '');
    await pty.showed(/ended because="the command exited with 3"/);
    await eventually('the end', () => processesOf(election).length === 0);
    assert.equal(pty.stty('-g'), modes);
    pty.type('wait $!; echo "code $?"\n');
    await pty.showed(/code 3/);
  },
);
