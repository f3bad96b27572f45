// Makes the template unit as the generator would: what the package installs for all jobs.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseRunOptions } from '../../src/options/options.js';
import { unitFile } from '../../src/systemd/unit-file.js';

/** The one that is checked in. */
export const TEMPLATE = fileURLToPath(new URL('../../../systemd/zk-leader-run@.service', import.meta.url));

/** Returns what it should say: the default timings, and a command that its environment file names. */
export function template(): string {
  const surroundings = { searchPath: '/bin', cwd: '/', host: 'web1', pid: 1 };
  const { timing } = parseRunOptions({}, ['ls'], surroundings);
  return unitFile({ instance: undefined, command: ['$JOB_COMMAND'], user: undefined, timing });
}

export function checkedIn(): string {
  return readFileSync(TEMPLATE, 'utf8');
}
