// Watches an election in a pseudo-terminal: what is drawn there, and that the terminal is given back, whatever comes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { type TestContext, after, test } from 'node:test';
import { PROGRAM } from '../../support/contender.js';
import { Ensemble } from '../../support/ensemble.js';
import { TcpProxy } from '../../support/proxy.js';
import { Terminal, type TerminalOptions } from '../../support/terminal.js';
import { eventually } from '../../support/wait.js';
import { RawSession } from '../program/raw-session.js';
import { isAlive, options } from '../program/stage.js';
import { OP, Wire } from '../session/wire.js';
import { Line } from './line.js';

const ensemble = await Ensemble.start();
const zookeeper = ensemble.connectString;
const raw = await RawSession.open(zookeeper);
after(async () => {
  await raw.close();
  await ensemble.stop();
}, options);

const STATUS = [process.execPath, PROGRAM, 'status', '--watch'];
const CTRL_C = '\x03';
const CTRL_Z = '\x1a';

function open(t: TestContext, words: readonly string[], more?: TerminalOptions): Terminal {
  const terminal = new Terminal(words, more);
  t.after(() => {
    terminal.close();
  });
  return terminal;
}

async function proxied(t: TestContext): Promise<{ proxy: TcpProxy; wire: Wire }> {
  const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: ensemble.server(0).port });
  t.after(() => proxy.close());
  return { proxy, wire: new Wire(proxy) };
}

async function shows(terminal: Terminal, text: string): Promise<void> {
  await terminal.shows(`"${text}" on the screen`, (lines) => lines.some((line) => line.includes(text)));
}

function isGivenBack({ screen }: Terminal): boolean {
  return !screen.isAlternate && screen.cursorIsShown && screen.wraps;
}

test('redraws the line in place, and gives the terminal back at Ctrl-C', options, async (t) => {
  const line = await new Line(raw).make();
  const web1 = await line.join('web1');
  const terminal = open(t, [...STATUS, '-z', zookeeper, '-e', line.path], { columns: 100 });
  await shows(terminal, 'web1 leads, epoch');
  assert.ok(terminal.screen.isAlternate && !terminal.screen.cursorIsShown && !terminal.screen.wraps);
  await line.join('web2');
  await shows(terminal, 'web2 stands by at place 2, watches web1');
  const [header = '', empty, title, heading = ''] = terminal.screen.lines;
  assert.ok(header.startsWith(`zk-leader-run status: ${line.path} at ${zookeeper} `), header);
  assert.deepEqual([empty, title], ['', `${line.path}: web1 leads, epoch ${await line.epoch(web1)}`]);
  assert.match(heading, /^place {2}id .* watches$/);
  await line.leave(web1);
  await shows(terminal, 'after web1 has gone');
  assert.equal(terminal.screen.lines.filter((text) => text.includes('web1')).length, 3);
  terminal.press(CTRL_C);
  assert.deepEqual(await terminal.end(), { code: 130, signal: null });
  assert.ok(isGivenBack(terminal));
  // What was seen last stays behind the command.
  assert.match(terminal.screen.lines[0] ?? '', /: web2 leads, epoch \d+$/);
  assert.match(terminal.screen.lines[2] ?? '', /^ {4}1 {2}web2 /);
});

test('marks what may be out of date, and gives the terminal back at SIGTERM', options, async (t) => {
  const line = await new Line(raw).make();
  await line.join('web1');
  const { proxy } = await proxied(t);
  const words = [...STATUS, '-z', proxy.address, '-e', line.path];
  const terminal = open(t, ['sh', '-c', 'echo "pid $$"; exec "$@"', 'sh', ...words]);
  await shows(terminal, 'pid ');
  const pid = Number(/pid (\d+)/.exec(terminal.output)?.[1]);
  await shows(terminal, 'web1 leads');
  proxy.refuse();
  await shows(terminal, 'NOT CONNECTED, this is how it was last seen: the server closed the connection');
  await shows(terminal, 'web1 leads');
  proxy.pass();
  await terminal.shows('no mark', (lines) => !lines.some((text) => text.includes('NOT CONNECTED')));
  process.kill(pid, 'SIGTERM');
  assert.deepEqual(await terminal.end(), { code: 143, signal: null });
  assert.ok(isGivenBack(terminal));
});

test('stops at Ctrl-Z, keeps off the terminal in the background, and comes back', options, async (t) => {
  const line = await new Line(raw).make();
  const web1 = await line.join('web1');
  const { proxy, wire } = await proxied(t);
  const terminal = open(t, ['sh', '-i'], { columns: 100, env: { PS1: '$ ', ENV: '' } });
  terminal.press(`tty; ${STATUS.join(' ')} -z ${proxy.address} -e ${line.path}\n`);
  await shows(terminal, 'web1 leads');
  const [tty = ''] = /\/dev\/pts\/\d+/.exec(terminal.output) ?? [];
  terminal.press(CTRL_Z);
  await shows(terminal, 'Stopped');
  assert.ok(isGivenBack(terminal));
  terminal.press('bg\n');
  await shows(terminal, '[1] /');
  await line.leave(web1);
  // It follows what happens, and says nothing of it.
  await eventually('another look', () => wire.answers(OP.getChildren) >= 2);
  terminal.press('echo here $((40 + 2))\n');
  await shows(terminal, 'here 42');
  assert.ok(isGivenBack(terminal), terminal.output);
  terminal.press('fg\n');
  await shows(terminal, 'nobody leads, after web1 has gone');
  assert.ok(terminal.screen.isAlternate && !terminal.screen.cursorIsShown);
  const before = terminal.screen.lines[0];
  execFileSync('stty', ['-F', tty, 'cols', '70']);
  await terminal.shows('a narrower picture', ([header]) => header !== before && header?.length === 70);
  terminal.press(CTRL_C);
  await terminal.shows('the end', () => isGivenBack(terminal));
  terminal.press('exit\n');
  await terminal.end();
});

test('ends with the window that it is in', options, async (t) => {
  const line = await new Line(raw).make();
  const words = [...STATUS, '-z', zookeeper, '-e', line.path];
  const terminal = open(t, ['sh', '-c', 'echo "pid $$"; exec "$@"', 'sh', ...words]);
  await shows(terminal, 'nobody leads');
  const pid = Number(/pid (\d+)/.exec(terminal.output)?.[1]);
  assert.ok(isAlive(pid));
  terminal.close();
  await eventually('the end of status', () => !isAlive(pid));
});

test('says lines to a terminal that can do no more', options, async (t) => {
  const line = await new Line(raw).make();
  const words = [...STATUS, '-z', zookeeper, '-e', line.path];
  const terminal = open(t, words, { env: { TERM: 'dumb' } });
  await shows(terminal, 'nobody leads');
  await line.join('web1');
  await shows(terminal, 'web1 leads (epoch');
  assert.ok(isGivenBack(terminal));
  assert.equal(terminal.screen.lines.length, 2);
  terminal.press(CTRL_C);
  assert.deepEqual(await terminal.end(), { code: 130, signal: null });
});
