// Proves how a line of the log looks, and that none gives a terminal an order, whoever has written what it tells.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogOptions } from '../../../src/log/line.js';
import { type Log, createLog } from '../../../src/log/log.js';

const EXIT = { exit_code: 3, exit_signal: undefined, start_error: undefined };
const HOSTILE = 'web1\x9b2J\x7f\u202e"4711"\u{e0041}';

/** What a log of that format has written when these lines were told. */
async function written(options: Omit<LogOptions, 'level'>, tell: (log: Log) => void): Promise<string> {
  let text = '';
  const destination = {
    write: (line: string) => {
      text += line;
    },
    flush: () => Promise.resolve(),
  };
  const log = createLog({ level: 'info', ...options }, destination);
  tell(log);
  await log.flush(0);
  return text;
}

test('a line of text is a stamp, a level, a constant message and fields, quoted where needed', async () => {
  const text = await written({ format: 'text', id: 'web1:4711' }, (log) => {
    log.write('info', 'ended', { because: 'the command exited with 3', cause: 'exited', ...EXIT });
    log.write('debug', 'trying-server', { server: 'seen by those who look for it' });
    log.write('warn', 'connection-lost', { because: 'EPIPE', lease_left_ms: undefined });
  });
  const [ended, lost, ...more] = text
    .replaceAll(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /gm, '')
    .split('\n');
  assert.equal(ended, 'zk-leader-run info: ended because="the command exited with 3" id=web1:4711');
  assert.equal(lost, 'zk-leader-run warn: connection lost because=EPIPE id=web1:4711');
  assert.deepEqual(more, ['']);
});

test('a line of JSON is an object with the same, and what is for machines alone', async () => {
  const id = 'web1:"4711"\n';
  const text = await written({ format: 'json', id }, (log) => {
    log.write('info', 'ended', { because: 'the "command"\nended', cause: 'exited', ...EXIT });
    log.write('warn', 'connection-lost', { because: 'EPIPE', lease_left_ms: undefined });
  });
  const objects = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    objects.map(({ time, ...rest }) => ({
      ...rest,
      stamped: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(String(time)),
    })),
    [
      {
        level: 'info',
        event: 'ended',
        message: 'ended',
        id,
        because: 'the "command"\nended',
        cause: 'exited',
        exit_code: 3,
        stamped: true,
      },
      {
        level: 'warn',
        event: 'connection-lost',
        message: 'connection lost',
        id,
        because: 'EPIPE',
        stamped: true,
      },
    ],
  );
});

function tellHostile(log: Log): void {
  log.write('info', 'paused', { because: HOSTILE, since: 'now' });
}

test('characters that are not seen are escaped in a line of text', async () => {
  const quoted = String.raw`"web1\u009b2J\u007f\u202e\"4711\"\udb40\udc41"`;
  const line = await written({ format: 'text', id: HOSTILE }, tellHostile);
  assert.ok(line.endsWith(` because=${quoted} since=now id=${quoted}\n`), line);
});

test('characters that are not seen are escaped in JSON, and nothing of them is lost', async () => {
  const line = await written({ format: 'json', id: HOSTILE }, tellHostile);
  assert.doesNotMatch(line.trimEnd(), /\p{C}/u);
  const { because, id } = JSON.parse(line) as Record<string, unknown>;
  assert.deepEqual([because, id], [HOSTILE, HOSTILE]);
});
