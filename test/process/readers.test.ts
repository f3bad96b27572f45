// What becomes of an answer that nobody reads, or that there is no room for.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { test } from 'node:test';
import { PROGRAM } from '../support/contender.js';
import { withDeadline } from '../support/wait.js';

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly text: string;
}

/** Runs it with one stream that nobody reads, or that is this file; settles with what the other one said. */
async function run(words: readonly string[], deaf: 'stdout' | 'stderr', file?: string): Promise<End> {
  const descriptor = file === undefined ? 'pipe' : openSync(file, 'w');
  const [stdout, stderr] = deaf === 'stdout' ? ([descriptor, 'pipe'] as const) : (['pipe', 'pipe'] as const);
  const child = spawn(process.execPath, [PROGRAM, ...words], { stdio: ['ignore', stdout, stderr] });
  child[deaf]?.destroy();
  if (typeof descriptor === 'number') closeSync(descriptor);
  let text = '';
  const other = deaf === 'stdout' ? child.stderr : child.stdout;
  other?.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const end: unknown[] = await withDeadline(`the end of ${words.join(' ')}`, once(child, 'close'));
  const [code, signal] = end as [number | null, NodeJS.Signals | null];
  return { code, signal, text };
}

const TEXTS = [
  ['--help'],
  ['--version'],
  ['config'],
  ['completion', 'zsh'],
  ['systemd', '--name=a', '--', 'ls'],
];

test('ends quietly where nobody reads a text', async () => {
  const ends = TEXTS.map(async (words) => {
    assert.deepEqual(await run(words, 'stdout'), { code: null, signal: 'SIGPIPE', text: '' }, words[0]);
  });
  await Promise.all(ends);
});

test('says that there is no room for a text', async () => {
  const { code, text } = await run(['completion', 'zsh'], 'stdout', '/dev/full');
  assert.equal(code, 125);
  assert.match(text, /^zk-leader-run: completion: cannot write: ENOSPC: [^\n]+\n$/);
});

test('exits with the same code where nobody reads what is wrong', async () => {
  assert.deepEqual(await run(['--bogus'], 'stderr'), { code: 125, signal: null, text: '' });
});
