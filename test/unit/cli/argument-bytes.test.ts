import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkArgumentBytes } from '../../../src/cli/argument-bytes.js';

test('refuses an argument whose bytes Node has changed', () => {
  assert.throws(
    () => {
      checkArgumentBytes(['printf', 'a\ufffdb'], () => Buffer.from([0x61, 0xff, 0x62]));
    },
    {
      message:
        'COMMAND: expected arguments in UTF-8, got bytes that are not in "a\ufffdb"; put them into a script or a file',
    },
  );
});

test('takes a replacement character that was typed, and whatever cannot be looked up', () => {
  checkArgumentBytes(['a\ufffdb'], () => Buffer.from('a\ufffdb'));
  checkArgumentBytes(['a\ufffdb'], () => {
    throw new Error('no /proc');
  });
  checkArgumentBytes(['plain'], () => assert.fail('nothing to look up'));
});
