// Proves that no line of the log gives a terminal an order, whoever has written what it tells.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogFormat } from '../../../src/log/line.js';
import { createLog } from '../../../src/log/log.js';

const HOSTILE = 'web1\x9b2J\x7f\u202e"4711"\u{e0041}';

async function written(format: LogFormat): Promise<string> {
  let text = '';
  const log = createLog(
    { level: 'info', format, id: HOSTILE },
    {
      write: (line) => {
        text += line;
      },
      flush: () => Promise.resolve(),
    },
  );
  log.write({
    level: 'info',
    event: 'paused',
    message: 'paused',
    fields: { because: HOSTILE, since: 'now' },
  });
  await log.flush(0);
  return text;
}

test('characters that are not seen are escaped in a line of text', async () => {
  const quoted = String.raw`"web1\u009b2J\u007f\u202e\"4711\"\udb40\udc41"`;
  const line = await written('text');
  assert.ok(line.endsWith(` because=${quoted} since=now id=${quoted}\n`), line);
});

test('characters that are not seen are escaped in JSON, and nothing of them is lost', async () => {
  const line = await written('json');
  assert.doesNotMatch(line.trimEnd(), /\p{C}/u);
  const { because, id } = JSON.parse(line) as Record<string, unknown>;
  assert.deepEqual([because, id], [HOSTILE, HOSTILE]);
});
