// Proves that a pid file lasts as long as the run that has written it last.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readPidFile, writePidFile } from '../../../src/options/pid-file.js';
import { temporaryFolder } from '../../support/temporary.js';

const path = join(temporaryFolder(), 'job.pid');

test('names this process until it is removed', () => {
  const remove = writePidFile('--pid-file', path);
  assert.equal(readPidFile('--pid-file', path), process.pid);
  remove();
  assert.equal(existsSync(path), false);
  remove();
});

test('leaves a file alone that a later run has written', () => {
  const remove = writePidFile('--pid-file', path);
  writeFileSync(path, '4711\n');
  remove();
  assert.equal(readFileSync(path, 'utf8'), '4711\n');
  rmSync(path);
});
