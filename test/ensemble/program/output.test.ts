// Proves what passes between the command and the world: its arguments, its standard input and output, and nothing of
// ours among them. The program gets real pipes here, as below a shell, where Node would give it sockets.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Ensemble } from '../../support/ensemble.js';
import { TcpProxy } from '../../support/proxy.js';
import { launch } from './launch.js';
import { Pipe } from './pipe.js';
import { newElection, options, script } from './stage.js';

const ensemble = await Ensemble.start();
after(() => ensemble.stop());
const zookeeper = ensemble.connectString;

const FLOOD_BYTES = 5 * 1024 * 1024;

test('hands the arguments over byte for byte', options, async (t) => {
  const words = [
    '1e3',
    '0x10',
    '007',
    '',
    ' ',
    '--',
    '--help',
    '-V',
    '--wait=..',
    'é日本🚀',
    'a\nb\r\n',
    '\\n',
    '$HOME',
    '*',
  ];
  const launched = launch(t, {
    zookeeper,
    election: newElection(),
    command: ['sh', '-c', 'printf "%s\\0" "$@"', 'sh', ...words],
  });
  assert.deepEqual(await launched.end(), { code: 0, signal: null });
  assert.deepEqual(launched.stdout.split('\0').slice(0, -1), words);
});

test('lets the command read end of file, whatever we have on stdin', options, async (t) => {
  const launched = launch(t, {
    zookeeper,
    election: newElection(),
    command: ['sh', '-c', 'echo "got $(cat)"'],
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  launched.stdin.write('ours');
  assert.deepEqual(await launched.end(), { code: 0, signal: null });
  assert.equal(launched.stdout, 'got \n');
});

test('lets the command read our stdin with --stdin', options, async (t) => {
  const launched = launch(t, {
    zookeeper,
    election: newElection(),
    command: ['sh', '-c', 'read line; echo "first $line"; echo "then $(cat)"'],
    args: ['--stdin'],
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  launched.stdin.write('one\n');
  await launched.wrote(/^first one$/m);
  launched.stdin.end('two\nthree');
  assert.deepEqual(await launched.end(), { code: 0, signal: null });
  assert.equal(launched.stdout, 'first one\nthen two\nthree\n');
});

for (const format of ['text', 'json'] as const) {
  test(
    `leaves stdout to the command alone, and its stderr as it is, with a ${format} log`,
    options,
    async (t) => {
      const launched = launch(t, {
        zookeeper,
        election: newElection(),
        command: ['sh', '-c', "printf 'no newline'; printf '\\001\\377' >&2"],
        args: ['--log-format', format, '--log-level', 'debug'],
      });
      assert.deepEqual(await launched.end(), { code: 0, signal: null });
      assert.equal(launched.stdout, 'no newline');
      assert.equal(launched.stderr.split('\u0001\ufffd').length, 2);
    },
  );
}

test(
  'gives a command that floods a slow reader no EAGAIN, loses no byte, and keeps its log lines whole',
  options,
  async (t) => {
    const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: ensemble.server(0).port });
    const pipe = new Pipe();
    t.after(() => {
      pipe.close();
    });
    const launched = launch(t, {
      zookeeper: proxy.address,
      election: newElection(),
      command: script('flood.mjs', String(FLOOD_BYTES)),
      args: ['--log-format', 'json', '--log-level', 'debug'],
      // As `zk-leader-run ... 2>&1 | reader`.
      stdio: ['ignore', pipe.writing, pipe.writing],
    });
    t.after(() => proxy.close());
    pipe.handOver();
    // Each reset is told in the log, between and within what the command writes.
    const resets = setInterval(() => {
      proxy.resetAll();
    }, 100);
    const bytes = await pipe.readSlowly(16 * 1024, 2);
    clearInterval(resets);
    assert.deepEqual(await launched.end(), { code: 0, signal: null });
    const logged = [...bytes.toString().matchAll(/\{"time":[^\n]*\n/g)].map(([line]) => line);
    const told = bytes.length - logged.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
    assert.equal(told, FLOOD_BYTES);
    const messages = logged.map((line) => (JSON.parse(line) as { message: string }).message);
    assert.ok(messages.filter((message) => message === 'connected again').length > 3, messages.join('\n'));
    assert.equal(messages.at(-1), 'ended');
  },
);
