import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProse } from '../../../src/manual/prose.js';
import { escaped } from '../../../src/manual/roff.js';

const PROSE = `Examples:
  One job, on one
  of all servers:
    zk-leader-run -- ./a
      --all
  Another:
    zk-leader-run -- ./b

Exit codes:
  the command's own, when it ends
  69   no ensemble, which is to say
       no quorum
  75   not elected

No heading: this is free,
and has two lines.

Nor is this:`;

test('tells headings, examples and entries by how the help is laid out', () => {
  assert.deepEqual(readProse(PROSE), [
    {
      heading: 'Examples',
      blocks: [
        { kind: 'paragraph', text: 'One job, on one of all servers:' },
        { kind: 'example', text: 'zk-leader-run -- ./a\n  --all' },
        { kind: 'paragraph', text: 'Another:' },
        { kind: 'example', text: 'zk-leader-run -- ./b' },
      ],
    },
    {
      heading: 'Exit codes',
      blocks: [
        { kind: 'paragraph', text: "the command's own, when it ends" },
        { kind: 'entry', term: '69', text: 'no ensemble, which is to say no quorum' },
        { kind: 'entry', term: '75', text: 'not elected' },
      ],
    },
    {
      heading: undefined,
      blocks: [
        { kind: 'paragraph', text: 'No heading: this is free, and has two lines.' },
        { kind: 'paragraph', text: 'Nor is this:' },
      ],
    },
  ]);
});

test('lets nothing be taken for a request or an escape of roff', () => {
  assert.equal(escaped('.so \\n --wait'), '\\&.so \\en \\-\\-wait');
  assert.equal(escaped("'br\n.br"), '\\(aqbr\n\\&.br');
});
