// Makes temporary folders that are gone once the test process is, even when it was killed.
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeAtEnd } from './janitor.js';

/** Creates an empty folder. The path has no symbolic link in it, as processes running there will see it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'zk-leader-run-'));
  removeAtEnd(folder);
  return folder;
}
