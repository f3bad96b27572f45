// Proves that the log of a real process never blocks it, whatever stderr is and whoever does not read it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { childrenOf } from '../../src/containment/proc.js';
import { temporaryFolder } from '../support/temporary.js';
import { PATIENCE_MS, eventually, withDeadline } from '../support/wait.js';
import { Pipe, RemoteHost, type RemoteHostOptions, isRunning } from './commands/remote.js';

const options = { timeout: PATIENCE_MS };

/** Of some 100 bytes each: more than a pipe and the backlog hold together. */
const FLOOD_LINES = 8000;

const LEFT_OUT = /^zk-leader-run: (\d+) log lines were left out: nobody read them$/;

test('a pipe that nobody reads costs lines and no time, and the lines are counted', options, async (t) => {
  const { host, pipe } = hostOnPipe(t);
  await host.log('first');
  await pipe.reads('first');
  // The answers to these orders come only if the loop still turns.
  await host.tell({ verb: 'flood', lines: FLOOD_LINES });
  let written = 1 + FLOOD_LINES;
  await eventually('room for another line', async () => {
    pipe.read();
    written += 1;
    await host.log('later');
    return pipe.text.includes('later');
  });
  const flushed = host.tell({ verb: 'flush', limitMs: PATIENCE_MS });
  await pipe.readsUntil(flushed);
  assert.equal(await host.exit(), 0);

  const lines = pipe.text.trimEnd().split('\n');
  const notes = lines.filter((line) => LEFT_OUT.test(line));
  const leftOut = notes.reduce((sum, note) => sum + Number(LEFT_OUT.exec(note)?.[1]), 0);
  assert.ok(leftOut > 0);
  assert.equal(lines.length - notes.length + leftOut, written);
  const numbers = lines.flatMap((line) => /flood line=(\d+)/.exec(line)?.[1] ?? []).map(Number);
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
  );
});

test('what a pipe did not take at once comes through when it is read', options, async (t) => {
  const { host, pipe } = hostOnPipe(t);
  // Less than the backlog, more than a pipe holds.
  await host.tell({ verb: 'flood', lines: 2500 });
  const flushed = host.tell({ verb: 'flush', limitMs: PATIENCE_MS });
  await pipe.readsUntil(flushed);
  assert.equal(pipe.text.match(/flood line=\d+/g)?.length, 2500);
  assert.doesNotMatch(pipe.text, /left out/);
});

test('every line of the JSON log is an object, that of lines left out as well', options, async (t) => {
  const { host, pipe } = hostOnPipe(t, { log: { format: 'json' } });
  await host.log('first');
  await pipe.reads('first');
  await host.tell({ verb: 'flood', lines: FLOOD_LINES });
  const flushed = host.tell({ verb: 'flush', limitMs: PATIENCE_MS });
  await pipe.readsUntil(flushed);
  const objects = pipe.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const notes = objects.filter(({ event }) => event === 'lines-left-out');
  assert.ok(notes.length > 0);
  for (const { level, message, id, because } of notes) {
    assert.deepEqual(
      [level, message, id, because],
      ['warn', 'log lines were left out', 'host', 'nobody read them'],
    );
  }
  const leftOut = notes.reduce((sum, { lines }) => sum + Number(lines), 0);
  assert.equal(objects.length - notes.length + leftOut, 1 + FLOOD_LINES);
});

test('a flush gives up on a reader that does not read', options, async (t) => {
  const { host } = hostOnPipe(t);
  await host.tell({ verb: 'flood', lines: FLOOD_LINES });
  await host.tell({ verb: 'flush', limitMs: 100 });
  assert.equal(await host.exit(), 0);
});

test('a reader that has gone does not end us', options, async (t) => {
  const { host, pipe } = hostOnPipe(t);
  await host.log('first');
  await pipe.reads('first');
  pipe.closeReader();
  await host.tell({ verb: 'flood', lines: 10 });
  await host.tell({ verb: 'flush', limitMs: PATIENCE_MS });
  assert.equal(await host.exit(), 0);
});

test('lines to a file stand in order between those that the command writes itself', options, async (t) => {
  const { host, text } = hostOnFile(t);
  await host.log('one');
  // What writes the lines is loaded a moment after the first.
  await eventually('the first line in the file', () => text().includes('one'));
  await host.log('two');
  const script = 'echo "the command: three"; echo "the command: four" >&2';
  const command = { file: '/bin/sh', argv0: '/bin/sh', args: ['-c', script] };
  const charge = { command, stdin: false, containment: 'auto', containmentRequired: false } as const;
  await host.tell({ verb: 'launch', charge });
  await host.says(/^ready /);
  await host.tell({ verb: 'start', epoch: 1, withinMs: PATIENCE_MS, chatter: false });
  await eventually("the command's end", () => host.reports.includes('empty'));
  await host.log('five');
  const messages = text().match(/(?<=because=|the command: )\w+/g);
  assert.deepEqual(messages, ['one', 'two', 'three', 'four', 'five']);
});

