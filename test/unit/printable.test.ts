import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printable, printableJson } from '../../src/printable.js';

/** Halves of surrogate pairs on their own among them. */
const anyString = fc.uint16Array().map((codes) => String.fromCharCode(...codes));

test('leaves nothing that a terminal would obey, or that would not be seen', () => {
  assert.equal(printable('web1\x1b[2J\x9b2J\r\n\x07\u202e\u200b\u{e0041}'), 'web1?[2J?2J??????');
  assert.equal(printable('wëb 日本 🚀'), 'wëb 日本 🚀');
});

test('keeps in JSON what it hides from the terminal', () => {
  assert.equal(
    printableJson({ id: 'a\x1b\x9b\u202e\u{e0041}日' }),
    '{"id":"a\\u001b\\u009b\\u202e\\udb40\\udc41日"}',
  );
  fc.assert(
    fc.property(anyString, (text) => {
      const json = printableJson([text]);
      assert.deepEqual(JSON.parse(json), [text]);
      assert.equal(printable(json), json);
    }),
  );
});
