// Has a scenario played by a process of its own, and tells how that ended.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { killAtEnd, spareAtEnd } from '../../support/janitor.js';
import { withDeadline } from '../../support/wait.js';
import type { ScenarioName } from './scenarios.js';

const ACTOR = fileURLToPath(new URL('actor.js', import.meta.url));

/** The program's own classes, as built. */
export const PROGRAM_FOLDER = fileURLToPath(new URL('../../../src/', import.meta.url));

export interface Performance {
  readonly folder: string;
  readonly scenario: ScenarioName;
  readonly port: number;
  /** The actor's own patience; a mutant is found out by what does not happen. */
  readonly patienceMs?: number;
}

/** Resolves with the exit code (undefined: ended by a signal) and what was complained of. */
export async function act(performance: Performance): Promise<{ code: number | undefined; errors: string }> {
  const { folder, scenario, port, patienceMs } = performance;
  const child = spawn(process.execPath, [ACTOR, folder, scenario, String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...(patienceMs === undefined ? {} : { TEST_PATIENCE_MS: String(patienceMs) }) },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('the actor could not be started');
  killAtEnd(pid);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  try {
    const [code] = (await withDeadline(`the actor of ${scenario} to end`, once(child, 'close'))) as [
      number | null,
    ];
    return { code: code ?? undefined, errors };
  } finally {
    child.kill('SIGKILL');
    spareAtEnd(pid);
  }
}