test('a socket is written to by another process, in order and to the end', options, async (t) => {
  const { host, received } = hostOnSocket(t);
  await host.log('first');
  await host.tell({ verb: 'flood', lines: 1000 });
  await host.tell({ verb: 'flush', limitMs: PATIENCE_MS });
  const closed = once(host.process, 'close');
  assert.equal(await host.exit(), 0);
  await withDeadline('the end of its output', closed);
  assert.match(received(), /because=first id=host\n/);
  const numbers = [...received().matchAll(/flood line=(\d+)/g)].map(([, line]) => Number(line));
  assert.deepEqual(
    numbers,
    Array.from({ length: 1000 }, (_, index) => index + 1),
  );
});

test('a socket that nobody reads costs lines and no time', options, async (t) => {
  const { host } = hostOnSocket(t, { reading: false });
  await host.log('first');
  for (let round = 0; round < 5; round += 1) await host.tell({ verb: 'flood', lines: FLOOD_LINES });
  await host.tell({ verb: 'flush', limitMs: 100 });
  assert.equal(await host.exit(), 0);
});

test(
  'a socket is written to again when who writes to it was ended, and what is missing is counted',
  options,
  async (t) => {
    const { host, received } = hostOnSocket(t);
    await host.log('first');
    await eventually('the first line', () => received().includes('first'));
    const [pump] = childrenOf(Number(host.process.pid)) ?? [];
    assert.ok(pump !== undefined);
    process.kill(pump, 'SIGKILL');
    await eventually('its end', () => !isRunning(pump));
    let written = 1;
    await eventually('a line behind its end', async () => {
      written += 1;
      await host.log('later');
      return received().includes('later');
    });
    await host.tell({ verb: 'flush', limitMs: PATIENCE_MS });
    const closed = once(host.process, 'close');
    assert.equal(await host.exit(), 0);
    await withDeadline('the end of its output', closed);
    const lines = received().trimEnd().split('\n');
    const counts = lines.flatMap((line) => LEFT_OUT.exec(line)?.[1] ?? []);
    const leftOut = counts.reduce((sum, count) => sum + Number(count), 0);
    assert.equal(lines.length - counts.length + leftOut, written);
  },
);

test('a socket whose reader has gone does not end us', options, async (t) => {
  const { host, received } = hostOnSocket(t);
  await host.log('first');
  await eventually('the first line', () => received().includes('first'));
  host.process.stderr?.destroy();
  for (let round = 0; round < 5; round += 1) await host.tell({ verb: 'flood', lines: 100 });
  await host.tell({ verb: 'flush', limitMs: PATIENCE_MS });
  assert.equal(await host.exit(), 0);
});

test('the journal stamps its lines itself', options, async (t) => {
  const pipe = new Pipe(t);
  const { dev, ino } = fstatSync(pipe.writer);
  const host = hostOn(t, pipe.writer, { env: { JOURNAL_STREAM: `${dev}:${ino}` } });
  await host.log('leading');
  await pipe.reads('\n');
  assert.equal(pipe.text, 'zk-leader-run warn: warning of Node because=leading id=host\n');
});

test('a journal that stderr was led away from stamps nothing', options, async (t) => {
  const pipe = new Pipe(t);
  const { dev, ino } = fstatSync(pipe.writer);
  const host = hostOn(t, pipe.writer, { env: { JOURNAL_STREAM: `${dev}:${ino + 1}` } });
  await host.log('leading');
  await pipe.reads('\n');
  assert.match(pipe.text, /^\d{4}-\d\d-\d\dT/);
});

type Changes = Pick<RemoteHostOptions, 'log' | 'env'>;

/** Gives the host this descriptor for stdout and stderr, and lets go of it. */
function hostOn(t: TestContext, descriptor: number, changes: Changes = {}): RemoteHost {
  const host = new RemoteHost(t, { stdio: ['ignore', descriptor, descriptor], ...changes });
  closeSync(descriptor);
  return host;
}

function hostOnPipe(
  t: TestContext,
  changes: Changes = {},
): { readonly host: RemoteHost; readonly pipe: Pipe } {
  const pipe = new Pipe(t);
  return { host: hostOn(t, pipe.writer, changes), pipe };
}

function hostOnFile(
  t: TestContext,
  changes: Changes = {},
): { readonly host: RemoteHost; readonly text: () => string } {
  const file = join(temporaryFolder(), 'log');
  // Not for appending: a second description of this file would write over what was there.
  const host = hostOn(t, openSync(file, 'w'), changes);
  return { host, text: () => readFileSync(file, 'utf8') };
}

function hostOnSocket(
  t: TestContext,
  { reading = true } = {},
): { readonly host: RemoteHost; readonly received: () => string } {
  const host = new RemoteHost(t, { stdio: ['ignore', 'pipe', 'pipe'] });
  let received = '';
  if (reading) {
    host.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      received += text;
    });
  }
  t.after(() => {
    host.process.stdout?.destroy();
    host.process.stderr?.destroy();
  });
  return { host, received: () => received };
}
