// A child that only root may signal, started by somebody who is not root.
import { chmodSync, copyFileSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { temporaryFolder } from '../../support/temporary.js';

/** The user that is nobody in particular. */
export const NOBODY = 65_534;

/**
 * Returns the words ahead of a command that makes it run as root, whoever executes them; or, as a string, why there
 * can be no such thing here.
 */
export function setuidRoot(): readonly string[] | string {
  if (process.geteuid?.() !== 0) return 'only root can make a program that runs as root';
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const program = join(folder, 'setpriv');
  const found = spawnSync('/bin/sh', ['-c', 'command -v setpriv'], { encoding: 'utf8' }).stdout.trim();
  if (found === '') return 'there is no setpriv';
  copyFileSync(found, program);
  chmodSync(program, 0o4755);
  const words = [program, '--reuid=0', '--regid=0', '--clear-groups'];
  const asNobody = { uid: NOBODY, gid: NOBODY, encoding: 'utf8' } as const;
  return execFileSync('/bin/sh', ['-c', '"$@" id -u || :', 'sh', ...words], asNobody).trim() === '0'
    ? words
    : 'the temporary folder is on a file system that is mounted nosuid';
}
