// Runs sync jobs in folders of their own, and shows what they have made there. Tools that stand in front of the real
// ones in PATH tell the test where a job is, and hold it there.
import { accessSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryFolder } from '../support/temporary.js';
import { example, Program } from './program.js';

/** The job itself. */
export const JOB = example('sync-job.sh');

// All that the job runs but flock.
const TOOLS = ['cat', 'cp', 'date', 'expr', 'hostname', 'ln', 'mkdir', 'mv', 'readlink', 'rm', 'sh', 'sleep'];

// While there is a gate, cp waits in front of it until it is open.
const SLOW_CP = `#!/bin/sh
if [ -n "\${TEST_GATE:-}" ]; then
  echo 'cp has begun'
  until [ -e "$TEST_GATE" ]; do sleep 0.05; done
fi
exec '${find('cp')}' "$@"
`;

// The job sleeps a whole second only while it waits for the lock.
const TALKING_SLEEP = `#!/bin/sh
if [ "$1" = 1 ]; then echo 'sleeps 1'; fi
exec '${find('sleep')}' "$@"
`;

/** A source and a target, and the jobs between the two. */
export class Sync {
  readonly source: string;
  readonly target: string;
  /** What slows cp down as TEST_GATE, until openGate(). */
  readonly gate: string;
  readonly env: NodeJS.ProcessEnv;
  readonly #t: TestContext;

  constructor(t: TestContext, locking: 'flock' | 'link') {
    const folder = temporaryFolder();
    this.#t = t;
    this.source = join(folder, 'source');
    this.target = join(folder, 'target');
    this.gate = join(folder, 'gate');
    const shims = join(folder, 'shims');
    const tools = join(folder, 'tools');
    for (const path of [this.source, this.target, shims, tools]) mkdirSync(path);
    writeFileSync(join(shims, 'cp'), SLOW_CP, { mode: 0o755 });
    writeFileSync(join(shims, 'sleep'), TALKING_SLEEP, { mode: 0o755 });
    for (const tool of TOOLS) symlinkSync(find(tool), join(tools, tool));
    this.env = {
      SYNC_SOURCE: this.source,
      SYNC_TARGET: this.target,
      SYNC_INTERVAL: '0.1',
      PATH: [shims, locking === 'flock' ? process.env['PATH'] : tools].join(delimiter),
    };
  }

  /** Starts the job as zk-leader-run would in the term of that epoch. */
  run(epoch: string, env: NodeJS.ProcessEnv = {}): Program {
    return new Program(this.#t, [JOB], { env: { ...this.env, ZK_LEADER_EPOCH: epoch, ...env } });
  }

  add(...items: readonly string[]): void {
    for (const item of items) writeFileSync(join(this.source, item), `${item}\n`);
  }

  copied(): string[] {
    return readdirSync(this.target).filter((name) => !name.startsWith('.'));
  }

  record(epoch: string): void {
    writeFileSync(join(this.target, '.epoch'), `${epoch}\n`);
  }

  epoch(): string {
    return readFileSync(join(this.target, '.epoch'), 'utf8');
  }

  /** Whether a link says so: what flock locks is not in the folder. */
  isLocked(): boolean {
    return readdirSync(this.target).includes('.lock.link');
  }

  openGate(): void {
    writeFileSync(this.gate, '');
  }
}

function find(tool: string): string {
  const file = locate(tool);
  if (file === undefined) throw new Error(`${tool} is not in PATH`);
  return file;
}

/** Tells whether the tool is in PATH. */
export function has(tool: string): boolean {
  return locate(tool) !== undefined;
}

function locate(tool: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, tool)).find(isThere);
}

function isThere(file: string): boolean {
  try {
    accessSync(file);
    return true;
  } catch {
    return false;
  }
}
